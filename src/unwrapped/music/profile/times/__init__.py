"""When music is played: the clock and the week, sessions, sleep."""
