"""The check that the image of a Cluster holds what its backup needs."""

from __future__ import annotations

from collections.abc import Iterator

from immichlint.facts import load
from immichlint.findings.finding import Related
from immichlint.rules.model import Claim, Context
from immichlint.stack.backups import CNPG, Cluster
from immichlint.stack.stack import Stack
from immichlint.stack.view import View
from immichlint.trees.field import Field
from immichlint.trees.tree import Seq


def lacks_barman(cluster: Cluster, context: Context) -> Iterator[Claim]:
    """IML131: the in-tree backup calls barman-cloud in an image that does not have it (C§5)."""
    image = _image(cluster, context.stack)
    if image is None or image.text is None or image.place is None or not cluster.in_tree.known:
        return
    flavour = flavour_of(image.text)
    if flavour not in load("operand_flavours")["without_barman"]:
        return
    better = load("operand_flavours")["with_barman"]
    store = cluster.in_tree.place
    yield Claim(
        f"The image of the Cluster {cluster.name} is of the flavour `{flavour}`, which does not hold barman-cloud, but "
        "`spec.backup.barmanObjectStore` runs it in the instances: no WAL is archived, no backup succeeds, and the "
        f"volume fills with WAL. Take the `{better}` image of the same version, or back up with the barman-cloud "
        "plugin, which brings its own.",
        image.place,
        related=(Related(store.key_of(), "the in-tree backup"),) if store is not None and store.route else (),
        no_fix="which of the two is for you to decide: the plugin is what CNPG develops",
    )


def flavour_of(image: str) -> str:
    """The flavour in the tag of one of CNPG's own images; empty for any other image."""
    facts = load("operand_flavours")
    name, _, tag = image.partition("@")[0].rpartition(":")
    if not any(name.endswith(repository) for repository in facts["repositories"]):
        return ""
    flavours = (facts["with_barman"], *facts["without_barman"])
    return next((part for part in tag.split("-") if part in flavours), "")


def _image(cluster: Cluster, stack: Stack) -> Field | None:
    """The image of the instances: its own, else that of the catalog's row; None where it is not known."""
    own = cluster.field("spec", "imageName")
    if not own.absent:
        return own
    reference = View(cluster.object, ("spec", "imageCatalogRef"))
    kind, name, major = (reference.field(key) for key in ("kind", "name", "major"))
    if kind.text is None or name.text is None or major.value is None:
        return None
    namespace = cluster.namespace if kind.text == "ImageCatalog" else ""
    found = stack.find(kind.text, CNPG, namespace, name.text)
    if found is None:
        return None
    images = View(found).field("spec", "images").tree
    for index in range(len(images.items)) if isinstance(images, Seq) else ():
        row = View(found, ("spec", "images", index))
        if row.field("major").value == major.value:
            return row.field("image")
    return None
