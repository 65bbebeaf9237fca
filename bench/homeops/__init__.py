"""The text of a generated Flux home-ops repository."""
