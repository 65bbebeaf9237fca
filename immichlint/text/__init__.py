"""Text with positions: spans and lines."""

from immichlint.text.source import NotTextError, Position, SourceText, Span

__all__ = ["NotTextError", "Position", "SourceText", "Span"]
