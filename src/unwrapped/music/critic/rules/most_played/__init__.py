"""Rules about what is played most."""
