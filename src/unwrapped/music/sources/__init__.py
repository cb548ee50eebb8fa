"""Reading files of listening history: one module per format, behind one protocol."""
