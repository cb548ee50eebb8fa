"""Reading what people have: one module per format, behind one small protocol."""
