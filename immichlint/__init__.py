"""immichlint: what is wrong in a repository that runs Immich on Kubernetes, where, why, and the fix."""

from __future__ import annotations

__version__ = "0.1.0"
