"""Credentials of a backup destination: what CNPG's webhook asks of a Cluster, and nobody of an ObjectStore (C§3.2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.checks.destinations import configuration
from immichlint.named_tuple import NamedTuple
from immichlint.rules.model import Claim, Context
from immichlint.stack.backups import Cluster, ObjectStore
from immichlint.stack.view import View
from immichlint.trees.field import Field
from immichlint.trees.tree import Map
from immichlint.yamltree.place import Place

_PROVIDERS: Final = {"s3Credentials": "S3", "azureCredentials": "Azure", "googleCredentials": "Google"}
_REFERENCES: Final = {
    "s3Credentials": ("accessKeyId", "secretAccessKey", "sessionToken", "region"),
    "azureCredentials": ("connectionString", "storageAccount", "storageKey", "storageSasToken"),
    "googleCredentials": ("applicationCredentials",),
}
_FAILS: Final = "nothing checks that, and every backup fails"
_AZURE_HOST: Final = ".blob.core.windows.net"


class _Flaw(NamedTuple):
    """What is wrong, where, and what to do. `consequence`: where it is not the webhook's."""

    message: str
    place: Place
    advice: str
    consequence: str = ""


def credentials(destination: Cluster | ObjectStore, context: Context) -> Iterator[Claim]:
    """IML118: not exactly one provider, half a key pair, an incomplete reference, or a path of another provider."""
    route = configuration(destination)
    section = destination.field(*route)
    if not isinstance(section.tree, Map) or section.tree.open:
        return
    view = View(destination.object, route)
    fields = {name: view.field(name) for name in _PROVIDERS}
    if any(field.unknown for field in fields.values()):
        return
    name = f"{destination.object.manifest.kind} {destination.name}"
    refused = (
        "CNPG's webhook refuses the Cluster"
        if isinstance(destination, Cluster)
        else "no webhook says so, and every backup fails"
    )
    for flaw in _flaws(view, [provider for provider, field in fields.items() if field.known]):
        yield Claim(
            f"The {name} {flaw.message}: {flaw.consequence or refused}. {flaw.advice}",
            flaw.place,
            no_fix=_lower(flaw.advice),
        )


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:].removesuffix(".")


def _flaws(view: View, providers: list[str]) -> Iterator[_Flaw]:
    if not providers:
        yield _Flaw(
            "has a backup destination without credentials",
            view.nearest("s3Credentials"),
            "Write one of `s3Credentials`, `azureCredentials` and `googleCredentials`.",
        )
        return
    if len(providers) > 1:
        place = view.field(providers[1]).place
        if place is not None:
            yield _Flaw(
                f"has credentials of several providers ({', '.join(f'`{name}`' for name in providers)})",
                place.key_of(),
                "Keep those of the provider that has the bucket.",
            )
        return
    provider = providers[0]
    section = View(view.object, (*view.route, provider))
    fields = {name: section.field(name) for name in _REFERENCES[provider]}
    if not isinstance(tree := section.field().tree, Map) or tree.open or any(item.unknown for item in fields.values()):
        return
    flaw = _incomplete(section, fields) or _METHODS[provider](section, fields) or _other_scheme(view, provider)
    if flaw is not None:
        yield flaw


def _incomplete(section: View, fields: dict[str, Field]) -> _Flaw | None:
    """A reference to a Secret without its name or key."""
    for name, field in fields.items():
        for part in ("name", "key") if field.known else ():
            value = section.field(name, part)
            if value.absent or value.value == "":
                return _Flaw(
                    f"refers to a Secret without `{part}` in `{name}`",
                    section.nearest(name, part) if value.place is None else value.place,
                    "Write both `name` and `key` of the Secret's entry.",
                    "the API server refuses it",
                )
    return None


def _s3(section: View, fields: dict[str, Field]) -> _Flaw | None:
    role = section.field("inheritFromIAMRole")
    pair = [name for name in ("accessKeyId", "secretAccessKey") if fields[name].known]
    if role.unknown:
        return None
    if len(pair) == 1:
        other = "secretAccessKey" if pair[0] == "accessKeyId" else "accessKeyId"
        return _at(section, pair[0], f"has `{pair[0]}` without `{other}`", f"Write `{other}` too.")
    if pair and role.value is True:
        return _at(
            section,
            "inheritFromIAMRole",
            "has both a key pair and `inheritFromIAMRole`",
            "Keep one of the two.",
        )
    if not pair and role.value is not True:
        return _Flaw(
            "has `s3Credentials` without a key pair",
            section.nearest("accessKeyId"),
            "Write `accessKeyId` and `secretAccessKey`, or `inheritFromIAMRole: true`.",
        )
    return None


def _azure(section: View, fields: dict[str, Field]) -> _Flaw | None:
    flags = {name: section.field(name) for name in ("inheritFromAzureAD", "useDefaultAzureCredentials")}
    if any(flag.unknown for flag in flags.values()):
        return None
    ways = [name for name in ("storageKey", "storageSasToken") if fields[name].known]
    ways += [name for name, flag in flags.items() if flag.value is True]
    if fields["connectionString"].known:
        if ways:
            return _at(
                section, ways[0], f"has `{ways[0]}` beside a `connectionString`", "Keep the connection string alone."
            )
        return None
    if len(ways) > 1:
        listed = " and ".join(f"`{name}`" for name in ways)
        return _at(section, ways[1], f"has several ways to log in to Azure ({listed})", "Keep one of them.")
    if not ways:
        return _Flaw(
            "has `azureCredentials` without a way to log in",
            section.nearest("connectionString"),
            "Write `connectionString`, or `storageAccount` with `storageKey` or `storageSasToken`.",
        )
    if ways[0] in ("storageKey", "storageSasToken") and fields["storageAccount"].absent:
        return _at(section, ways[0], f"has `{ways[0]}` without `storageAccount`", "Write `storageAccount` too.")
    return None


def _google(section: View, fields: dict[str, Field]) -> _Flaw | None:
    inside = section.field("gkeEnvironment")
    if inside.unknown:
        return None
    if inside.value is True and fields["applicationCredentials"].known:
        return _at(
            section,
            "applicationCredentials",
            "has `applicationCredentials` beside `gkeEnvironment: true`",
            "Keep one of the two.",
        )
    if inside.value is not True and fields["applicationCredentials"].absent:
        return _Flaw(
            "has `googleCredentials` without `applicationCredentials`",
            section.nearest("applicationCredentials"),
            "Write `applicationCredentials`, or `gkeEnvironment: true` on GKE.",
        )
    return None


_METHODS: Final = {"s3Credentials": _s3, "azureCredentials": _azure, "googleCredentials": _google}


def _other_scheme(view: View, provider: str) -> _Flaw | None:
    """A destination path that belongs to another provider."""
    field = view.field("destinationPath")
    if field.text is None or field.place is None:
        return None
    scheme, separator, rest = field.text.partition("://")
    host = rest.partition("/")[0]
    owner = {"s3": "S3", "gs": "Google"}.get(scheme if separator else "")
    if host.endswith(_AZURE_HOST):
        owner = "Azure"
    if owner == _PROVIDERS[provider]:
        return None
    if owner is None:
        if provider != "s3Credentials":
            return None
        return _Flaw(
            "has a `destinationPath` that is none of S3's, with `s3Credentials`",
            field.place,
            "Write `s3://bucket/path`; the address of the server belongs in `endpointURL`.",
            _FAILS,
        )
    return _Flaw(
        f"has a `destinationPath` of {owner} with `{provider}`",
        field.place,
        f"Write the credentials of {owner}, or the path of {_PROVIDERS[provider]}.",
        _FAILS,
    )


def _at(section: View, name: str, message: str, advice: str) -> _Flaw:
    field = section.field(name)
    place = field.place
    if place is None:
        return _Flaw(message, section.nearest(name), advice)
    return _Flaw(message, place if not isinstance(field.tree, Map) else place.key_of(), advice)
