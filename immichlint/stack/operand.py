"""The image of a Cluster's instances: which PostgreSQL it is, and which extensions it holds (C§5, C§7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from immichlint.facts import load
from immichlint.named_tuple import NamedTuple
from immichlint.stack.backups import CNPG, Cluster
from immichlint.stack.container import Container
from immichlint.stack.image import Image, parse_image
from immichlint.stack.stack import Stack
from immichlint.stack.view import View
from immichlint.text.whole import whole
from immichlint.trees.field import Field
from immichlint.trees.pieces import part
from immichlint.trees.tree import Leaf, Seq
from immichlint.yamltree.place import Place

VECTORCHORD: Final = "vectorchord"
PGVECTOR: Final = "pgvector"
PGVECTO_RS: Final = "pgvecto.rs"
BARMAN_CLOUD: Final = "barman-cloud"


class Held(NamedTuple):
    """An extension that the instances have. `version`: empty where the tag does not say it. `place`: of the image's
    tag. `postgres`: the major that an extension's image is made for, None where it is the instance's own image or not
    known."""

    name: str
    version: str
    place: Place | None
    postgres: int | None = None


class Operand(NamedTuple):
    """What runs in the instances. `text`: the image, empty where it is the operator's default. `place`: where it is
    named, else the Cluster's `spec`. `major`: PostgreSQL's, None where it is not known. `flavour`: of CNPG's own
    images, else empty. `held`: by name. `complete`: whether it certainly has no other extensions than these and
    PostgreSQL's own. `sure`: whether this is the image: the operator's default is a setting of the operator."""

    text: str
    place: Place
    major: int | None
    flavour: str
    held: Mapping[str, Held]
    complete: bool
    sure: bool

    def has(self, extension: str) -> bool | None:
        """Whether it holds an extension; None where that is not known."""
        return True if extension in self.held else False if self.complete else None

    @property
    def label(self) -> str:
        """How a message names it."""
        return f"`{self.text.partition('@')[0]}`" if self.text else "the operator's default image"


def operand_of(cluster: Cluster, stack: Stack) -> Operand | None:
    """What runs in a Cluster's instances; None where its image is not known."""
    field = image_of(cluster, stack)
    if field is None or field.unknown or (field.known and field.text is None):
        return None
    facts = load("operand_images")
    text = field.text or ""
    image = parse_image(text)
    row = _row(image.repository or facts["default"]["repository"])
    flavour = flavour_of(text) if text else facts["default"]["flavour"]
    mounted, unknown = _mounted(cluster)
    held = {item.name: item for item in (*_own(row, image, flavour, field), *mounted)}
    complete = bool(row) and not unknown
    place = field.place or cluster.nearest("spec", "imageName")
    return Operand(text, place, major_of(image.tag), flavour, held, complete, bool(text))


def held_by(container: Container) -> Held | None:
    """The VectorChord in the image of a database that is a plain workload, where its tag tells the version."""
    image = container.image
    if image is None:
        return None
    found = _own(_row(image.repository), image, "", container.field("image"))
    return next((item for item in found if item.name == VECTORCHORD and item.version), None)


def flavour_of(text: str) -> str:
    """The flavour in the tag of one of CNPG's own images; empty for any other image."""
    image = parse_image(text)
    flavours = _row(image.repository).get("flavours", {})
    return next((item for item in image.tag.split("-") if item in flavours), "")


def major_of(tag: str) -> int | None:
    """PostgreSQL's major version, which a tag starts with; None where it does not."""
    return whole(tag.partition("-")[0].partition(".")[0])


def preloaded(cluster: Cluster) -> tuple[str, ...] | None:
    """The libraries of `shared_preload_libraries`, without `.so`; None where they are not all known."""
    field = cluster.field("spec", "postgresql", "shared_preload_libraries")
    if field.absent:
        return ()
    tree = field.tree
    if not isinstance(tree, Seq) or tree.open:
        return None
    texts = [item.value for item in tree.items if isinstance(item, Leaf) and isinstance(item.value, str)]
    return tuple(library(text) for text in texts) if len(texts) == len(tree.items) else None


def library(text: str) -> str:
    """The name of a library as `shared_preload_libraries` may spell it: `vchord`, `vchord.so`, `$libdir/vchord`."""
    return text.strip().rpartition("/")[2].removesuffix(".so")


def image_of(cluster: Cluster, stack: Stack) -> Field | None:
    """The field of the instances' image: the Cluster's own, else that of the catalog's row, absent where it names
    neither; None where the catalog is not known."""
    own = cluster.field("spec", "imageName")
    catalog = View(cluster.object, ("spec", "imageCatalogRef"))
    if not own.absent or catalog.field().absent:
        return own
    kind, name, major = (catalog.field(key) for key in ("kind", "name", "major"))
    if kind.text is None or name.text is None or major.value is None:
        return None
    found = stack.find(kind.text, CNPG, cluster.namespace if kind.text == "ImageCatalog" else "", name.text)
    if found is None:
        return None
    images = View(found).field("spec", "images").tree
    for index in range(len(images.items)) if isinstance(images, Seq) else ():
        row = View(found, ("spec", "images", index))
        if row.field("major").value == major.value:
            image = row.field("image")
            return None if image.absent else image
    return None


def _row(repository: str) -> Mapping[str, Any]:
    """What is known of an image; people mirror, so the end of its repository tells. Empty for any other."""
    rows = load("operand_images")["images"]
    return next((row for row in rows if f"/{repository}".endswith(f"/{row['repository']}")), {})


def _own(row: Mapping[str, Any], image: Image, flavour: str, field: Field) -> Iterator[Held]:
    """The extensions of the instance's own image."""
    place = tag_place(field, image)
    first, _, rest = image.tag.partition("-")
    names = row["flavours"][flavour] if flavour in row.get("flavours", {}) else row.get("holds", ())
    for name in names:
        version = rest.removeprefix("v") if name == row.get("version_of") and first else ""
        yield Held(name, version, place)
    for prefix, name in row.get("named", {}).items():
        for item in rest.split("-"):
            if item.startswith(prefix):
                yield Held(name, item.removeprefix(prefix), place)


def _mounted(cluster: Cluster) -> tuple[list[Held], bool]:
    """The extensions that images of their own bring, and whether others may be among them."""
    field = cluster.field("spec", "postgresql", "extensions")
    if not isinstance(field.tree, Seq):
        return [], not field.absent
    found, unknown = [], bool(field.tree.open)
    for index in range(len(field.tree.items)):
        view = View(cluster.object, (*field.route, index))
        held = _mounted_one(view)
        if held is not None:
            found.append(held)
        else:
            unknown = True
    return found, unknown


def _mounted_one(view: View) -> Held | None:
    facts = load("operand_images")["extension_images"]
    name, reference = view.field("name").text or "", view.field("image", "reference")
    image = parse_image(reference.text or "")
    row = next((row for row in facts["images"] if f"/{image.repository}".endswith(f"/{row['repository']}")), None)
    if row is None:
        known = facts["names"].get(name)
        return Held(known, "", reference.place) if known else None
    parts = image.tag.split("-")
    place = tag_place(reference, image)
    if len(parts) <= max(row["version"], row["postgres"]):
        return Held(row["holds"], "", place)
    postgres = whole(parts[row["postgres"]].removeprefix("pg"))
    return Held(row["holds"], parts[row["version"]].removeprefix("v"), place, postgres)


def tag_place(field: Field, image: Image) -> Place | None:
    """Where an image's tag is written."""
    if not isinstance(field.tree, Leaf) or not image.tag:
        return field.place
    start = len(image.repository) + 1
    return part(field.tree, start, start + len(image.tag))
