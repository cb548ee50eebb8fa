"""Analyses: the listening history of a period, profiled and judged."""
