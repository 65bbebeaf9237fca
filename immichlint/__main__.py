"""`python -m immichlint` is the command line."""

from immichlint.cli.main import main

main()
