"""The basis of the measures: frames of listens in local time, runs, tallies."""
