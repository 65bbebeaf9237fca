"""Lenses: from the way a workload is written to the objects that it makes, and back."""
