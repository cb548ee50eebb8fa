"""Statistics of any interval: summary, tops, series, search, and what one artist is made of."""
