"""What people see: the portrait as a page."""
