"""Tests of lenses share the releases in memory of this folder."""
