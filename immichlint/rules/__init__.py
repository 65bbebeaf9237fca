"""Rules as data: loaded, selected, and turned into findings."""
