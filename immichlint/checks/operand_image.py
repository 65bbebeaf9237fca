"""The check that the image of a Cluster holds what its backup needs."""

from __future__ import annotations

from collections.abc import Iterator

from immichlint.findings.finding import Related
from immichlint.rules.model import Claim, Context
from immichlint.stack.backups import Cluster
from immichlint.stack.operand import BARMAN_CLOUD, operand_of


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
