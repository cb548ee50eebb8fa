"""What a listener counts otherwise than it was logged; nothing that is stored changes."""
