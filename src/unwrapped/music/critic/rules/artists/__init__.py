"""Rules about what artists are to a listener."""
