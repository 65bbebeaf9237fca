"""The command line: options in, a facade called, its answer printed. There is no logic here."""
