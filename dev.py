#!/usr/bin/env python3
"""Work on immichlint from a checkout: `python3 dev.py demo` and `python3 dev.py test`.

Both make `.venv` on their first run and keep it until pyproject.toml changes. Python 3.11 or later is all they
need, and a package index.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Final

HOME: Final = Path(__file__).resolve().parent
VENV: Final = HOME / ".venv"
PYTHON: Final = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
DEMO: Final = Path("examples/demo")
CHECKS: Final = (
    ("ruff check", ("ruff", "check", "--quiet")),
    ("ruff format", ("ruff", "format", "--check", "--quiet")),
    ("mypy", ("mypy", "--no-error-summary")),
    ("pytest", ("pytest", "-n", "auto", "--dist", "worksteal")),
)
OLDEST: Final = (3, 11)


def main(arguments: list[str]) -> int:
    """Run a task; its exit code."""
    parser = argparse.ArgumentParser(prog="dev.py", description="Work on immichlint from a checkout.")
    tasks = parser.add_subparsers(dest="task", required=True, metavar="TASK")
    tasks.add_parser("demo", help="run immichlint on examples/demo; further options are those of `immichlint check`")
    tasks.add_parser("test", help="run ruff, mypy and the test suite; further options are those of pytest")
    given, options = parser.parse_known_args(arguments)
    if sys.version_info < OLDEST:
        return _say(f"Python {OLDEST[0]}.{OLDEST[1]} or later is needed; this is {sys.version.split()[0]}.", 2)
    return demo(options) if given.task == "demo" else test(options)


def demo(options: list[str]) -> int:
    """Run immichlint on the example repository, with more options of `immichlint check` where given.

    That it finds something is what the demonstration is for: findings are no failure.
    """
    if not install("."):
        return 1
    command = ("-m", "immichlint", "check", str(DEMO), "--root", str(DEMO), *options)
    code = subprocess.call((PYTHON, *command), cwd=HOME)
    return 0 if code == 1 else code


def test(options: list[str]) -> int:
    """Run all checks, then the test suite, with more options of pytest where given; 0 if all of them pass."""
    if not install(".[test]"):
        return 1
    failed = []
    for name, command in CHECKS:
        print(f"== {name}", flush=True)
        more = options if name == "pytest" else []
        if subprocess.call((PYTHON, "-m", *command, *more), cwd=HOME):
            failed.append(name)
    return _say(f"failed: {', '.join(failed)}", 1) if failed else 0


def install(what: str) -> bool:
    """Make the environment hold this checkout and its dependencies; whether it does."""
    mark = VENV / f"installed-{hashlib.sha256(what.encode()).hexdigest()[:8]}"
    wanted = hashlib.sha256((HOME / "pyproject.toml").read_bytes() + sys.version.encode()).hexdigest()
    if PYTHON.exists() and mark.exists() and mark.read_text("utf-8") == wanted:
        return True
    print(f"== {'installing into' if PYTHON.exists() else 'making'} {VENV.name}", flush=True)
    mark.unlink(missing_ok=True)
    if not PYTHON.exists():
        try:
            venv.create(VENV, with_pip=True)
        except (subprocess.CalledProcessError, OSError) as error:
            _say(f"the environment {VENV} cannot be made: {error}", 1)
            return False
    pip = ("pip", "install", "-qq", "--disable-pip-version-check", "--editable", what)
    if subprocess.call((PYTHON, "-m", *pip), cwd=HOME):
        _say("pip could not install immichlint and its dependencies; its message is above.", 1)
        return False
    mark.write_text(wanted, "utf-8")
    return True


def _say(message: str, code: int) -> int:
    print(f"dev.py: {message}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
