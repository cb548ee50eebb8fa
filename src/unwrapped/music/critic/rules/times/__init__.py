"""Rules about when music is played."""
