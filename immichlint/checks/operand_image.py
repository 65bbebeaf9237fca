"""Checks of the image of a Cluster: whether it holds what the backup needs, and whether its tag says what it is."""

from __future__ import annotations

from collections.abc import Iterator

from immichlint.findings.finding import Related
from immichlint.rules.model import Claim, Context
from immichlint.stack.backups import Cluster
from immichlint.stack.image import parse_image
from immichlint.stack.operand import BARMAN_CLOUD, VECTORCHORD, operand_of


def lacks_barman(cluster: Cluster, context: Context) -> Iterator[Claim]:
    """IML131: the in-tree backup calls barman-cloud in an image that does not have it (C§5)."""
    operand = operand_of(cluster, context.stack)
    if operand is None or not operand.flavour or BARMAN_CLOUD in operand.held or not cluster.in_tree.known:
        return
    store = cluster.in_tree.place
    yield Claim(
        f"The image of the Cluster {cluster.name} is of the flavour `{operand.flavour}`, which does not hold "
        "barman-cloud, but `spec.backup.barmanObjectStore` runs it in the instances: no WAL is archived, no backup "
        "succeeds, and the volume fills with WAL. Take the `system` image of the same version, or back up with the "
        "barman-cloud plugin, which brings its own.",
        operand.place,
        related=(Related(store.key_of(), "the in-tree backup"),) if store is not None and store.route else (),
        no_fix="which of the two is for you to decide: the plugin is what CNPG develops",
    )


def floating(cluster: Cluster, context: Context) -> Iterator[Claim]:
    """IML601: a tag that names PostgreSQL's version and not VectorChord's (C§7); what CNPG refuses is IML407's."""
    operand = operand_of(cluster, context.stack)
    held = operand.held.get(VECTORCHORD) if operand is not None else None
    if operand is None or held is None or held.version or operand.major is None:
        return
    image = parse_image(operand.text)
    if image.digest or not _is_postgres(image.tag):
        return
    yield Claim(
        f"The tag `{image.tag}` of `{image.repository.rpartition('/')[2]}` names PostgreSQL's version and not that "
        "of VectorChord, so it is moved to new ones. An instance that is made anew may then load another library than "
        "the database was made with, Immich takes only some versions of it, and nothing in the repository shows which "
        f"one runs. Write both, such as `{image.tag}-<version>`: `SELECT extversion FROM pg_extension WHERE extname = "
        "'vchord'` tells what the database has.",
        held.place or operand.place,
        no_fix="only the database knows which version of VectorChord it has",
    )


def _is_postgres(tag: str) -> bool:
    """Whether a tag is numbers alone."""
    return all(map(str.isdecimal, tag.split(".")))
