"""The critic backed by a model: what it is given, what it may answer, and how that is checked."""
