"""Hostile input ends in a finding or in the list of what was not analysed, in bounded time and memory, and the rest
of the repository is judged as ever."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from hostile_files import BACKUP, BEYOND, LARGE, WRONG, Case
from in_memory import read

from immichlint.repo.seen import Seen
from immichlint.repo.walk import walk

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits, links and pipes are those of POSIX")

MEMORY: Final = 500 * 1024 * 1024
SECONDS: Final = 10
LIMITED: Final = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS}, {SECONDS}))
if sys.platform == "linux":
    resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))
from immichlint.__main__ import main
main()
"""


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    """immichlint in ten seconds of processor time and 500 MB of memory."""
    command = (sys.executable, "-c", LIMITED, *map(str, arguments))
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=90)


def report(root: Path) -> dict[str, Any]:
    """The report of a repository, which has to be judged whatever is in it."""
    done = run("check", root, "--root", root, "--format", "json")
    assert done.stderr == ""
    assert done.returncode in (0, 1)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def places(found: dict[str, Any], file: str) -> list[tuple[str, int, int, int, int]]:
    """The rules and regions of the findings in a file, without advice on what is well-formed."""
    return [
        (item["rule"], item["line"], item["column"], item["end_line"], item["end_column"])
        for item in found["findings"]
        if item["file"] == file and item["rule"] not in ("IML105", "IML111")
    ]


def unread(found: dict[str, Any]) -> dict[str, str]:
    """Why each file was not analysed."""
    return {item["file"]: item["why"] for item in found["not_analysed"]}


def write(root: Path, files: Mapping[str, str | bytes]) -> None:
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content if isinstance(content, bytes) else content.encode())


NEIGHBOUR: Final = ("IML101", 6, 13, 6, 24)
"""The finding in BACKUP: the schedule with its quotes."""


@pytest.mark.parametrize("cases", [WRONG, BEYOND, LARGE], ids=["wrong", "beyond", "large"])
def test_files(cases: Mapping[str, Case], tmp_path: Path) -> None:
    files = {f"{name.removesuffix('.yaml')}/{name}": case for name, case in cases.items()}
    write(tmp_path, {"backup.yaml": BACKUP, **{path: case.content for path, case in files.items()}})
    found = report(tmp_path)
    assert places(found, "backup.yaml") == [NEIGHBOUR]
    listed = unread(found)
    assert listed.keys() == {path for path, case in files.items() if case.listed}
    for path, case in files.items():
        assert [place[:3] for place in places(found, path)] == ([(case.rule, case.line, case.column)] * bool(case.rule))
        assert case.why in listed.get(path, case.why)
        assert all(
            case.why in item["message"]
            for item in found["findings"]
            if item["rule"] == case.rule == "IML904" and item["file"] == path
        )
    assert max(len(item["message"]) for item in found["findings"]) < 2_100


def test_links_pipes_and_names(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    write(outside, {"secret.yaml": BACKUP, "kustomization.yaml": "resources: [secret.yaml]\n"})
    write(
        root,
        {"backup.yaml": BACKUP, "folder.yaml/in.yaml": BACKUP, "links/x.yaml": "", "d/" * 90 + "deep.yaml": BACKUP},
    )
    links = {
        "loop": ".",
        "up": "../..",
        "self.yaml": "self.yaml",
        "one.yaml": "two.yaml",
        "two.yaml": "one.yaml",
        "self": "self",
        "one": "two",
        "two": "one",
        "gone.yaml": "nowhere.yaml",
        "out.yaml": outside / "secret.yaml",
        "out": outside,
        "zero.yaml": "/dev/zero",
        "in.yaml": "../backup.yaml",
    }
    for name, target in links.items():
        (root / "links" / name).symlink_to(target)
    os.mkfifo(root / "pipe.yaml")
    os.mkfifo(root / ".gitignore")
    with (root / "big.yaml").open("wb") as big:
        big.write(b"# immich\n")
        big.truncate(50 * 1024 * 1024)
    Path(os.fsdecode(os.fsencode(root) + b"/\xff.yaml")).write_text(BACKUP)
    write(root, {"\x1b[31m\n.yaml": "kind: [immich\n"})
    found = report(root)
    out, nowhere = "a link out of the root, which is not followed", "a link that leads nowhere"
    listed = unread(found)
    deep = next(path for path in listed if path.startswith("d/"))
    assert listed == {
        **dict.fromkeys(("links/up", "links/out", "links/out.yaml", "links/zero.yaml"), out),
        **dict.fromkeys(("links/self.yaml", "links/one.yaml", "links/two.yaml", "links/gone.yaml"), nowhere),
        deep: "folders nested too deep",
        "pipe.yaml": "no regular file",
        "big.yaml": "larger than 5 MiB",
        "\\udcff.yaml": "its name is not UTF-8",
        "\x1b[31m\n.yaml": listed["\x1b[31m\n.yaml"],
    }
    assert listed["\x1b[31m\n.yaml"].startswith("not valid YAML: ")
    assert {item["file"] for item in found["findings"]} == {"backup.yaml", "folder.yaml/in.yaml", "\x1b[31m\n.yaml"}
    assert places(found, "backup.yaml") == places(found, "folder.yaml/in.yaml") == [NEIGHBOUR]
    shown = run("check", root, "--root", root).stdout
    assert "\x1b" not in shown
    assert "\\udcff.yaml" in shown


def test_what_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"a.yaml": BACKUP, "b.yaml": BACKUP, "c/c.yaml": BACKUP})
    really_open, really_scan = os.open, os.scandir

    def refuse_open(path: str, *arguments: int) -> int:
        if path.endswith("a.yaml"):
            raise PermissionError(13, "Permission denied")
        return really_open(path, *arguments)

    def refuse_scan(path: str) -> Any:
        if path.endswith("/c"):
            raise PermissionError(13, "Permission denied")
        return really_scan(path)

    monkeypatch.setattr(os, "open", refuse_open)
    monkeypatch.setattr(os, "scandir", refuse_scan)
    assert [file[:3] for file in read(walk(tmp_path))] == [
        ("a.yaml", None, "cannot be read: Permission denied"),
        ("b.yaml", BACKUP.encode(), ""),
        ("c", None, "the folder cannot be read: Permission denied"),
    ]


@pytest.mark.parametrize("change", [b"", b"kind: Secret\n" * 9])
@pytest.mark.parametrize("noted", [False, True])
def test_a_file_that_changes_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: bytes, noted: bool
) -> None:
    """It is cut or grows between the moment when its size is asked for and the reading."""
    long = BACKUP + "# and so on\n" * 2000
    write(tmp_path, {"a.yaml": long, "b.yaml": long})
    fstat, lseek = os.fstat, os.lseek

    def disturb(descriptor: int) -> None:
        if os.path.samestat(fstat(descriptor), (tmp_path / "a.yaml").stat()):
            (tmp_path / "a.yaml").write_bytes(change and long.encode() + change)

    def changing_status(descriptor: int) -> os.stat_result:
        status = fstat(descriptor)
        disturb(descriptor)
        return status

    def changing_size(descriptor: int, position: int, whence: int) -> int:
        found = lseek(descriptor, position, whence)
        if whence == os.SEEK_END:
            disturb(descriptor)
        return found

    monkeypatch.setattr(os, "fstat", changing_status)
    monkeypatch.setattr(os, "lseek", changing_size)
    seen = Seen() if noted else None
    assert [file[:3] for file in read(walk(tmp_path, seen=seen))] == [
        ("a.yaml", None, "it changed while it was read"),
        ("b.yaml", long.encode(), ""),
    ]
    assert seen is None or list(seen.files) == ["b.yaml"]


@pytest.mark.parametrize("change", [b"", b"kind: Secret\n" * 2000])
def test_a_small_file_that_changes_after_it_was_read_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: bytes
) -> None:
    write(tmp_path, {"a.yaml": BACKUP})
    really_read = os.read

    def changing(descriptor: int, size: int) -> bytes:
        found = really_read(descriptor, size)
        (tmp_path / "a.yaml").write_bytes(change)
        return found

    monkeypatch.setattr(os, "read", changing)
    assert read(walk(tmp_path)) == [("a.yaml", change, "", None)]


FLUX: Final = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: @, namespace: flux-system}
spec: {path: ./%, prune: true, sourceRef: {kind: GitRepository, name: flux-system}}
"""
ARGO: Final = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: @, namespace: argocd}
spec: {project: default, destination: {namespace: x}, source: {repoURL: "https://github.com/o/r", path: %}}
"""


@pytest.mark.parametrize("applier", [FLUX, ARGO], ids=["flux", "argo"])
def test_appliers_that_apply_each_other(tmp_path: Path, applier: str) -> None:
    """Two that apply each other's folder, one that applies its own, and the one of a folder above all."""

    def applies(name: str, folder: str) -> str:
        return applier.replace("@", name).replace("%", folder)

    files = {"a/b.yaml": applies("b", "b"), "b/a.yaml": applies("a", "a"), "self/self.yaml": applies("self", "self")}
    write(tmp_path, {**files, "top/top.yaml": applies("top", ".")})
    write(tmp_path, {f"{folder}/backup.yaml": BACKUP.replace("daily", folder) for folder in ("a", "b", "self")})
    found = report(tmp_path)
    for folder in ("a", "b", "self"):
        assert places(found, f"{folder}/backup.yaml").count(NEIGHBOUR) == 1, folder


def test_components_that_include_each_other(tmp_path: Path) -> None:
    component = (
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ncomponents: [../%]\nresources: [@.yaml]\n"
    )
    for name, other in (("one", "two"), ("two", "one"), ("own", "own")):
        backup = BACKUP.replace("daily", name)
        listed = component.replace("%", other).replace("@", name)
        write(tmp_path, {f"{name}/kustomization.yaml": listed, f"{name}/{name}.yaml": backup})
    write(tmp_path, {"app/kustomization.yaml": "components: [../one, ../own]\nresources: [backup.yaml]\n"})
    write(tmp_path, {"app/backup.yaml": BACKUP})
    found = report(tmp_path)
    assert places(found, "app/backup.yaml") == [NEIGHBOUR]


def test_kustomizations(tmp_path: Path) -> None:
    root = tmp_path / "root"
    write(tmp_path / "outside", {"secret.yaml": BACKUP, "kustomization.yaml": "resources: [secret.yaml]\n"})
    folders = ("self", "circle/a", "out", "odd", "long", "chain/60", "tree/16")
    write(root, {f"{folder}/backup.yaml": BACKUP.replace("daily", folder.replace("/", "-")) for folder in folders})
    write(root, {"backup.yaml": BACKUP})
    lists = {
        "self": "[., ./, ../self, backup.yaml]",
        "circle/a": "[../b, backup.yaml]",
        "circle/b": "[../a]",
        "circle/above": "[]",
        "out": "[../../outside, ../../outside/secret.yaml, /etc/passwd, /etc, .., backup.yaml]",
        "odd": "[[backup.yaml], {a: b}, null, 3, '', backup.yaml]\npatches: [1, null, {path: [x]}]\nnamePrefix: [i]",
        "long": f'["{"../" * 100_000}", "a\\0b.yaml", backup.yaml]',
        **{f"chain/{n}": f"[../{n + 1}]" for n in range(60)},
        "chain/60": "[backup.yaml]",
        **{f"tree/{n}": f"[../{n + 1}, ../left{n}, ../right{n}]" for n in range(16)},
        **{f"tree/{side}{n}": f"[../{n + 1}]\nnamePrefix: {side}-" for n in range(16) for side in ("left", "right")},
        "tree/16": "[backup.yaml]",
    }
    write(root, {f"{folder}/kustomization.yaml": f"resources: {listed}\n" for folder, listed in lists.items()})
    found = report(root)
    for folder in ("", "self/", "circle/a/", "out/", "odd/", "long/"):
        assert places(found, f"{folder}backup.yaml") == [NEIGHBOUR], folder
    said = {item["file"]: item["message"] for item in found["findings"] if item["rule"] == "IML904"}
    assert said.keys() == {"chain/60/backup.yaml", "tree/16/backup.yaml"}
    assert "is nested deeper than 40 kustomizations" in said["chain/60/backup.yaml"]
    assert "list too much to be computed" in said["tree/16/backup.yaml"]
    whys = [(item["file"], item["why"]) for item in found["not_analysed"]]
    assert [why for file, why in whys if file == "out/kustomization.yaml"] == [
        f"{path}, which it lists, is out of the root"
        for path in ("../outside", "../outside/secret.yaml", "/etc", "/etc/passwd")
    ]
    assert [file for file, _ in whys] == ["long/kustomization.yaml", *["out/kustomization.yaml"] * 4]
    assert not any("secret" in item["file"] for item in found["findings"])


def test_places_to_look(tmp_path: Path) -> None:
    """An empty folder, no Git repository, a file, a path that is not there, and one outside the root."""
    empty, full = tmp_path / "empty", tmp_path / "full"
    empty.mkdir()
    write(full, {"a/backup.yaml": BACKUP, "b/backup.yaml": BACKUP.replace("daily", "other")})
    for path in (empty, empty / "nothing"):
        path.mkdir(exist_ok=True)
        nothing = run("check", path)
        assert (nothing.returncode, nothing.stderr) == (0, "")
        assert "there was nothing to judge" in " ".join(nothing.stdout.split())
    file = run("check", full / "a" / "backup.yaml", "--format", "json")
    assert {item["file"] for item in json.loads(file.stdout)["findings"]} == {"backup.yaml"}
    below = run("check", full / "a" / "backup.yaml", "--root", full, "--format", "json")
    assert {item["file"] for item in json.loads(below.stdout)["findings"]} == {"a/backup.yaml"}
    for path, root, words in (
        (tmp_path / "gone", tmp_path, "gone"),
        (empty, full, "is not below the root"),
        (full, tmp_path / "gone", "gone"),
    ):
        refused = run("check", path, "--root", root)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert words in refused.stderr
