"""The methods of Audioscrobbler 2.0, and their answers."""
