"""The server: addresses, the embedded one, locks, notifications."""
