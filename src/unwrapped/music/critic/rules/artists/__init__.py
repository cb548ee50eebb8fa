"""Rules about single artists: novelty, bonds, company, change over the years."""
