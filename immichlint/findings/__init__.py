"""Findings: what is wrong, where, why, and the change that mends it."""
