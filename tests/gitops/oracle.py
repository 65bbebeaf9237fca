"""What `kubectl kustomize` makes of small kustomizations: where it is installed, and as it was recorded."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from hypothesis import Phase, given, settings
from strategic_cases import BY_HAND, GENERATED, Case, kustomization

from immichlint.text import SourceText
from immichlint.yamltree.compose import compose
from immichlint.yamltree.lookup import data

RECORDED: Final = Path(__file__).parents[1] / "fixtures" / "gitops" / "kustomize.json"
PATCHES: Final = RECORDED.with_name("patches.json")
KUBECTL: Final = shutil.which("kubectl")


def kustomized(files: Mapping[str, str]) -> list[Any] | None:
    """The objects that kustomize makes, in its order; None where it refuses."""
    assert KUBECTL is not None
    with tempfile.TemporaryDirectory() as folder:
        for path, text in files.items():
            target = Path(folder) / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8")
        made = subprocess.run([KUBECTL, "kustomize", folder], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        return None
    return [data(document.root) for document in compose(SourceText(made.stdout)) if document.root is not None]


def kustomize_version() -> str:
    """The version of the kustomize in the installed kubectl, `5.5.0`; empty where there is none."""
    if KUBECTL is None:
        return ""
    said = subprocess.run(
        [KUBECTL, "version", "--client", "-o", "json"], capture_output=True, text=True, check=False
    ).stdout
    version: str = json.loads(said).get("kustomizeVersion", "") if said else ""
    return version.removeprefix("v")


def recorded() -> dict[str, list[Any] | None]:
    """The recorded results by case; None where kustomize refuses."""
    results: dict[str, list[Any] | None] = json.loads(RECORDED.read_text("utf-8"))["results"]
    return results


def record(cases: Mapping[str, Mapping[str, str]]) -> None:
    """Writes the results of all cases."""
    results = {name: kustomized(files) for name, files in cases.items()}
    RECORDED.write_text(json.dumps({"kustomize": kustomize_version(), "results": results}, indent=1) + "\n", "utf-8")


def recorded_patches() -> list[tuple[Case, Any]]:
    """Patches with the `spec` that each leaves: None where kustomize refuses, `gone` where the object is deleted."""
    return [(Case(*case), left) for case, left in json.loads(PATCHES.read_text("utf-8"))["cases"]]


def record_patches(cases: list[Case]) -> None:
    """Writes what each patch leaves."""
    rows = []
    for case in cases:
        objects = kustomized(kustomization([case]))
        rows.append([case, None if objects is None else objects[0].get("spec") if objects else "gone"])
    lines = ",\n".join(json.dumps(row) for row in rows)
    PATCHES.write_text(f'{{"kustomize": "{kustomize_version()}", "cases": [\n{lines}\n]}}\n', "utf-8")


def generated_patches(count: int) -> list[Case]:
    """Generated cases, always the same ones."""
    found: list[Case] = []

    @settings(max_examples=count, derandomize=True, database=None, phases=[Phase.generate])
    @given(GENERATED)
    def collect(case: Case) -> None:
        found.append(case)

    collect()
    return found[:count]


if __name__ == "__main__":
    from kustomize_further_cases import CASES

    record(CASES)
    record_patches([*BY_HAND, *generated_patches(150)])
