"""Kustomize as steps on trees: resources, patches and transformers, with provenance."""
