"""The API of ListenBrainz: paths, answers and errors as its clients expect them."""
