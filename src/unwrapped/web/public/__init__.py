"""What anybody may open: shares, as pages, as JSON and as pictures."""
