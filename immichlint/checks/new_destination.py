"""The change that gives a Cluster a place for its backups, from what the configuration or a person decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from immichlint.findings.change import Addition, Change, Safety
from immichlint.findings.undecided import Prompt, Undecided
from immichlint.rules.model import Context
from immichlint.stack.backups import BARMAN, BARMAN_PLUGIN, Cluster
from immichlint.stack.release import has, since
from immichlint.yamltree.lookup import Data

_PLUGIN: Final = "barman-plugin"
"""C§4: the release of CNPG that the barman-cloud plugin needs."""
_UNDECIDED: Final = (
    "decide where backups go: `backup_path` (such as `s3://backups/immich`) and `backup_secret`, and `backup_endpoint` "
    "where that is not AWS, under `decisions` in .immichlint.yaml; `--fix` on a terminal asks for them"
)
_PROMPTS: Final = (
    Prompt(
        "backup_path",
        "Where shall the backups go? A bucket of S3 and a path in it, such as `s3://backups/immich`.",
        example="s3://backups/immich",
    ),
    Prompt(
        "backup_endpoint",
        "Which server has the bucket? Its URL, such as `https://s3.example.org`.",
        example="https://s3.example.org",
        otherwise="AWS has it",
    ),
    Prompt(
        "backup_secret",
        "Which Secret in the Cluster's namespace opens the bucket? Its name alone, such as `immich-backup`: the keys "
        "are in the Secret, as `ACCESS_KEY_ID` and `ACCESS_SECRET_KEY`.",
        example="immich-backup",
    ),
)


def destination(cluster: Cluster, context: Context) -> tuple[Change | Undecided | None, str]:
    """The change that adds an ObjectStore and the plugin that writes there, or what has to be decided for it; why
    there is none where nobody can be asked."""
    running, decided = context.running("cnpg"), context.decisions
    release = running.release
    if release is not None and not has(release, since(_PLUGIN)):
        return None, f"the barman-cloud plugin needs CNPG 1.26, and {running.version} is here"
    missing = tuple(prompt for prompt in _PROMPTS if not decided.get(prompt.name))
    if all(prompt.otherwise for prompt in missing):
        return _change(cluster, decided), ""
    return Undecided(missing, lambda answers: _change(cluster, {**decided, **answers})), _UNDECIDED


def _change(cluster: Cluster, decided: Mapping[str, Any]) -> Change:
    secret = str(decided["backup_secret"])
    name = f"{cluster.name}-backups"
    entry: dict[str, Data] = {"isWALArchiver": True, "parameters": {"barmanObjectName": name}}
    return Change(
        f"add the ObjectStore `{name}`, and the barman-cloud plugin to the Cluster",
        Safety.UNSAFE,
        (cluster.effect("spec", "plugins", f"[name={BARMAN_PLUGIN}]", value=entry),),
        (Addition(cluster.object.key, _store(name, secret, decided)),),
        after=f"The plugin has to run beside the operator, and the Secret `{secret}` with the keys `ACCESS_KEY_ID` and "
        "`ACCESS_SECRET_KEY` in the Cluster's namespace, before this is applied. The instances restart.",
    )


def _store(name: str, secret: str, decided: Mapping[str, Any]) -> dict[str, Data]:
    keys: dict[str, Data] = {
        "accessKeyId": {"name": secret, "key": "ACCESS_KEY_ID"},
        "secretAccessKey": {"name": secret, "key": "ACCESS_SECRET_KEY"},
    }
    configuration: dict[str, Data] = {"destinationPath": str(decided["backup_path"])}
    endpoint = decided.get("backup_endpoint")
    if endpoint:
        configuration["endpointURL"] = str(endpoint)
    configuration |= {"s3Credentials": keys, "wal": {"compression": "gzip"}, "data": {"compression": "gzip"}}
    spec: dict[str, Data] = {"configuration": configuration}
    retention = decided.get("retention")
    if retention:
        spec["retentionPolicy"] = str(retention)
    return {"apiVersion": f"{BARMAN}/v1", "kind": "ObjectStore", "metadata": {"name": name}, "spec": spec}
