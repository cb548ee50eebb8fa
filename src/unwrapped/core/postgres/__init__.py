"""PostgreSQL: addresses, the embedded server, locks, notifications."""
