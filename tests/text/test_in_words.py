"""Names in a sentence."""

from __future__ import annotations

import pytest

from immichlint.text.in_words import in_words


@pytest.mark.parametrize(
    ("names", "said"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c", "d"], "a, b, c and d")]
)
def test_names_are_listed_as_in_a_sentence(names: list[str], said: str) -> None:
    assert in_words(names) == said
