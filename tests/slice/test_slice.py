"""The slice that proves the design: a chart's values patched by an overlay, with a substitution, an anchor that
two controllers share, and a plain ScheduledBackup beside it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from immichlint.cli.main import run

SLICE = Path(__file__).parent.parent / "fixtures" / "slice"
SAFE_DIFF = """\
diff --git a/overlay/patch.yaml b/overlay/patch.yaml
--- a/overlay/patch.yaml
+++ b/overlay/patch.yaml
@@ -11,3 +11,17 @@
             resources:
               limits:
                 memory: 4Gi
+            env:
+              HF_HOME: /cache
+              TRANSFORMERS_CACHE: /cache
+              MPLCONFIGDIR: /cache/matplotlib
+              HOME: /cache
+        pod:
+          securityContext:
+            runAsNonRoot: true
+            runAsUser: 1000
+            runAsGroup: 1000
+            fsGroup: 1000
+            fsGroupChangePolicy: OnRootMismatch
+            seccompProfile:
+              type: RuntimeDefault
diff --git a/overlay/scheduled-backup.yaml b/overlay/scheduled-backup.yaml
--- a/overlay/scheduled-backup.yaml
+++ b/overlay/scheduled-backup.yaml
@@ -3,7 +3,8 @@
 metadata:
   name: immich-daily
 spec:
-  schedule: "0 0 * * *"  # daily
+  schedule: "0 0 0 * * *"  # daily
   backupOwnerReference: self
   cluster:
     name: immich-postgres
+  immediate: false
"""
UNSAFE_DIFF = """\
diff --git a/base/helmrelease.yaml b/base/helmrelease.yaml
--- a/base/helmrelease.yaml
+++ b/base/helmrelease.yaml
@@ -29,7 +29,7 @@
           main:
             image:
               repository: ghcr.io/immich-app/immich-machine-learning
-              tag: "${IMMICH_VERSION:=v2.4.1}"
+              tag: "${IMMICH_VERSION:=v2.5.0}"
             env: *env
     persistence:
       library:
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A copy of the slice that may be changed."""
    return Path(shutil.copytree(SLICE, tmp_path / "slice"))


def immichlint(repository: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "immichlint", str(repository), "--root", str(repository), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def found(repository: Path) -> dict[str, tuple[str, int, str, str]]:
    """File, line, the exact text pointed at and severity, by rule."""
    report = json.loads(immichlint(repository, "--format", "json").stdout)
    places = {}
    for item in report["findings"]:
        line = (repository / item["file"]).read_text().splitlines()[item["line"] - 1]
        text = line[item["column"] - 1 : item["end_column"] - 1]
        assert item["rule"] not in places
        places[item["rule"]] = (item["file"], item["line"], text, item["severity"])
    return places


def test_each_finding_points_at_the_place_that_decides(repository: Path) -> None:
    places = found(repository)
    assert places["IML101"] == ("overlay/scheduled-backup.yaml", 6, '"0 0 * * *"', "error")
    assert places["IML201"] == ("overlay/patch.yaml", 10, "main", "warning")
    assert places["IML204"] == ("base/helmrelease.yaml", 14, "securityContext", "error")
    assert places["IML207"] == ("base/helmrelease.yaml", 32, "v2.4.1", "error")


def test_the_safe_fixes_land_where_only_this_stack_sees_them(repository: Path) -> None:
    done = immichlint(repository, "--diff")
    assert (done.stdout, done.returncode) == (SAFE_DIFF, 1)


def test_the_unsafe_fix_changes_the_default_inside_the_substitution(repository: Path) -> None:
    others = ("--ignore", "IML3", "--ignore", "IML7")
    assert immichlint(repository, "--diff", "--unsafe-fixes", *others).stdout == UNSAFE_DIFF + SAFE_DIFF


def test_fix_writes_what_the_diff_said_and_a_second_run_changes_nothing(repository: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=repository, check=True)
    patch = immichlint(repository, "--diff", "--unsafe-fixes").stdout
    applied = Path(shutil.copytree(repository, repository.parent / "applied"))
    subprocess.run(["git", "apply", "-"], cwd=applied, input=patch, text=True, check=True)

    done = immichlint(repository, "--fix", "--yes", "--unsafe-fixes")
    assert done.returncode == 0
    texts = {path.relative_to(repository): path.read_bytes() for path in repository.rglob("*.yaml")}
    assert texts == {path.relative_to(applied): path.read_bytes() for path in applied.rglob("*.yaml")}

    assert set(found(repository)) == {"IML126", "IML203"}
    again = immichlint(repository, "--fix", "--yes", "--unsafe-fixes")
    assert again.returncode == 0
    assert not [line for line in again.stderr.splitlines() if line.startswith("mended")]
    assert texts == {path.relative_to(repository): path.read_bytes() for path in repository.rglob("*.yaml")}


def test_without_the_overlay_the_anchor_is_left_to_the_other_controller(repository: Path) -> None:
    """`env: *env` becomes a mapping of its own that merges the anchor, and the server's variables stay."""
    shutil.rmtree(repository / "overlay")
    before = (repository / "base/helmrelease.yaml").read_text()
    assert immichlint(repository, "--fix", "--yes").returncode == 1
    after = (repository / "base/helmrelease.yaml").read_text()
    expected = before.replace(
        "            env: *env\n",
        "            env:\n"
        "              <<: *env\n"
        "              HF_HOME: /cache\n"
        "              TRANSFORMERS_CACHE: /cache\n"
        "              MPLCONFIGDIR: /cache/matplotlib\n"
        "              HOME: /cache\n"
        "        pod:\n"
        "          securityContext:\n"
        "            runAsNonRoot: true\n"
        "            runAsUser: 1000\n"
        "            runAsGroup: 1000\n"
        "            fsGroup: 1000\n"
        "            fsGroupChangePolicy: OnRootMismatch\n"
        "            seccompProfile:\n"
        "              type: RuntimeDefault\n",
    )
    assert after == expected


def test_a_path_elsewhere_is_told_wherever_it_stands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("here", "there"):
        (tmp_path / name / ".git").mkdir(parents=True)
    assert run([str(tmp_path / "here"), str(tmp_path / "there")]) == 2
    assert "there` is not below the root" in capsys.readouterr().err
