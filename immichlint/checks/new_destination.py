"""The change that gives a Cluster a place for its backups, from what the configuration decides."""

from __future__ import annotations

from typing import Final

from immichlint.findings.change import Addition, Change, Safety
from immichlint.rules.model import Context
from immichlint.stack.backups import BARMAN, BARMAN_PLUGIN, Cluster
from immichlint.stack.release import has, parse_release, since
from immichlint.yamltree.lookup import Data

_PLUGIN: Final = "barman-plugin"
"""C§4: the release of CNPG that the barman-cloud plugin needs."""
_UNDECIDED: Final = (
    "decide where backups go: `backup_path` (such as `s3://backups/immich`) and `backup_secret`, and `backup_endpoint` "
    "where that is not AWS, under `decisions` in .immichlint.yaml"
)


def destination(cluster: Cluster, context: Context) -> tuple[Change | None, str]:
    """The change that adds an ObjectStore and the plugin that writes there; without one, what has to be decided."""
    path, secret = context.decisions.get("backup_path"), context.decisions.get("backup_secret")
    release = parse_release(context.versions.get("cnpg"))
    if not path or not secret:
        return None, _UNDECIDED
    if release is not None and not has(release, since(_PLUGIN)):
        return None, f"the barman-cloud plugin needs CNPG 1.26, and {context.versions['cnpg']} is here"
    name = f"{cluster.name}-backups"
    entry: dict[str, Data] = {"isWALArchiver": True, "parameters": {"barmanObjectName": name}}
    return Change(
        f"add the ObjectStore `{name}`, and the barman-cloud plugin to the Cluster",
        Safety.UNSAFE,
        (cluster.effect("spec", "plugins", f"[name={BARMAN_PLUGIN}]", value=entry),),
        (Addition(cluster.object.key, _store(name, str(path), str(secret), context)),),
        after=f"The plugin has to run beside the operator, and the Secret `{secret}` with the keys `ACCESS_KEY_ID` and "
        "`ACCESS_SECRET_KEY` in the Cluster's namespace, before this is applied. The instances restart.",
    ), ""


def _store(name: str, path: str, secret: str, context: Context) -> dict[str, Data]:
    keys: dict[str, Data] = {
        "accessKeyId": {"name": secret, "key": "ACCESS_KEY_ID"},
        "secretAccessKey": {"name": secret, "key": "ACCESS_SECRET_KEY"},
    }
    configuration: dict[str, Data] = {"destinationPath": path}
    endpoint = context.decisions.get("backup_endpoint")
    if endpoint:
        configuration["endpointURL"] = str(endpoint)
    configuration |= {"s3Credentials": keys, "wal": {"compression": "gzip"}, "data": {"compression": "gzip"}}
    spec: dict[str, Data] = {"configuration": configuration}
    retention = context.decisions.get("retention")
    if retention:
        spec["retentionPolicy"] = str(retention)
    return {"apiVersion": f"{BARMAN}/v1", "kind": "ObjectStore", "metadata": {"name": name}, "spec": spec}
