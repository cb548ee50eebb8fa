"""The ListenBrainz API: paths, answers and errors as its clients expect them."""
