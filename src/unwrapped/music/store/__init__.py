"""How the history of a listener is stored: tables, merge, reading, removal."""
