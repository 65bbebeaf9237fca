"""Argo CD: what an Application or an ApplicationSet applies, and where to."""
