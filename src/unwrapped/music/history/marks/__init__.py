"""Which listens do not count, and why: repeats within a log and across logs."""
