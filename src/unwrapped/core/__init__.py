"""What every domain builds on; it knows nothing of music or people."""
