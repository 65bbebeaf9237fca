"""Mending: choose changes, plan them, verify them, write them."""
