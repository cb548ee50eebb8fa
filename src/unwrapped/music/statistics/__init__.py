"""Statistics of any period: totals, rankings, series, search, single artists and works."""
