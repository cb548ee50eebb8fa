"""The commands of `unwrapped`, one module each."""
