"""Versioned SQL, checked and applied by the service itself."""
