"""Drawings: SVG as text, charts, and figures, which have a chart, a caption and a table."""
