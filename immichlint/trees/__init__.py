"""Effective values that know who wrote them."""
