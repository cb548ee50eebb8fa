"""Drawings: SVG as text, charts, and figures with their words and tables."""
