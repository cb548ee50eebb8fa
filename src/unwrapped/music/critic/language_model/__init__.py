"""The critic backed by a model: what it gets, what it may answer, and how that is checked."""
