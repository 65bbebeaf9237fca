"""The tools that immichlint is measured against, in a virtual environment of their own."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from measure import BenchError, Command

TOOLS = ("yamllint", "checkov")
VENV = Path(__file__).resolve().parent / ".venv"


def install(tools: Sequence[str]) -> None:
    """Installs those of `tools` that `bench/.venv` does not have. Raises BenchError where that fails."""
    missing = [tool for tool in tools if not (VENV / "bin" / tool).exists()]
    if not missing:
        return
    print(f"installing {', '.join(missing)} into {VENV}", file=sys.stderr)
    try:
        if not (VENV / "bin" / "pip").exists():
            subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
        subprocess.run([str(VENV / "bin" / "pip"), "install", "--quiet", *missing], check=True)
    except subprocess.CalledProcessError as error:
        raise BenchError(f"could not install {', '.join(missing)}: use --skip {','.join(missing)}") from error


def versions(tools: Sequence[str]) -> dict[str, str]:
    """The version of each of the installed `tools`."""
    if not tools:
        return {}
    code = "import sys; from importlib.metadata import version; print(*map(version, sys.argv[1:]))"
    found = subprocess.run(
        [str(VENV / "bin" / "python"), "-c", code, *tools], check=True, capture_output=True, text=True
    )
    return dict(zip(tools, found.stdout.split(), strict=True))


def command(tool: str, tree: str) -> Command:
    """How `tool` lints `tree`. checkov does not fetch its guidelines: a network is not what is measured."""
    argv = {
        "yamllint": (str(VENV / "bin" / "yamllint"), tree),
        "checkov": (
            str(VENV / "bin" / "checkov"), "-d", tree, "--framework", "kubernetes", "--compact", "--quiet",
            "--skip-download",
        ),
    }  # fmt: skip
    return Command(tool, argv[tool], every=3)
