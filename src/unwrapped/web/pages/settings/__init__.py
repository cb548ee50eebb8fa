"""The screens of settings: one module each."""
