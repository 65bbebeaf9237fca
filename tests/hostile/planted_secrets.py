"""A repository with 200 secrets, each another one, in the places where people leave them.

In the texts `§` is a secret, `¤` one in base64, and `£` a configuration with one in base64, as `ioredis://` takes it.
Around them stand the mistakes that rules find, so that reports have something to say there.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from planted_appliers import ARGO, FLUX, KUSTOMIZATION, PATCH, RELEASES, SUBSTITUTED
from planted_manifests import CONFIG, DATABASE, SECRETS, SERVER, VARIABLES

_NAMES: Final = (
    "DB_PASSWORD",
    "JWT_SECRET",
    "REDIS_PASSWORD",
    "OAUTH_CLIENT_SECRET",
    "IMMICH_API_KEY",
    "SMTP_TOKEN",
    "PGPASSWORD",
    "DB_PASSWD",
    "AWS_SECRET_ACCESS_KEY",
    "RESTIC_PASSWORD",
    "GF_DATABASE_PASSWORD",
    "POSTGRES_PASSWORD",
    "S3_SECRET",
    "TYPESENSE_API_KEY",
    "VALKEY_PASSWORD",
    "OTHER_PASSWORD",
    "SESSION_SECRET",
)
_PAD: Final = " " * 12
_WRONG: Final = "apiVersion: v1\nkind: Secret\nmetadata: {name: immich}\n"
_TEMPLATES: Final = {
    "overlay/apps/immich/kustomization.yaml": KUSTOMIZATION,
    "overlay/apps/immich/secrets.yaml": SECRETS,
    "overlay/apps/immich/config.yaml": CONFIG,
    "overlay/apps/immich/substituted.yaml": SUBSTITUTED,
    "overlay/apps/immich/patch.yaml": PATCH,
    "overlay/apps/immich/immich.env": "JWT_SECRET=§\nDB_HOSTNAME=§\nDB_URL=postgres://immich:§@imich-rw/immich\n",
    "overlay/apps/immich/settings.env": "SMTP_TOKEN=§\nIMMICH_PORT=3001\n",
    "overlay/apps/immich/password.txt": "§",
    "overlay/clusters/home/immich.yaml": FLUX,
    "plain/server.yaml": SERVER,
    "plain/database.yaml": DATABASE,
    "releases/releases.yaml": RELEASES,
    "releases/immich.yaml": "# DB_PASSWORD: §, https://discord.com/api/webhooks/1/§\nenv: {DB_PASSWORD: §} # §\n",
    **{f"argo-{number}/immich.yaml": text for number, text in enumerate(ARGO.split("---\n"))},
    "many/immich.yaml": VARIABLES
    + "".join(f"{_PAD}- {{name: {name}, value: §}}\n{_PAD}- name: {name}\n{_PAD}  value: '§'\n" for name in _NAMES),
    "wrong/immich.yaml": f"{_WRONG}stringData:\n  DB_PASSWORD: §\n  a: [§\n",
    "wrong/alias.yaml": f"{_WRONG}stringData: {{a: §, b: *§, DB_PASSWORD: §}}\n",
    "wrong/twice.yaml": f"{_WRONG}stringData: {{a: §, a: §}}\n",
}
ROOTS: Final = tuple(dict.fromkeys(path.partition("/")[0] for path in _TEMPLATES))


class Planted(NamedTuple):
    """The files, and the secrets in them by the file and the line where they stand."""

    files: dict[str, str]
    secrets: dict[str, str]


def planted() -> Planted:
    """The repository, each secret of which is another one."""
    secrets: dict[str, str] = {}
    numbers = iter(range(1000))
    return Planted({path: _filled(path, text, numbers, secrets) for path, text in _TEMPLATES.items()}, secrets)


def _filled(path: str, text: str, numbers: Iterator[int], secrets: dict[str, str]) -> str:
    def fill(match: re.Match[str]) -> str:
        number = next(numbers)
        secret = f"Zq{number:03}x{number * 7919 % 99991:05}Wv"
        secrets[secret] = f"{path}:{text.count(chr(10), 0, match.start()) + 1}"
        if match[0] == "§":
            return secret
        return _coded(secret if match[0] == "¤" else json.dumps({"host": "redis", "password": secret}))

    return re.sub("[§¤£]", fill, text)


def _coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def shown(text: str, secrets: dict[str, str]) -> list[str]:
    """The places of the secrets that a text shows, as they are or in base64."""
    return [f"{place}: {secret}" for secret, place in secrets.items() if secret in text or _coded(secret) in text]
