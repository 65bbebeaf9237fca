"""Make `immichlint/facts/crds/*.json` from CRDs: the fields of CloudNativePG's objects and the barman-cloud plugin's.

    python tools/crd_fields.py cnpg=v1.30.0:config/crd/bases plugin-barman-cloud=v0.14.0:config/crd/bases

Each argument is a project's name, its release, and a folder with its CRDs. What is kept is what a manifest can get
wrong: names, types, enumerations and what is required. `status` is the operators' own and left out.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from immichlint.facts.compact import index, whole
from immichlint.facts.crd import KINDS
from immichlint.text import SourceText
from immichlint.yamltree.compose import compose
from immichlint.yamltree.lookup import data

FACTS = Path(__file__).parent.parent / "immichlint" / "facts" / "crds"
UPSTREAM = {
    "cnpg": "https://github.com/cloudnative-pg/cloudnative-pg/tree/{}/config/crd/bases",
    "plugin-barman-cloud": "https://github.com/cloudnative-pg/plugin-barman-cloud/tree/{}/config/crd/bases",
}


def main(arguments: list[str]) -> None:
    """Write a file for each CRD of each folder."""
    for argument in arguments:
        project, _, rest = argument.partition("=")
        release, _, folder = rest.partition(":")
        for path in sorted(Path(folder).glob("*.yaml")):
            for document in compose(SourceText(path.read_text("utf-8"))):
                crd: Any = data(document.root)
                if not isinstance(crd, dict) or not crd["spec"]["group"].startswith(_prefix(project)):
                    continue
                kind = crd["spec"]["names"]["kind"]
                for version in crd["spec"]["versions"] if kind in KINDS else ():
                    row = {
                        "source": UPSTREAM[project].format(release),
                        "project": project,
                        "release": release.removeprefix("v"),
                        "apiVersion": f"{crd['spec']['group']}/{version['name']}",
                        "kind": kind,
                        **index(whole(version["schema"]["openAPIV3Schema"])),
                    }
                    text = json.dumps(row, separators=(",", ":"), sort_keys=False)
                    (FACTS / f"{kind}.json").write_text(text + "\n", "utf-8")
                    print(f"{kind}: {len(text)} bytes")


def _prefix(project: str) -> str:
    return "barmancloud." if project == "plugin-barman-cloud" else "postgresql."


if __name__ == "__main__":
    main(sys.argv[1:])
