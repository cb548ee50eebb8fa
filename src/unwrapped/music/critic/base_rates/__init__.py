"""The base rates: what is ordinary for each measure that a rule looks at."""
