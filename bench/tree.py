"""A Flux home-ops repository of a given size: mostly other people's applications, and one Immich on CNPG.

The same number of files and the same seed give the same bytes on every machine.
`python tree.py DIR` writes one to look at.
"""

import argparse
from collections.abc import Mapping
from pathlib import Path

from homeops import immich, manifests
from homeops.cluster import cluster_files
from homeops.dice import Dice
from homeops.manifests import App
from homeops.options import WRITERS

NAMESPACES = (
    immich.NAMESPACE, "default", "network", "observability", "home", "downloads", "ai", "games", "storage", "tools",
    "security", "kube-system",
)  # fmt: skip
NAMES = (
    "atlas", "beacon", "bindery", "calendar", "chronicle", "dashboard", "feeds", "gazette", "grocer", "herald",
    "invoices", "journal", "kiosk", "ledger", "lookout", "mailer", "mixtape", "notes", "observatory", "orchard",
    "pantry", "playlist", "postbox", "quartermaster", "recipes", "scanner", "shelf", "signal-bridge", "tasks",
    "telescope", "timetable", "trackers", "uptime", "vault-sync", "wardrobe", "weather", "wiki", "workshop",
)  # fmt: skip
BASIC_FILES = 4
"""Files that each application has: ks.yaml, and in app/ kustomization, helmrelease and ocirepository."""
NAMESPACE_FILES = 2
"""Files of a namespace's folder itself: kustomization.yaml and namespace.yaml."""
FILES_PER_NAMESPACE = 60
"""A repository has one namespace for so many files, at most all of `NAMESPACES`."""
MOST_OPTIONS = 4


def repository(files: int = 1500, seed: int = 0) -> dict[str, str]:
    """The text of each of `files` YAML files, by path.

    Raises ValueError for fewer files than the smallest such repository has.
    """
    dice = Dice(seed)
    namespaces = NAMESPACES[: max(1, min(len(NAMESPACES), files // FILES_PER_NAMESPACE))]
    fixed = cluster_files() | immich.immich_stack(dice)
    left = files - len(fixed) - NAMESPACE_FILES * len(namespaces)
    if left < BASIC_FILES:
        raise ValueError(f"a repository has at least {files - left + BASIC_FILES} files, not {files}")
    apps = applications(left, namespaces, dice)
    tree = dict(fixed)
    for namespace in namespaces:
        names = [app.name for app in apps if app.namespace == namespace]
        if namespace == immich.NAMESPACE:
            names.append("immich")
        folder = f"kubernetes/apps/{namespace}"
        tree[f"{folder}/kustomization.yaml"] = manifests.namespace_kustomization(namespace, sorted(names))
        tree[f"{folder}/namespace.yaml"] = manifests.namespace_manifest(namespace)
    for app in apps:
        tree |= application(app, dice)
    return dict(sorted(tree.items()))


def applications(files: int, namespaces: tuple[str, ...], dice: Dice) -> list[App]:
    """Applications that have `files` files together, dealt out to the namespaces in turn."""
    apps: list[App] = []
    while files:
        number = len(apps)
        round_, index = divmod(number, len(NAMES))
        name = NAMES[index] if round_ == 0 else f"{NAMES[index]}-{round_ + 1}"
        size = min(files, BASIC_FILES + dice.below(f"options/{number}", MOST_OPTIONS + 1))
        if 0 < files - size < BASIC_FILES:
            size = files if files <= BASIC_FILES + len(WRITERS) else BASIC_FILES
        options = dice.ranked(f"options/{number}/kinds", tuple(WRITERS))[: size - BASIC_FILES]
        apps.append(App(namespaces[number % len(namespaces)], name, tuple(sorted(options))))
        files -= size
    return apps


def application(app: App, dice: Dice) -> dict[str, str]:
    """The files of one application, by path."""
    folder = f"{app.path}/app"
    resources = sorted(["helmrelease.yaml", "ocirepository.yaml", *(f"{option}.yaml" for option in app.options)])
    backed_up = "pvc" in app.options
    substitute = {"VOLSYNC_CAPACITY": f"{1 + dice.below(f'{app.path}/capacity', 20)}Gi"} if backed_up else {}
    depends_on = ["external-secrets-stores"] if "externalsecret" in app.options else []
    return {
        f"{app.path}/ks.yaml": manifests.flux_kustomization(
            app.name, app.namespace, folder, depends_on, substitute, backed_up
        ),
        f"{folder}/kustomization.yaml": manifests.kustomization(resources),
        f"{folder}/helmrelease.yaml": manifests.helm_release(app, dice),
        f"{folder}/ocirepository.yaml": manifests.oci_repository(app.name),
    } | {f"{folder}/{option}.yaml": WRITERS[option](app, dice) for option in app.options}


def write(tree: Mapping[str, str], root: Path) -> None:
    """Writes `tree` below `root`, with a `.git` that marks it as a repository's top."""
    (root / ".git").mkdir(parents=True, exist_ok=True)
    (root / ".git" / "HEAD").write_text("ref: refs/heads/main\n", encoding="utf-8", newline="\n")
    for path, text in tree.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write a generated Flux home-ops repository.")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--files", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    write(repository(arguments.files, arguments.seed), arguments.directory)
