"""What `unwrapped doctor` looks at, one module a subject."""
