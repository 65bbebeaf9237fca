"""The wheel: what is in it, and that it works where nothing but it and its dependencies is installed."""

from __future__ import annotations

import email
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path
from typing import Final

import pytest

from immichlint import __version__

HOME: Final = Path(__file__).parents[2]
BUILT_FROM: Final = ("immichlint", "rules", "pyproject.toml", "hatch_build.py", "README.md", "LICENSE", "CHANGELOG.md")
BACKUP: Final = """\
apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata:
  name: immich-daily
spec:
  schedule: "0 0 * * *"
  cluster:
    name: immich-postgres
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of the sources, so that nothing is left in the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in BUILT_FROM:
        source = HOME / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.is_file():
            shutil.copy(source, folder / name)
    command = (sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", "dist", ".")
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    [built] = (folder / "dist").glob("*.whl")
    return built


def test_what_is_in_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        [metadata_name] = [name for name in names if name.endswith(".dist-info/METADATA")]
        metadata = email.message_from_bytes(archive.read(metadata_name))
    package = {path.relative_to(HOME).as_posix() for path in (HOME / "immichlint").rglob("*") if path.is_file()}
    data = {
        f"immichlint/_rules/{path.relative_to(HOME / 'rules').as_posix()}" for path in (HOME / "rules").rglob("*.*")
    }
    assert {path for path in package if "__pycache__" not in path} <= names
    assert {path for path in data if path.endswith((".yaml", ".json"))} <= names
    assert {"immichlint/_rules/compiled.json", "immichlint/py.typed"} <= names
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    tops = {name.partition("/")[0] for name in names}
    assert tops == {"immichlint", f"immichlint-{__version__}.dist-info"}
    assert not [name for name in names if "__pycache__" in name]
    assert metadata["Version"] == __version__
    assert metadata["Requires-Python"] == ">=3.11"


def test_it_works_elsewhere(wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONPATH", raising=False)
    home, elsewhere = tmp_path / "venv", tmp_path / "elsewhere"
    venv.create(home, symlinks=os.name != "nt")
    paths = {"base": str(home), "platbase": str(home)}
    site, scripts = (Path(sysconfig.get_path(name, "venv", paths)) for name in ("purelib", "scripts"))
    python = scripts / ("python.exe" if os.name == "nt" else "python")
    install = ("-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index", str(wheel))
    subprocess.run((sys.executable, *install), check=True)
    # The dependencies are those of this environment; a .pth file comes after what is installed here.
    (site / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n", "utf-8")
    elsewhere.mkdir()
    # Where a shell names the checkout as a place of modules, that is none of theirs.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    (elsewhere / "backup.yaml").write_text(BACKUP, "utf-8")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = (str(scripts / "immichlint"), *arguments)
        return subprocess.run(command, cwd=elsewhere, env=environment, capture_output=True, text=True, check=False)

    where = (python, "-c", "import immichlint; print(immichlint.__file__)")
    found = subprocess.run(where, cwd=elsewhere, env=environment, capture_output=True, text=True, check=True)
    assert Path(found.stdout.strip()) == site / "immichlint" / "__init__.py"
    version, rules, check = run("--version"), run("rules"), run("--format", "concise")
    assert (version.returncode, version.stderr) == (rules.returncode, rules.stderr) == (0, "")
    assert __version__ in version.stdout
    assert {"IML101", "IML201", "IML901"} <= {line.split()[0] for line in rules.stdout.splitlines() if line.strip()}
    assert check.returncode == 1, check.stderr
    assert "backup.yaml:6:13" in check.stdout
    assert "IML101" in check.stdout
    assert run("explain", "IML101").returncode == 0
