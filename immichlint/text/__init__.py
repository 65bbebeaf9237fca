"""Text with positions: spans and lines."""

from __future__ import annotations

from immichlint.text.source import NotTextError, Position, SourceText, Span

__all__ = ["NotTextError", "Position", "SourceText", "Span"]
