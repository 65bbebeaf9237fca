"""Text with positions: spans and lines."""

from immichlint.text.source import NotTextError, SourceText
from immichlint.text.span import Position, Span

__all__ = ["NotTextError", "Position", "SourceText", "Span"]
