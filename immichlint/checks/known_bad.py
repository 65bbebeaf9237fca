"""The check of releases with a known fault of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from immichlint.facts import load
from immichlint.gitops.environment import SOURCES
from immichlint.gitops.manifest import text_at
from immichlint.rules.model import Claim, Context
from immichlint.stack.container import Container
from immichlint.stack.ml_home import MlHome
from immichlint.stack.releases import ChartRelease
from immichlint.stack.stack import Stack
from immichlint.stack.version_facts import holds, version
from immichlint.trees.tree import Map, get, texts

_MARK: Final = "{{"


def known_bad(stack: Stack, context: Context) -> Iterator[Claim]:
    """IML604: a release of Immich or of its chart that fails by a fault of its own (I§1.4, I§7.1)."""
    for container in stack.parts:
        image = container.image
        at = image.version if image is not None else None
        for row in load("immich_releases")["known_bad"] if at is not None else ():
            if at is not None and row["component"] == container.component and holds(row, at) and _suits(container, row):
                yield Claim(
                    f"{container.subject} runs {at}: {row['why']} ({row['source']}). Take {row['instead']}.",
                    container.tag_place or container.name_place,
                    object=container.ref,
                    no_fix="which release to take is for you to decide; Immich is never downgraded",
                )
    for release in stack.releases:
        number = release.release.exact_version
        for row in load("chart_faults")["charts"] if number is not None else ():
            if number is not None and release.release.chart == row["chart"] and _is_hit(release, number, row, stack):
                label, text = release.label, ".".join(map(str, number))
                yield Claim(
                    f"T{label[1:]} is made with chart {row['chart']} {text}: {row['why']} "
                    f"({row['source']}). Take {row['instead']}.",
                    release.release.version_place or release.release.name_place,
                    object=release.ref,
                    no_fix="which release to take is for you to decide",
                )


def _suits(container: Container, row: Mapping[str, Any]) -> bool:
    return row.get("needs") != "non-root" or MlHome(container).non_root


def _is_hit(release: ChartRelease, number: tuple[int, int, int], row: Mapping[str, Any], stack: Stack) -> bool:
    if not version(row["since"]) <= number < version(row["until"]):
        return False
    if row["needs"] == "oci":
        return _is_oci(release.release.manifest.tree, release.release.namespace, stack)
    written = get(release.release.values, ("immich", "configuration"))
    return any(_MARK in text for text in texts(written))


def _is_oci(tree: Map, namespace: str, stack: Stack) -> bool:
    """Whether a release certainly takes its chart from an OCI registry."""
    if text_at(tree, "spec", "chartRef", "kind") == "OCIRepository":
        return True
    source = ("spec", "chart", "spec", "sourceRef")
    name, there = text_at(tree, *source, "name"), text_at(tree, *source, "namespace") or namespace
    found = stack.find("HelmRepository", SOURCES, there, name) if name else None
    return found is not None and text_at(found.manifest.tree, "spec", "type") == "oci"
