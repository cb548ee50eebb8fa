"""Measures of single artists: novelty, bonds, brief encounters and company."""
