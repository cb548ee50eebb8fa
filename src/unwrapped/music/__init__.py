"""The business domain: listening history in, portrait of a taste out."""
