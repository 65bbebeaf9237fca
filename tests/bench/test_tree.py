"""The benchmark's repository is what it says: deterministic, sized, valid, and shaped like a Flux repository."""

import json
import os
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from floor import read_yaml_files
from homeops.options import WRITERS
from ruamel.yaml import YAML
from tree import __file__ as tree_script
from tree import repository, write

Documents = dict[str, list[Any]]


@cache
def documents(files: int) -> Documents:
    """The parsed documents of a generated repository, by path; duplicate keys are errors."""
    yaml = YAML(typ="safe")
    return {path: list(yaml.load_all(text)) for path, text in repository(files).items()}


@pytest.mark.parametrize("files", [24, 25, 31, 119, 120, 300, 1500])
def test_has_exactly_the_files_asked_for(files: int) -> None:
    assert len(repository(files)) == files


def test_every_size_is_possible() -> None:
    assert [len(repository(files)) for files in range(24, 200)] == list(range(24, 200))


def test_too_few_files_say_how_many_are_needed() -> None:
    with pytest.raises(ValueError, match="at least 24 files, not 23"):
        repository(23)


def test_same_seed_same_bytes_in_another_process(tmp_path: Path) -> None:
    for hash_seed in ("1", "2"):
        subprocess.run(
            [sys.executable, tree_script, str(tmp_path / hash_seed), "--files", "80", "--seed", "7"],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            check=True,
        )
    expected = {path: text.encode() for path, text in repository(80, seed=7).items()}
    for hash_seed in ("1", "2"):
        root = tmp_path / hash_seed
        assert {file.relative_to(root).as_posix(): file.read_bytes() for file in root.rglob("*.yaml")} == expected


def test_another_seed_another_repository() -> None:
    assert repository(200, seed=1) != repository(200, seed=2)


def test_every_document_is_an_object_with_a_kind() -> None:
    for path, parsed in documents(1500).items():
        assert parsed, path
        for document in parsed:
            assert {"apiVersion", "kind"} <= document.keys(), path


def test_most_files_are_other_applications() -> None:
    kinds = Counter(document["kind"] for parsed in documents(1500).values() for document in parsed)
    assert kinds["HelmRelease"] == kinds["OCIRepository"] > 200
    assert {kind: kinds[kind] for kind in ("Cluster", "ObjectStore", "ScheduledBackup", "Namespace")} == {
        "Cluster": 1,
        "ObjectStore": 1,
        "ScheduledBackup": 1,
        "Namespace": 12,
    }
    assert len([path for path in documents(1500) if "/immich/" in path]) == 13


def test_a_large_repository_has_every_optional_file() -> None:
    names = Counter(PurePosixPath(path).name for path in documents(1500))
    assert all(names[f"{option}.yaml"] > 30 for option in WRITERS)


def test_sizes_are_realistic() -> None:
    sizes = [len(text.encode()) for text in repository(1500).values()]
    assert 900 < sum(sizes) / len(sizes) < 2000
    assert max(sizes) < 6000


def test_kustomizations_list_what_is_there_and_all_of_it() -> None:
    parsed = documents(300)
    for path, (document, *_) in parsed.items():
        if not path.endswith("/kustomization.yaml"):
            continue
        folder = PurePosixPath(path).parent
        listed = {str(folder / resource) for resource in document["resources"]}
        siblings = {str(file) for file in map(PurePosixPath, parsed) if file.parent == folder} - {path}
        flux = {
            str(file) for file in map(PurePosixPath, parsed) if file.name == "ks.yaml" and file.parents[1] == folder
        }
        assert listed == siblings | flux, path


def test_flux_kustomizations_apply_folders_that_have_a_kustomization() -> None:
    parsed = documents(300)
    paths = {
        document["spec"]["path"].removeprefix("./")
        for path, manifests in parsed.items()
        if path.startswith("kubernetes/apps/") and path.endswith("/ks.yaml")
        for document in manifests
    }
    folders = {str(PurePosixPath(path).parent) for path in parsed if path.endswith("/kustomization.yaml")}
    assert paths == {folder for folder in folders if len(PurePosixPath(folder).parts) == 5}


def test_the_immich_stack_is_linked() -> None:
    parsed = documents(24)
    [cluster] = parsed["kubernetes/apps/media/immich/database/cluster.yaml"]
    [store] = parsed["kubernetes/apps/media/immich/database/objectstore.yaml"]
    [backup] = parsed["kubernetes/apps/media/immich/database/scheduledbackup.yaml"]
    [server] = parsed["kubernetes/apps/media/immich/app/helmrelease.yaml"]
    [learning] = parsed["kubernetes/apps/media/immich/machine-learning/helmrelease.yaml"]
    assert cluster["spec"]["plugins"][0]["parameters"]["barmanObjectName"] == store["metadata"]["name"]
    assert backup["spec"]["cluster"]["name"] == cluster["metadata"]["name"]
    container = server["spec"]["values"]["controllers"]["immich"]["containers"]["app"]
    assert container["env"]["DB_HOSTNAME"] == f"{cluster['metadata']['name']}-rw"
    other = learning["spec"]["values"]["controllers"]["immich-machine-learning"]["containers"]["app"]
    assert container["image"]["tag"].split("@")[0] == other["image"]["tag"].split("@")[0]


def test_the_floor_reads_every_file_and_nothing_else(tmp_path: Path) -> None:
    tree = repository(60)
    write(tree, tmp_path)
    for path in ("node_modules/a.yaml", ".git/b.yaml", "notes.md"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("x: 1\n")
    assert read_yaml_files(str(tmp_path)) == (60, sum(len(text.encode()) for text in tree.values()))
    floor = Path(tree_script).with_name("floor.py")
    printed = subprocess.run([sys.executable, str(floor), str(tmp_path)], check=True, capture_output=True, text=True)
    assert printed.stdout.split()[0] == "60"


def test_the_benchmark_reports_measures_and_ratios() -> None:
    bench = Path(tree_script).with_name("bench.py")
    printed = subprocess.run(
        [
            sys.executable, str(bench), "--json", "--files", "24", "--runs", "1", "--skip", "checkov,yamllint",
            "--immichlint", f"{sys.executable} -c pass",
        ],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    figures = json.loads(printed.stdout)
    assert [row["name"] for row in figures["measures"]] == [
        "import click",
        "immichlint --version",
        "floor",
        "immichlint",
    ]
    assert all(row["peak_bytes"] > 0 and len(row["samples"]) == 1 for row in figures["measures"])
    assert list(figures["ratios"]) == ["immichlint / floor", "immichlint --version / import click"]
    assert figures["tree"]["files"] == 24


def test_a_command_that_fails_is_no_measurement() -> None:
    bench = Path(tree_script).with_name("bench.py")
    failed = subprocess.run(
        [
            sys.executable, str(bench), "--files", "24", "--runs", "1", "--skip", "checkov,yamllint",
            "--immichlint", f"{sys.executable} -c 'raise SystemExit(3)'",
        ],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert failed.returncode == 2
    assert failed.stderr == "bench: immichlint --version: ended with 3: it said nothing\n"
