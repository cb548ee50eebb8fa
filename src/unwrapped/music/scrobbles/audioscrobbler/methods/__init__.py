"""The methods of Audioscrobbler 2.0, and what they answer."""
