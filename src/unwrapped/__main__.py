"""`python -m unwrapped`."""

from unwrapped.cli.main import main

main()
