"""Files that listeners sent, waiting for their import."""
