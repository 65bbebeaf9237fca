"""What a run imports: start-up time is most of a hook's time, so modules are counted."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from immichlint.report import formats
from immichlint.rules.catalogue import all_rules

# The aim is 45 modules for a clean run; what a run imports may become less, and not more, than was measured.
MOST_MODULES: Final = {"foreign": 60, "clean": 131, "finding": 170}
MOST_MODULES_AGAIN: Final = 31
MOST_DATACLASSES: Final = 0
HEAVY: Final = ("jsonschema", "rich", "croniter", "dataclasses", "difflib", "logging", "asyncio", "urllib.request")

MEASURE: Final = """
import json, sys
from immichlint.cli.main import run
code = run(sys.argv[1:])
own = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "immichlint"}
types = {id(item) for module in own.values() for item in list(vars(module).values())
         if isinstance(item, type) and "__dataclass_fields__" in vars(item)}
json.dump({"code": code, "own": sorted(own), "dataclasses": len(types), "all": sorted(sys.modules)}, sys.stderr)
"""

FOREIGN: Final = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: wiki\n"
BACKUP: Final = """\
apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata:
  name: immich-daily
spec:
  schedule: "{schedule}"
  immediate: true
  backupOwnerReference: cluster
  cluster:
    name: immich-postgres
"""
MANIFESTS: Final = {
    "foreign": FOREIGN,
    "clean": BACKUP.format(schedule="0 0 3 * * *"),
    "finding": BACKUP.format(schedule="0 3 * * *"),
}


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    """The first run of a checkout compiles the rules; what is measured is any other."""
    all_rules()


def measured(folder: Path, manifest: str, *options: str) -> dict[str, Any]:
    (folder / ".git").mkdir()
    (folder / "manifest.yaml").write_text(manifest, "utf-8")
    return told_again(folder, *options)


def told_again(folder: Path, *options: str) -> dict[str, Any]:
    command = [sys.executable, "-c", MEASURE, str(folder), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stderr)
    return found


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_run_imports_little(tmp_path: Path, name: str) -> None:
    found = measured(tmp_path, MANIFESTS[name])
    assert found["code"] == (name == "finding")
    assert len(found["own"]) <= MOST_MODULES[name], found["own"]
    assert found["dataclasses"] <= MOST_DATACLASSES
    heavy = set(HEAVY) & set(found["all"])
    # croniter reads the five fields of crontab(5) for a finding about them, and brings some of the others.
    assert not heavy & ({"jsonschema", "rich"} if name == "finding" else set(HEAVY)), heavy


@pytest.mark.parametrize("name", MANIFESTS)
def test_what_is_told_again_imports_next_to_nothing(tmp_path: Path, name: str) -> None:
    first = measured(tmp_path, MANIFESTS[name], "--format", "sarif")
    again = told_again(tmp_path, "--format", "sarif")
    assert again["code"] == first["code"]
    assert len(again["own"]) <= MOST_MODULES_AGAIN, again["own"]
    assert not {"ruamel.yaml", "_ruamel_yaml", "dataclasses", *HEAVY} & set(again["all"])


@pytest.mark.parametrize("form", formats.names())
def test_no_format_needs_rich_or_a_schema(tmp_path: Path, form: str) -> None:
    found = measured(tmp_path, MANIFESTS["finding"], "--format", form)
    assert found["code"] == 1
    assert not {"jsonschema", "rich"} & set(found["all"])


def test_a_clean_run_plans_no_edit(tmp_path: Path) -> None:
    found = measured(tmp_path, MANIFESTS["clean"])
    assert [
        name for name in found["own"] if name.startswith(("immichlint.fixing.", "immichlint.yamltree.planner"))
    ] == []
