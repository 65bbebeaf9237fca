"""Checks that are made elsewhere: the rule is there for its texts, its severity and its selection."""

from __future__ import annotations

from collections.abc import Iterator

from immichlint.rules.model import Claim, Context
from immichlint.stack.inputs import Inputs


def unused_ignore(inputs: Inputs, context: Context) -> Iterator[Claim]:
    """IML905: an ignore that ignores nothing. It is known only after all rules judged: `findings/heed.py`."""
    return iter(())
