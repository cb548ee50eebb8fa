"""What artists are to a listener: how long known, how bound, in what company."""
