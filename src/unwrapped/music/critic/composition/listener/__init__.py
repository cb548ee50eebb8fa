"""The facts of a listener as a whole, for the lines of storys."""
