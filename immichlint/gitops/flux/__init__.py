"""Flux: Kustomizations that apply folders, with substitutions."""
