"""The checks of `unwrapped doctor`, one module for each subject."""
