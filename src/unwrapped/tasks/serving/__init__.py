"""Tasks in a web process: the feed of their changes, and the worker beside it."""
