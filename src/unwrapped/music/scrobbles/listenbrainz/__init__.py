"""The dialect of ListenBrainz: paths, answers and errors as its clients know them."""
