"""The `unwrapped` command, one module per command."""
