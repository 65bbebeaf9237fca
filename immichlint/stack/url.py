"""URLs that people write."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit


def parse_url(text: str) -> SplitResult | None:
    """The parts of a URL; None for what is none (brackets that do not close, a port that is no number)."""
    try:
        url = urlsplit(text)
        _ = url.port
    except ValueError:
        return None
    return url
