"""A haystack finds what a look into each file finds, whatever was asked before and whatever has changed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from immichlint.repo.haystack import Haystack

PATHS = st.sampled_from(["a", "a-b", "a/b", "b", "c/d/e", "é"])
# Few letters, so that texts are found and are parts of each other; now and then a file is one of the large ones.
BYTES = st.builds(
    lambda start, filling, end: start + filling + end,
    st.binary(max_size=6).map(lambda raw: bytes(b"ab\0\xff"[byte % 4] for byte in raw)),
    st.sampled_from([b"", b"", b"", b"." * 4090, b"." * 5000]),
    st.text("ab", max_size=6).map(str.encode),
)
NEEDLES = st.lists(st.text("ab", min_size=1, max_size=4).map(str.encode), min_size=1, max_size=5)


def expected(files: dict[str, bytes], needle: bytes) -> tuple[str, ...]:
    return tuple(sorted(path for path, raw in files.items() if needle in raw))


@given(st.dictionaries(PATHS, BYTES), st.dictionaries(PATHS, BYTES, max_size=3), NEEDLES, NEEDLES)
def test_what_is_found(
    files: dict[str, bytes], changed: dict[str, bytes], before: list[bytes], after: list[bytes]
) -> None:
    haystack = Haystack()
    for path, raw in files.items():
        haystack.put(path, raw)
    assert_finds(haystack, files, before)
    assert_finds(haystack.with_texts(changed), {**files, **changed}, after)
    assert_finds(haystack, files, after)


def assert_finds(haystack: Haystack, files: dict[str, bytes], needles: list[bytes]) -> None:
    for needle in needles:
        assert haystack.containing(needle) == expected(files, needle)
        assert haystack.among(sorted(files), needle) == expected(files, needle)
    assert {path: haystack.raw(path) for path in haystack.paths()} == files
    assert all((path in haystack) == (path in files) for path in ("a", "a-b", "nowhere"))
