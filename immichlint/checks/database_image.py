"""Checks of the image of a Cluster's instances: what the operator refuses, and versions that do not fit."""

from __future__ import annotations

from collections.abc import Iterator

from immichlint.facts import load
from immichlint.findings.finding import Related
from immichlint.rules.model import Claim, Context
from immichlint.stack.backups import Cluster
from immichlint.stack.image import Image, parse_image
from immichlint.stack.operand import major_of, tag_place

_START = "write one whose tag starts with PostgreSQL's version, such as `17.5-0.4.3`"


def tag(cluster: Cluster, context: Context) -> Iterator[Claim]:
    """IML407: the operator reads PostgreSQL's version from the tag, and refuses what says none (C§5)."""
    name, catalog = cluster.field("spec", "imageName"), cluster.field("spec", "imageCatalogRef")
    if name.known and catalog.known and name.place is not None:
        yield Claim(
            f"The Cluster {cluster.name} has both `imageName` and `imageCatalogRef`, and the API takes only one of "
            "them: it refuses the Cluster.",
            name.place.key_of(),
            related=(Related(catalog.place.key_of(), "the catalog"),) if catalog.place is not None else (),
            no_fix="remove the one that is not meant",
        )
    if name.text is None or name.place is None:
        return
    image = parse_image(name.text)
    why = _refused(image)
    if why:
        yield Claim(
            f"CloudNativePG refuses the Cluster {cluster.name}: {why}. It reads PostgreSQL's version from the tag; "
            f"{_START}.",
            tag_place(name, image) or name.place,
            no_fix="which version runs, the tag does not tell",
        )


def _refused(image: Image) -> str:
    """Why the operator refuses an image; empty where it does not."""
    if not image.tag:
        return "its image is named by a digest alone" if image.digest else "its image has no tag"
    if image.tag == "latest":
        return "the tag `latest` of its image may be any version"
    major = major_of(image.tag)
    if not image.tag[0].isdigit():
        return f"the tag `{image.tag}` of its image has to start with PostgreSQL's version"
    if major is not None and major < load("operand_images")["least_major"]:
        return f"the tag `{image.tag}` of its image is read as PostgreSQL {major}"
    return ""
