"""Answers that a repository remembers: made once, and made anew only when what they rest on has changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from in_memory import read, repository_of

from immichlint.gitops.picture import picture
from immichlint.repo.files import Files
from immichlint.repo.repository import Repository
from immichlint.repo.walk import walk
from immichlint.text import SourceText
from immichlint.trees.tree import plain

DEMO = Path(__file__).parents[2] / "examples/demo"
TEXTS = {"a.yaml": "a: immich\n", "b.yaml": "b: 1\n", "c.yaml": "c: 1\n"}


class Asked:
    """A question about a repository that counts how often it was answered anew."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        self.times = 0

    def in_(self, repository: Repository) -> object:
        def make() -> object:
            self.times += 1
            return (
                repository.raw("a.yaml"),
                repository.containing(b"needle"),
                repository.remember(("inner",), lambda: repository.read("b.yaml").path),
            )

        return repository.remember(("outer",), make)


@pytest.fixture
def asked() -> Asked:
    found = Asked(repository_of(TEXTS))
    found.in_(found.repository)
    return found


@pytest.mark.parametrize(
    ("path", "text", "times"),
    [
        ("c.yaml", "c: 2\n", 1),
        ("a.yaml", "a: photos\n", 2),
        ("b.yaml", "b: 2\n", 2),
        ("c.yaml", "c: needle\n", 2),
        ("new.yaml", "d: 1\n", 2),
    ],
    ids=["looked at by nobody", "looked at", "looked at by an inner answer", "found by a search", "a new file"],
)
def test_an_answer_lasts_while_nothing_that_it_rests_on_changes(asked: Asked, path: str, text: str, times: int) -> None:
    for _ in range(2):
        asked.in_(asked.repository)
    changed = asked.repository.with_texts({path: SourceText(text)})
    assert asked.in_(changed) == asked.in_(changed)
    assert asked.times == times
    assert changed.containing(b"needle") == ((path,) if "needle" in text else ())


def test_an_inner_answer_that_was_known_counts_too() -> None:
    found = Asked(repository_of(TEXTS))
    found.repository.remember(("inner",), lambda: found.repository.read("b.yaml").path)
    found.in_(found.repository)
    found.in_(found.repository.with_texts({"b.yaml": SourceText("b: 2\n")}))
    assert found.times == 2


def test_files_that_contain_all_of_some_texts() -> None:
    texts = {"a.yaml": "one two\n", "b.yaml": "two immich\n", "c.yaml": "two one immich\n"}
    repository = repository_of(texts)
    assert repository.containing(b"one", b"two") == repository.containing(b"two", b"one") == ("a.yaml", "c.yaml")
    assert repository.containing(b"two", b"immich") == repository.containing(b"immich", b"two") == ("b.yaml", "c.yaml")
    assert repository.containing(b"two", b"three") == ()
    kept = repository.remember(("both",), lambda: repository.containing(b"one", b"two"))
    changed = repository.with_texts({"b.yaml": SourceText("two one\n")})
    assert kept == ("a.yaml", "c.yaml")
    assert changed.remember(("both",), lambda: changed.containing(b"one", b"two")) == ("a.yaml", "b.yaml", "c.yaml")


def test_what_is_judged_is_asked_again_when_it_may_be_others() -> None:
    repository = repository_of({**TEXTS, "a.yaml": "kind: immich\n"})
    repository.remember(("judged",), repository.judged)
    changed = repository.with_texts({"c.yaml": SourceText("kind: immich\n")})
    assert changed.remember(("judged",), changed.judged) == ("a.yaml", "c.yaml")


def test_a_trouble_is_no_answer() -> None:
    repository = Repository(Files())
    with pytest.raises(ZeroDivisionError):
        repository.remember(("broken",), lambda: 1 / 0)
    assert repository.remember(("broken",), lambda: 1.0) == 1.0


def shown(repository: Repository) -> list[object]:
    made = picture(repository, {})
    return [
        (item.name, item.files, item.missing, [(manifest.home, plain(manifest.tree)) for manifest in item.manifests])
        for item in made.environments
    ] + [made.drafts, len(made.gaps)]


def test_the_picture_is_that_of_a_fresh_repository() -> None:
    texts = {file.path: (file.raw or b"").decode() for file in read(walk(DEMO))}
    repository = Repository(walk(DEMO))
    shown(repository)
    for path, before in texts.items():
        text = before.replace("immich", "photos", 1) + "\n# immich\n"
        fresh = repository_of({**texts, path: text})
        assert shown(repository.with_texts({path: SourceText(text)})) == shown(fresh)
