"""Diffs are what git takes, byte for byte, and show no secret."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from in_memory import repository_of

from immichlint.fixing.diff import Diff, unified
from immichlint.text import SourceText

Files = Mapping[str, bytes]


def diff(before: Files, changed: Files) -> Diff:
    old = repository_of(before)
    texts = {path: SourceText.decode(raw) for path, raw in changed.items()}
    return unified(old, old.with_texts(texts), texts)


def applied(folder: Path, before: Files, text: str) -> dict[str, bytes]:
    """The files as `git apply` leaves them, in a folder that need not be a repository."""
    for path, raw in before.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(raw)
    if text:
        made = subprocess.run(
            ["git", "apply", "--whitespace=nowarn", "-"],
            cwd=folder,
            input=text.encode(),
            capture_output=True,
            check=False,
            env={"GIT_CEILING_DIRECTORIES": str(folder.parent), "PATH": "/usr/local/bin:/usr/bin:/bin"},
        )
        assert made.returncode == 0, made.stderr.decode()
    return {item.relative_to(folder).as_posix(): item.read_bytes() for item in folder.rglob("*") if item.is_file()}


lines = st.lists(st.sampled_from(["a: 1", "b: 2", "", "  - c", "# é"]), max_size=14)
ends = st.sampled_from(["\n", "\r\n"])


@st.composite
def contents(draw: st.DrawFn) -> bytes:
    end = draw(ends)
    text = end.join(draw(lines)) + draw(st.sampled_from([end, ""]))
    return draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + text.encode()


@settings(max_examples=settings.default.max_examples // 2)
@given(st.lists(st.tuples(contents(), contents()), min_size=8, max_size=8), st.lists(contents(), max_size=2))
def test_git_makes_of_a_diff_what_was_written(
    tmp_path_factory: pytest.TempPathFactory, changed: list[tuple[bytes, bytes]], added: list[bytes]
) -> None:
    before = {f"{index}.yaml": old for index, (old, _) in enumerate(changed)}
    new = {f"{index}.yaml": text for index, (_, text) in enumerate(changed)}
    new |= {f"new/{index}.yaml": text for index, text in enumerate(added) if text}
    made = diff(before, new)
    assert made.hidden == ()
    assert applied(tmp_path_factory.mktemp("tree"), before, made.text) == {**before, **new}


@pytest.mark.parametrize("name", ["a b.yaml", "é.yaml", 'q"q.yaml', "b\\s.yaml", "tab\t.yaml", "end .yaml"])
def test_every_file_name(tmp_path: Path, name: str) -> None:
    before = {name: b"a: 1\n"}
    new = {name: b"a: 2\n", f"new/{name}": b"b: 1\n"}
    assert applied(tmp_path, before, diff(before, new).text) == new


def test_a_diff_to_the_letter() -> None:
    made = diff({"a.yaml": b"a: 1\r\nb: 2"}, {"a.yaml": b"a: 1\r\nb: 3\r\n", "b/new.yaml": b"x: 1\n"})
    assert made.text == (
        "diff --git a/a.yaml b/a.yaml\n--- a/a.yaml\n+++ b/a.yaml\n@@ -1,2 +1,2 @@\n a: 1\r\n"
        "-b: 2\n\\ No newline at end of file\n+b: 3\r\n"
        "diff --git a/b/new.yaml b/b/new.yaml\nnew file mode 100644\n--- /dev/null\n+++ b/b/new.yaml\n"
        "@@ -0,0 +1 @@\n+x: 1\n"
    )


def test_what_does_not_change_is_not_shown() -> None:
    assert diff({"a.yaml": b"a: 1\n"}, {"a.yaml": b"a: 1\n"}) == Diff("", ())


SECRET = b"kind: Secret\nstringData:\n  key: hunter2\n"
URL = b"url: postgres://immich:hunter2@db/immich\n"
VARIABLE = b"env:\n  - name: DB_PASSWORD\n    value: hunter2\n"
FAR = b"# far\n" * 7


@pytest.mark.parametrize("secret", [SECRET, URL, VARIABLE])
def test_the_context_ends_before_a_secret(tmp_path: Path, secret: bytes) -> None:
    before = {"a.yaml": b"a: 1\nb: 1\n" + secret + b"c: 1\ny: 1\n" + FAR + b"z: 1\n"}
    new = {"a.yaml": b"a: 2\nb: 1\n" + secret + b"c: 1\ny: 2\n" + FAR + b"z: 1\nnew: 1\n"}
    made = diff(before, new)
    assert "hunter2" not in made.text
    assert made.hidden == ()
    assert "\n-a: 1\n+a: 2\n b: 1\n" in made.text
    assert "@@\n c: 1\n-y: 1\n+y: 2\n" in made.text
    assert applied(tmp_path, before, made.text) == new


def test_a_change_of_a_line_with_a_secret_is_left_out_and_no_other() -> None:
    before = {"a.yaml": b"a: 1\nb: 1\nurl: postgres://immich:hunter2@db\nc: 1\nd: 1\n"}
    made = diff(before, {"a.yaml": b"a: 2\nb: 1\nurl: postgres://immich:hunter3@db\nc: 1\nd: 2\n"})
    assert made.hidden == ("a.yaml",)
    assert made.text.partition("@@")[2] == " -1,2 +1,2 @@\n-a: 1\n+a: 2\n b: 1\n@@ -4,2 +4,2 @@\n c: 1\n-d: 1\n+d: 2\n"


def test_what_stands_right_above_a_secret_is_left_out_for_git_and_shown_to_a_person() -> None:
    before, new = {"a.yaml": b"a: 1\n" + URL}, {"a.yaml": b"a: 2\n" + URL}
    assert diff(before, new) == Diff("", ("a.yaml",))
    old = repository_of(before)
    texts = {"a.yaml": SourceText.decode(new["a.yaml"])}
    shown = unified(old, old.with_texts(texts), texts, to_apply=False)
    assert shown.hidden == ()
    assert shown.text.endswith("@@ -1 +1 @@\n-a: 1\n+a: 2\n")


def test_a_secret_that_a_change_repeats_elsewhere_is_no_less_secret(tmp_path: Path) -> None:
    before = {"a.yaml": b"a: 1\nredis-password: correct-horse-1\nb: 1\n"}
    new = {"a.yaml": before["a.yaml"] + b"c: 1\n", "b.yaml": b"args:\n- correct-horse-1\n"}
    made = diff(before, new)
    assert made.hidden == ("b.yaml",)
    assert "horse" not in made.text
    assert applied(tmp_path, before, made.text) == {"a.yaml": new["a.yaml"]}


@pytest.mark.parametrize("secret", [SECRET, URL, VARIABLE])
def test_a_new_file_with_a_secret_has_no_header_either(secret: bytes) -> None:
    assert diff({}, {"b.yaml": secret}) == Diff("", ("b.yaml",))


secretive = st.lists(st.sampled_from(["a: 1", "b: 2", "c: 3", "d: 4", "DB_PASSWORD: hunter2"]), min_size=1, max_size=16)


@settings(max_examples=settings.default.max_examples // 2)
@given(st.lists(st.tuples(secretive, secretive), min_size=8, max_size=8))
def test_git_takes_what_is_left_beside_secrets(
    tmp_path_factory: pytest.TempPathFactory, changed: list[tuple[list[str], list[str]]]
) -> None:
    before = {f"{index}.yaml": "".join(f"{line}\n" for line in old).encode() for index, (old, _) in enumerate(changed)}
    new = {f"{index}.yaml": "".join(f"{line}\n" for line in now).encode() for index, (_, now) in enumerate(changed)}
    made = diff(before, new)
    assert "hunter2" not in made.text
    after = applied(tmp_path_factory.mktemp("tree"), before, made.text)
    assert {path for path in new if after[path] != new[path]} <= set(made.hidden)


def test_hunks_after_one_that_is_left_out_still_apply_where_they_belong(tmp_path: Path) -> None:
    """The lines that a hidden hunk adds do not move the others: here the context alone does not tell where."""
    block = b"a: 1\nb: 1\nc: 1\nd: 1\ne: 1\nf: 1\ng: 1\nh: 1\n"
    rest = block * 5 + block.replace(b"h: 1", b"h: 2") + block * 3
    before = {"a.yaml": URL + block * 9}
    new = {"a.yaml": URL.replace(b"url", b"uri") + b"".join(b"x: %d\n" % n for n in range(8)) + rest}
    made = diff(before, new)
    assert made.hidden == ("a.yaml",)
    assert applied(tmp_path, before, made.text) == {"a.yaml": URL + rest}


@pytest.mark.parametrize(
    "name", ["\x1b[31m.yaml", "a\nb.yaml", "\u202egpj.yaml", 'q"uo\\te.yaml', "é.yaml", "a b.yaml"]
)
def test_names_are_written_as_git_reads_them_and_hide_nothing(tmp_path: Path, name: str) -> None:
    made = diff({name: b"a: 1\n"}, {name: b"a: 2\n"}).text
    assert made.replace("\n", "").isprintable()
    assert applied(tmp_path, {name: b"a: 1\n"}, made) == {name: b"a: 2\n"}
