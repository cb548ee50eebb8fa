"""Statistics of any interval: summary, rankings, series, search, and single items."""
