"""An analysis: a history, profiled and judged for a period."""
