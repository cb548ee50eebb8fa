"""What every domain stands on, and no business noun."""
