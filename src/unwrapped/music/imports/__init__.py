"""Imports: from uploaded files to stored listens, in the background."""
