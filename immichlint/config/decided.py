"""Whether a text is a decision that the configuration could hold."""

from __future__ import annotations

import re

from immichlint.config.parsing import SCHEMA


def flaw(name: str, text: str) -> str:
    """What is wrong with the text of a decision, in a sentence that does not repeat it: somebody may have pasted a
    password. Empty where nothing is wrong."""
    import json

    decision = json.loads(SCHEMA.read_text("utf-8"))["properties"]["decisions"]["properties"][name]
    if not text.isprintable():
        return "There are characters in it that cannot be shown. Type it again."
    if re.search(decision["pattern"], text) is None:
        return f"That is {decision['patternErrorMessage'].replace('expected', 'not what was expected:', 1)}."
    return ""
