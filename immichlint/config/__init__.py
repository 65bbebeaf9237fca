"""The configuration of a repository: `.immichlint.yaml`."""

from __future__ import annotations

from immichlint.config.load import load
from immichlint.config.model import Config

__all__ = ["Config", "load"]
