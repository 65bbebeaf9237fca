"""Ignore files say what Git says of them, and no pattern takes long."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from time import process_time
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from immichlint.repo.ignorefile import Pattern, Patterns, parse

PATHS: Final = (
    "a", "b", "[", "-", "#a", "!a", "ab", "ba", "aab", "a.yaml", "a/b", "b/a", "a/a.yaml", "b/a.yaml", "a/b/a",
    "a/b/ab", "b/b/a.yaml", "a/a/a/b", "b/a/b/a/b", "a/x-y/b/a.yaml", "x-y/!a/#a",
)  # fmt: skip
MATCHED: Final[dict[str, set[str]]] = {
    "a": {path for path in PATHS if "a" in path.split("/")},
    "/a": {"a", *(path for path in PATHS if path.startswith("a/"))},
    "a/": {path for path in PATHS if "a" in path.split("/")[:-1]},
    "a/b": {"a/b", "a/b/a", "a/b/ab"},
    "a/*/a": {"a/b/a", "a/a/a/b"},
    "a*b": {"ab", "aab", "a/b/ab"},
    "*.yaml": {path for path in PATHS if path.endswith(".yaml")},
    "/*.yaml": {"a.yaml"},
    "a/*.yaml": {"a/a.yaml"},
    "a/**/*.yaml": {"a/a.yaml", "a/x-y/b/a.yaml"},
    "**/b/**/a": {"b/a", "a/b/a", "b/a/b/a/b"},
    "a/**": {path for path in PATHS if path.startswith("a/")},
    "**/a": {path for path in PATHS if "a" in path.split("/")},
    "**/a/": {path for path in PATHS if "a" in path.split("/")[:-1]},
    "/**/b": {path for path in PATHS if "b" in path.split("/")},
    "**/*.yaml": {path for path in PATHS if path.endswith(".yaml")},
    "**.yaml": {path for path in PATHS if path.endswith(".yaml")},
    "**": set(PATHS),
    "a/b\n!*": set(),
    "*.yaml\n!b.yaml\n!a.*": set(),
    "x-*": {path for path in PATHS if "x-y" in path.split("/")},
    "**/a/b": {"a/b", "a/b/a", "a/b/ab", "a/a/a/b", "b/a/b/a/b"},
    "?b": {"ab", "a/b/ab"},
    "[!a]a": {"#a", "!a", "ba", "x-y/!a/#a"},
    "[b-a]a": {"ba"},
    "[]a]b": {"ab", "a/b/ab"},
    "[--a]": {path for path in PATHS if {"a", "[", "-"} & set(path.split("/"))},
    "[": set(),
    "\\[": {"["},
    "\\#a": {"#a", "x-y/!a/#a"},
    "#a": set(),
    "\\!a": {"!a", "x-y/!a/#a"},
    "a//": set(),
    "*\n!a": {path for path in PATHS if path.split("/")[0] not in ("a",)}
    | {"a/b", "a/a.yaml", "a/b/a", "a/b/ab", "a/x-y/b/a.yaml", "a/a/a/b"},
}


def ignored(text: str) -> set[str]:
    """The paths that Git would leave out: a file goes with any folder above it."""
    patterns = parse(text)

    def is_left_out(path: str) -> bool:
        parts = path.split("/")
        heads = ("/".join(parts[:length]) for length in range(1, len(parts) + 1))
        return any(patterns.verdict(head, is_folder=head != path) for head in heads)

    return {path for path in PATHS if is_left_out(path)}


@pytest.mark.parametrize("text", MATCHED)
def test_what_is_left_out(text: str) -> None:
    assert ignored(text) == MATCHED[text]


@pytest.mark.skipif(shutil.which("git") is None, reason="needs Git")
@pytest.mark.parametrize("text", MATCHED)
def test_git_says_so_too(text: str, tmp_path: Path) -> None:
    alone = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(("git", "init", "--quiet", tmp_path), check=True, env=alone)
    (tmp_path / ".gitignore").write_text(f"{text}\n", "utf-8")
    command = ("git", "-C", tmp_path, "check-ignore", "--no-index", "--stdin", "-z")
    done = subprocess.run(command, input="\0".join(PATHS), capture_output=True, text=True, env=alone)
    assert set(done.stdout.split("\0")) - {""} == MATCHED[text]


@given(st.text("ab*?/[]!\\-", max_size=8), st.text("ab/]-", min_size=1, max_size=8))
def test_what_is_told_quickly_is_what_the_expression_says(glob: str, path: str) -> None:
    pattern = Pattern(glob.strip("/") or "a", of_names="/" not in glob.strip("/"), negated=False, folders_only=False)
    name = path.rpartition("/")[2]
    expected = pattern.match.fullmatch(name if pattern.of_names else path) is not None
    assert (Patterns((pattern,)).verdict(path, is_folder=False) is True) == expected


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 40 + "b", "a" * 255),
        ("**/a/" * 40 + "b", "/".join("a" * 100)),
        ("**/*a*a*a/" * 20 + "b", "/".join(["a" * 30] * 60)),
        ("*/" * 60 + "**/b", "/".join("a" * 100)),
        ("a**" * 40 + "b", "a" * 255),
        ("[!b]*" * 60 + "b", "a" * 255),
    ],
)
def test_no_pattern_takes_long(pattern: str, path: str) -> None:
    patterns = parse(f"{pattern}\n*.md")
    begun = process_time()
    assert patterns.verdict(path, is_folder=False) is None
    assert process_time() - begun < 0.5
