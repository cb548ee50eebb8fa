"""Personal tokens: for scripts and programs of a person's own."""
