"""Personal tokens, for a person's own scripts and programs."""
