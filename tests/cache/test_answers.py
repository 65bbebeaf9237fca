"""Reports that are told again: they are what a fresh run says, and only while nothing has changed."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from threading import Thread
from typing import Any, Final

import pytest

import immichlint
import immichlint.cli.commands.check as command
from immichlint.cache.folder import prune
from immichlint.cache.unchanged import Look, rows_of
from immichlint.cli.main import run
from immichlint.repo.seen import RACY, Seen, digest
from immichlint.repo.walk import walk
from immichlint.report import formats
from immichlint.rules.catalogue import all_texts

PASSWORD: Final = "correct-horse-battery-staple"
DATABASE: Final = """\
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata:
  name: immich-postgres
spec:
  instances: 1
  imageName: ghcr.io/tensorchord/cloudnative-vectorchord:16-0.4.3
  storage: {size: 10Gi}
---
apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata:
  name: immich-daily
spec:
  schedule: "0 3 * * *"
  cluster:
    name: immich-postgres
---
apiVersion: v1
kind: Secret
metadata:
  name: immich-database
stringData:
  DB_PASSWORD: correct-horse-battery-staple
"""
TREE: Final = {
    ".gitignore": "generated/\n",
    ".immichlint.yaml": "version: 1\nrule_folders: [lint]\nbaseline: accepted.json\n",
    "accepted.json": '{"version": 1, "findings": []}\n',
    "apps/kustomization.yaml": "resources: [database.yaml]\nconfigMapGenerator: [{name: immich, envs: [immich.env]}]\n",
    "apps/database.yaml": DATABASE,
    "apps/immich.env": "DB_HOSTNAME=immich-postgres-rw\n",
    "generated/more.yaml": DATABASE.replace("immich-daily", "immich-weekly"),
    "other/wiki.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: wiki}\n",
}
HOME: Final = Path(__file__).parents[2]
CORPUS: Final = HOME.parent / "shared/corpus"
AGO: Final = 3600 * 10**9
PARTS: Final = 4
"""Of the examples: a fix is verified against all of its repository."""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the answers, whose compiled rules are those of the other tests."""
    from immichlint.cache.folder import cache_folder

    shared, own = cache_folder(), tmp_path / "cache" / "immichlint"
    own.mkdir(parents=True)
    for path in shared.glob("*.json") if shared is not None else ():
        (own / path.name).symlink_to(path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(own.parent))
    return own / "answers"


@pytest.fixture
def tree(tmp_path: Path, cache: Path) -> Path:
    root = tmp_path / "repository"
    (root / "lint").mkdir(parents=True)
    (root / ".git").mkdir()
    (root / ".git" / "config").write_text('[remote "origin"]\n\turl = https://git.example.com/home/ops\n')
    for name, text in TREE.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text)
    return root


def said(*arguments: str | Path) -> tuple[int, str]:
    """The exit code and standard output of the program, in this process."""
    with redirect_stdout(StringIO()) as out:
        code = run([str(argument) for argument in arguments])
    return code, out.getvalue()


@pytest.fixture
def analyses(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The requests that were analysed and not answered from the cache."""
    asked: list[Any] = []
    check = command.check

    def counting(*arguments: Any) -> Any:
        asked.append(arguments[0])
        return check(*arguments)

    monkeypatch.setattr(command, "check", counting)
    return asked


def test_what_has_not_changed_is_told_again(tree: Path, analyses: list[Any]) -> None:
    fresh = said("--no-cache", tree)
    assert fresh[0] == 1
    assert "IML101" in fresh[1]
    assert [said(tree), said(tree), said(tree)] == [fresh] * 3
    assert len(analyses) == 2


def test_a_configuration_from_a_pipe_is_read_once(tree: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for text, code in (("version: 1\n", 1), ("version: 1\nfail_on: never\n", 0)):
        writer = Thread(target=pipe.write_text, args=(text,))
        writer.start()
        assert said("--config", pipe, tree)[0] == code
        writer.join()


@pytest.mark.parametrize("form", formats.names())
def test_every_format_is_told_again(tree: Path, analyses: list[Any], form: str) -> None:
    options = ("--format", form, tree)
    assert said(*options) == said(*options) == said("--no-cache", *options)
    assert len(analyses) == 2


def test_files_are_written_again(tree: Path, tmp_path: Path, analyses: list[Any]) -> None:
    options = ("--format", f"json={tmp_path / 'report.json'}", "--format", "concise", tree)
    first = said(*options), (tmp_path / "report.json").read_bytes()
    (tmp_path / "report.json").unlink()
    assert (said(*options), (tmp_path / "report.json").read_bytes()) == first
    assert len(analyses) == 1


def test_another_question_has_another_answer(tree: Path, analyses: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    questions = [(), ("--profile", "strict"), ("--select", "IML1"), ("--statistics",), ("--fail-on", "never")]
    for _ in range(2):
        for options in questions:
            assert said(*options, tree) == said("--no-cache", *options, tree)
    monkeypatch.setenv("COLUMNS", "50")
    assert said(tree) == said("--no-cache", tree)
    assert sum(not request.no_cache for request in analyses) == len(questions) + 1
    assert said("--exit-zero", tree)[0] == 0


def _write(name: str, text: str) -> Callable[[Path], object]:
    def change(root: Path) -> None:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)

    return change


def _same_size_and_time(root: Path) -> None:
    path = root / "apps/database.yaml"
    before = path.stat()
    path.write_text(DATABASE.replace("0 3 * * *", "0 4 * * *"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size


CHANGES: Final[dict[str, Callable[[Path], object]]] = {
    "a file": _write("apps/database.yaml", DATABASE.replace("0 3 * * *", "0 0 3 * * *")),
    "a file, whose size and time stay": _same_size_and_time,
    "a new file": _write("apps/new.yaml", DATABASE.replace("immich-", "photos-immich-")),
    "a new folder": _write("more/new.yaml", DATABASE),
    "a file is gone": lambda root: (root / "apps/database.yaml").unlink(),
    "a file is moved": lambda root: (root / "other/wiki.yaml").rename(root / "other/page.yaml"),
    "a folder is a repository": lambda root: (root / "apps/.git").mkdir(),
    "a file is a link": lambda root: (
        (root / "apps/database.yaml").rename(root / "other/database.yaml"),
        (root / "apps/database.yaml").symlink_to(root / "other/database.yaml"),
    ),
    "what is ignored": _write(".gitignore", ""),
    "the configuration": _write(".immichlint.yaml", "version: 1\nprofile: strict\n"),
    "no configuration": lambda root: (root / ".immichlint.yaml").unlink(),
    "a broken configuration": _write(".immichlint.yaml", "version: [\n"),
    "a rule": _write("lint/own.yaml", "id: OWN1\n"),
    "the baseline": _write("accepted.json", "{}"),
    "a file of no manifests": _write("apps/immich.env", "DB_HOSTNAME=photos\n"),
    "the remotes": _write(".git/config", '[remote "origin"]\n\turl = https://git.example.com/other/one\n'),
}
SEEN_WHERE_ASKED: Final = ("a file of no manifests", "the remotes")


@pytest.mark.parametrize("change", [name for name in CHANGES if name not in SEEN_WHERE_ASKED])
def test_a_change_is_noticed(tree: Path, analyses: list[Any], change: str) -> None:
    said(tree)
    CHANGES[change](tree)
    assert said(tree) == said("--no-cache", tree)
    assert len(analyses) == 3


def look(root: Path, rows: dict[str, Any]) -> Look:
    return Look(root, json.loads(json.dumps(rows)))


def seen(root: Path) -> Seen:
    """What a run sees that asks for everything."""
    found = Seen()
    found.takes(root / ".immichlint.yaml")
    found.takes(root / "accepted.json")
    found.takes(root / "lint")
    walk(root, (), found)
    found.others["apps/immich.env"] = digest((root / "apps/immich.env").read_bytes())
    found.others["apps/missing.env"] = ""
    found.remotes = ("https://git.example.com/home/ops",)
    return found


@pytest.mark.parametrize("change", CHANGES)
def test_a_second_look_notices(tree: Path, change: str) -> None:
    (tree / "link.yaml").symlink_to("other/wiki.yaml")
    rows = rows_of(seen(tree))
    assert look(tree, rows).finds_the_same()
    CHANGES[change](tree)
    assert not look(tree, rows).finds_the_same()


def test_a_link_that_leads_elsewhere_is_noticed(tree: Path, tmp_path: Path) -> None:
    (tree / "link").symlink_to(tmp_path / "there")
    rows = rows_of(seen(tree))
    (tmp_path / "there").mkdir()
    assert not look(tree, rows).finds_the_same()


def test_a_stamp_that_is_too_young_proves_nothing(tree: Path) -> None:
    rows = rows_of(seen(tree))
    row = rows["folders"]["apps"][2]["database.yaml"]
    row[4] = digest(b"what was there within the same tick of the clock")
    assert not look(tree, rows).finds_the_same()
    rows["began"] += AGO
    assert look(tree, rows).finds_the_same(), (
        "the clock is right, and the file is old: its stamp proves that it is the same"
    )


def test_stamps_become_better(tree: Path) -> None:
    rows = rows_of(seen(tree))
    again = look(tree, rows)
    assert again.finds_the_same()
    assert not again.is_renewed, "all is as young as before"
    os.utime(tree / "other/wiki.yaml")
    again = look(tree, rows)
    assert again.finds_the_same()
    assert again.is_renewed
    status = (tree / "other/wiki.yaml").stat()
    assert again.rows["folders"]["other"][2]["wiki.yaml"][1] == status.st_mtime_ns
    assert again.rows["began"] > rows["began"]


def test_old_stamps_are_enough(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = rows_of(seen(tree))
    rows["began"] += 2 * RACY
    monkeypatch.setattr("immichlint.cache.unchanged.digest", lambda raw: pytest.fail("a file was read"))
    again = look(tree, {**rows, "ignores": {}, "others": {}})
    assert again.finds_the_same()
    assert not again.is_renewed


@pytest.mark.parametrize("damage", [b"", b"x", b"00000000\n{}", b"\xff\x00" * 50])
def test_a_damaged_answer_is_none(tree: Path, cache: Path, analyses: list[Any], damage: bytes) -> None:
    fresh = said(tree)
    (kept,) = cache.iterdir()
    whole = kept.read_bytes()
    for content in (damage, whole[:-1], whole.replace(b"IML101", b"IML102"), whole[: len(whole) // 2]):
        kept.write_bytes(content)
        assert said(tree) == fresh
    assert len(analyses) == 5
    assert json.loads(kept.read_bytes().partition(b"\n")[2])["texts"] == [fresh[1]]


@pytest.mark.parametrize(
    "options",
    [
        ("--no-cache",),
        ("--diff",),
        ("--fix", "--yes"),
        ("--write-baseline",),
        ("--config", "absent.yaml"),
        ("--select", "IML9999"),
    ],
)
def test_what_changes_something_or_fails_is_not_kept(tree: Path, cache: Path, options: tuple[str, ...]) -> None:
    said(*options, tree)
    assert not cache.exists()


def test_what_could_not_be_read_is_not_kept(tree: Path, cache: Path) -> None:
    os.mkfifo(tree / "apps/pipe.yaml")
    assert said(tree) == said(tree)
    assert not cache.exists()


def test_a_cache_that_cannot_be_written_is_no_trouble(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = said("--no-cache", tree)
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert said(tree) == said(tree) == fresh


def test_no_secret_is_kept_and_nobody_else_can_read_it(tree: Path, cache: Path) -> None:
    for form in formats.names():
        said("--profile", "strict", "--format", form, tree)
    kept = list(cache.iterdir())
    assert len(kept) == len(formats.names())
    assert all(PASSWORD.encode() not in path.read_bytes() for path in kept)
    assert cache.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in kept)


def test_runs_at_once_do_not_disturb_each_other(tree: Path) -> None:
    fresh = said("--no-cache", tree)
    arguments = [sys.executable, "-m", "immichlint", str(tree)]
    running = [subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, cwd=HOME) for _ in range(4)]
    ends = [(process.communicate()[0], process.returncode) for process in running]
    assert ends == [(fresh[1], fresh[0])] * 4
    assert said(tree) == fresh


def test_the_oldest_answers_go(tmp_path: Path) -> None:
    for number in range(6):
        (tmp_path / str(number)).write_bytes(b"x" * 10)
        os.utime(tmp_path / str(number), ns=(AGO + number, AGO + number))
    prune(tmp_path, most_files=4, most_bytes=100)
    assert {path.name for path in tmp_path.iterdir()} == {"2", "3", "4", "5"}
    prune(tmp_path, most_files=4, most_bytes=25)
    assert {path.name for path in tmp_path.iterdir()} == {"4", "5"}


STRICTLY: Final = ("--profile", "strict", "--format", "sarif")


@pytest.mark.parametrize("part", range(PARTS))
def test_examples_of_rules_are_told_again(tree: Path, analyses: list[Any], part: int) -> None:
    for rule, text in list(all_texts().items())[part :: 8 * PARTS]:
        for path, content in text.bad[0].files.items():
            file = tree / rule / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, "utf-8")
    fresh = said("--no-cache", *STRICTLY, tree)
    assert said(*STRICTLY, tree) == said(*STRICTLY, tree) == fresh
    assert len(analyses) == 2


@pytest.mark.parametrize("repository", [HOME / "examples/demo", *sorted(CORPUS.glob("*/"))], ids=lambda path: path.name)
def test_real_repositories_are_told_again(repository: Path, cache: Path, analyses: list[Any]) -> None:
    options = ("--root", repository, *STRICTLY, repository)
    assert said(*options) == said(*options)
    assert len(analyses) == 1


READERS: Final = ("read_bytes", "read_text", "open", "scandir", "glob", "rglob", "iterdir")
MAY_READ: Final = (
    "cache/", "cli/", "config/", "facts/", "fixing/", "repo/", "report/", "rules/", "session/"
)  # fmt: skip


def test_only_the_walk_and_what_is_noted_reads_files() -> None:
    """What is judged comes from a `Repository`: an answer is not told again when a file changes that nobody noted."""
    package = Path(immichlint.__file__).parent
    for path in package.rglob("*.py"):
        name = path.relative_to(package).as_posix()
        called = {
            getattr(node.func, "attr", getattr(node.func, "id", ""))
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Call)
        }
        if not name.startswith(MAY_READ):
            assert not called & set(READERS), name
