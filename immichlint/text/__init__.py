"""Text with positions: spans, lines, and edits that splice."""

from immichlint.text.edit import Edit, OverlapError, splice
from immichlint.text.source import NotTextError, SourceText
from immichlint.text.span import Position, Span

__all__ = ["Edit", "NotTextError", "OverlapError", "Position", "SourceText", "Span", "splice"]
