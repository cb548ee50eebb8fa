"""The listens of a listener over HTTP: pages, export, removal."""
