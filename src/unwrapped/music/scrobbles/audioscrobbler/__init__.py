"""Both dialects of Audioscrobbler: submissions of 1.2 as text, methods of 2.0."""
