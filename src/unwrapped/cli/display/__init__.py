"""What the command line shows: tables, charts, the portrait, progress."""
