"""Drawings: SVG as text, the charts made of it, and each with its words and its table."""
