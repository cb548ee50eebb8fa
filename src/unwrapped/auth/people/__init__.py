"""The people of a server, for its administrators."""
