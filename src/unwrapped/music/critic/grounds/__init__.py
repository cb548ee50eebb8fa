"""The ground of every measure that a rule looks at, by noun."""
