"""The critic: it judges a profile, and each statement of its verdict has evidence."""
