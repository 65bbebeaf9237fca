"""Reports: what a run found, in one of several formats. No rule is known here by name."""
