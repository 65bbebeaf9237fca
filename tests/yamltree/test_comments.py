"""Comments are found exactly, whatever stands around them."""

from hypothesis import given
from texts import texts

from immichlint.text import SourceText
from immichlint.yamltree.comments import comments
from immichlint.yamltree.compose import compose


def found(text: str, *, parsed: bool = True) -> list[tuple[str, int, bool]]:
    source = SourceText(text)
    return [(c.text, c.line, c.alone) for c in comments(source, compose(source) if parsed else [])]


def test_only_comments_are_comments() -> None:
    text = (
        "# top\n'#k': \"a # b\" # one\nb: | # two\n  # no\n  x # no\n # three\nc: a#b\t# four\n"
        "d: 'x\n  # no'\ne: [1, # five\r\n  2] #six\nf: >-\n  # no\n\n# seven"
    )
    assert found(text) == [
        ("top", 1, True), ("one", 2, False), ("two", 3, False), ("three", 6, True), ("four", 7, False),
        ("five", 10, False), ("six", 11, False), ("seven", 15, True),
    ]  # fmt: skip


def test_spans() -> None:
    source = SourceText("ключ: x  # é \r\n")
    (comment,) = comments(source, compose(source))
    assert source.text[slice(*comment.span)] == "# é "


def test_without_a_parse_only_what_is_beyond_doubt() -> None:
    text = "a: {{ x }} # yes\nb: |\n  # no\n  x\n- |-\n  # no\nc: 'x' # doubtful\n# yes\nd: a#b\n"
    assert found(text, parsed=False) == [("yes", 1, False), ("yes", 8, True)]


@given(texts())
def test_without_its_comments_a_text_means_the_same(text: str) -> None:
    from planning import values

    source = SourceText(text)
    bare = text
    for comment in reversed(comments(source, compose(source))):
        bare = bare[: comment.span.start] + bare[comment.span.end :]
    assert values(bare) == values(text)
    assert not comments(SourceText(bare), compose(SourceText(bare)))
