#!/usr/bin/env python3
"""Hold what `--format sarif` writes against Microsoft's validator, with the rules of GitHub's code scanning.

`python tools/sarif_check.py [FOLDER...]` analyses the demo, a repository without Immich, one that is clean and
the folders that are named, and prints what the validator says. It needs immichlint, Node.js and an index that npx
reaches. The exit code is 0 if there is no error and no warning.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

HOME: Final = Path(__file__).resolve().parents[1]
VALIDATOR: Final = "@microsoft/sarif-multitool@5.7.0"
FOREIGN: Final = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: wiki\n"
CLEAN: Final = """\
apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata:
  name: immich-daily
spec:
  schedule: "0 0 3 * * *"
  immediate: true
  backupOwnerReference: cluster
  cluster:
    name: immich-postgres
"""


def main(folders: list[str]) -> int:
    """Validate; the exit code."""
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        logs = scratch / "logs"
        logs.mkdir()
        repositories = [HOME / "examples/demo", *map(Path, folders)]
        for title, text in (("foreign", FOREIGN), ("clean", CLEAN)):
            (scratch / title).mkdir()
            (scratch / title / "manifest.yaml").write_text(text, "utf-8")
            repositories.append(scratch / title)
        results = sum(analysed(folder, logs / f"{number}.sarif") for number, folder in enumerate(repositories))
        wrong = list(validated(logs, scratch / "verdict.sarif"))
    for line in wrong:
        print(line)
    print(f"{len(repositories)} repositories with {results} results: {len(wrong)} errors and warnings")
    return int(bool(wrong))


def analysed(folder: Path, log: Path) -> int:
    """Write the log of a repository, what is ignored there included; how many results it has."""
    options = ("--root", folder, "--profile", "strict", "--format", f"sarif={log}", "--sarif-suppressed", "--exit-zero")
    subprocess.run((sys.executable, "-m", "immichlint", "check", folder, *options), check=True)
    (run,) = json.loads(log.read_text("utf-8"))["runs"]
    return len(run["results"])


def validated(logs: Path, verdict: Path) -> list[str]:
    """What is wrong with the logs of a folder, a line each."""
    # npm's wrapper hands its arguments to a shell, hence the second pair of quotes.
    options = ("--rule-kind", "'Sarif;Ghas'", "--output", str(verdict), "--log", "ForceOverwrite", "--quiet")
    command = ("npx", "--yes", VALIDATOR, "validate", f"{logs}/*.sarif", *options)
    environment = {**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if not verdict.exists():
        sys.exit(f"the validator did not run: {done.stdout}{done.stderr}")
    (run,) = json.loads(verdict.read_text("utf-8-sig"))["runs"]
    return [_line(result) for result in run.get("results", ()) if result.get("level", "warning") != "note"]


def _line(result: dict[str, Any]) -> str:
    place = result["locations"][0]["physicalLocation"]
    message = result["message"]
    words = " ".join([message.get("id", ""), *message.get("arguments", [message.get("text", "")])])
    return f"{place['artifactLocation']['uri']}: {result.get('level', 'warning')} {result['ruleId']} {words}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
