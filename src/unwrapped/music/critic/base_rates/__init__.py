"""The base rate of every measure that a rule looks at, by noun."""
