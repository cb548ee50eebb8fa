"""The business domain: from a listening history to a portrait of a taste."""
