"""immichlint: what is wrong in a repository that runs Immich on Kubernetes, where, why, and the fix."""

__version__ = "0.1.0"
