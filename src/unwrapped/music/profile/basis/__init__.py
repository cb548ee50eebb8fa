"""What measures rest on: frames of listens in local time, runs, tallies."""
