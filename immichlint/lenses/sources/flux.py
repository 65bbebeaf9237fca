"""Flux: the release that a HelmRelease makes, with its `valuesFrom`."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from typing import Final

from immichlint.gitops.environment import SOURCES, Environment
from immichlint.gitops.flux.charts import PACKED, chart_here
from immichlint.gitops.manifest import Manifest, hint_at, text_at
from immichlint.gitops.named import objects_named
from immichlint.gitops.substitution import Variables, substitute, substitutes
from immichlint.lenses.release import Release
from immichlint.lenses.sources.layers import Values, file_values, layered, text_values
from immichlint.lenses.sources.origin import known_as
from immichlint.lenses.sources.umbrella import Dependency, brings, dependencies
from immichlint.repo.repository import Repository
from immichlint.trees.tree import Hole, Layer, Leaf, Map, Seq, Tree, Write, decided_at, get
from immichlint.yamltree.lookup import Route

VALUES: Route = ("spec", "values")
_CHARTS: Final = "HelmRepository"
_LONGEST, _KEPT, _HASH = 53, 40, 12
_ELSEWHERE = Variables({}, "the Kustomization that applies it")


def releases(manifest: Manifest, environment: Environment, repository: Repository) -> Iterator[Release]:
    """The release that a HelmRelease makes, or those of the charts that a chart of this repository brings."""
    for found in _installed(manifest, environment, repository):
        yield Release(
            manifest,
            text_at(manifest.tree, "spec", "releaseName") or _release_name(manifest),
            found.chart,
            found.version,
            found.values,
            manifest.name_place,
            text_at(manifest.tree, "spec", "targetNamespace") or manifest.namespace,
            certain=not manifest.unsettled,
            version_place=found.version_place,
            chart_place=found.chart_place,
        )


def _installed(manifest: Manifest, environment: Environment, repository: Repository) -> Iterator[Dependency]:
    folder = chart_here(repository, manifest)
    if folder is not None and brings(repository, folder):
        files = get(manifest.tree, ("spec", "chart", "spec", "valuesFiles"))

        def above(own: Values) -> Map:
            return layered([*_files(files, own, repository), _values(manifest, environment, repository)])

        yield from dependencies(repository, folder, above)
        return
    chart, said, at = _chart(manifest, repository, environment.manifests)
    values = _values(manifest, environment, repository)
    yield Dependency(chart, _version(said), values, decided_at(said), decided_at(at))


def _files(files: Tree | None, own: Values, repository: Repository) -> list[Values]:
    """The values of a chart of this repository: its own, or those of the files that are listed in their place."""
    if files is None:
        return [own]
    listed = files.items if isinstance(files, Seq) else [files]
    return [_file(item.value if isinstance(item, Leaf) else None, repository) for item in listed]


def _file(said: object, repository: Repository) -> Values:
    """The values of a file below the source's root."""
    path = posixpath.normpath(said.lstrip("/")) if isinstance(said, str) else ""
    return file_values(repository, path) if path in repository else f"the values file {path or '?'}, which is not here"


def _release_name(manifest: Manifest) -> str:
    """`[<targetNamespace>-]<name>`; of one that is too long for Helm, 40 characters and a hash of it all
    (helm-controller, internal/release/name.go)."""
    target = text_at(manifest.tree, "spec", "targetNamespace")
    name = f"{target}-{manifest.name}" if target else manifest.name
    if len(name) <= _LONGEST:
        return name
    from hashlib import sha256

    return f"{name[:_KEPT]}-{sha256(name.encode()).hexdigest()[:_HASH]}"


def _values(manifest: Manifest, environment: Environment, repository: Repository) -> Map:
    """What `valuesFrom` gives in its order, and `spec.values` over it."""
    inline = get(manifest.tree, VALUES)
    sources = get(manifest.tree, ("spec", "valuesFrom"))
    made = Map({}, ()) if isinstance(inline, Map) else Map({}, (Write(Layer.VALUES, manifest.home.at(*VALUES)),))
    layers: list[Values] = [made] if made.writes else []
    for item in sources.items if isinstance(sources, Seq) else ():
        layers = (
            [_with(layers, item, manifest, environment, repository)]
            if _is_single(item)
            else [*layers, _source(item, manifest, environment, repository)]
        )
    return layered([*layers, inline] if isinstance(inline, Map) else layers)


def _is_single(item: Tree) -> bool:
    return bool(text_at(item, "targetPath"))


def _source(item: Tree, manifest: Manifest, environment: Environment, repository: Repository) -> Values:
    """The values of one item of `valuesFrom`."""
    kind, name = text_at(item, "kind"), text_at(item, "name")
    key = text_at(item, "valuesKey") or "values.yaml"
    if kind != "ConfigMap":
        return f"valuesFrom the {kind or 'source'} {name or '?'}"
    found, variables = _config_map(name, manifest, environment, repository)
    text = get(found.tree, ("data", key)) if found is not None and not found.unsettled else None
    if found is None or text is None:
        return f"valuesFrom the ConfigMap {name or '?'}, which is not in the repository"
    return _substituted(text_values(repository, text), variables)


def _with(
    layers: list[Values], item: Tree, manifest: Manifest, environment: Environment, repository: Repository
) -> Map:
    """The values so far, with the one that a `targetPath` sets."""
    kind, name = text_at(item, "kind"), text_at(item, "name")
    leaf: Tree | None = None
    if kind == "ConfigMap":
        found, _ = _config_map(name, manifest, environment, repository)
        key = text_at(item, "valuesKey") or "values.yaml"
        leaf = get(found.tree, ("data", key)) if found is not None and not found.unsettled else None
    if not isinstance(leaf, Leaf):
        leaf = Leaf(Hole("", f"it comes from the {kind or 'source'} {name or '?'}"), (Write(Layer.PARAMETER, None),))
    text = leaf.value
    quoted = isinstance(text, str) and len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    if quoted and isinstance(text, str):
        leaf = Leaf(text[1:-1], leaf.writes)
    from immichlint.lenses.sources.parameter import set_value

    return set_value(layered(layers), text_at(item, "targetPath"), leaf, as_text=quoted)


def _substituted(values: Values, variables: Variables | None) -> Values:
    made = substitute(values, variables) if isinstance(values, Map) and variables is not None else values
    return made if isinstance(made, Map) else values


def _config_map(
    name: str, manifest: Manifest, environment: Environment, repository: Repository
) -> tuple[Manifest | None, Variables | None]:
    """The ConfigMap of a name: applied together, else the only one of that name in the repository, written or generated
    without a hash; and what is substituted into it, None where nothing is."""
    for other in environment.manifests:
        if other.kind == "ConfigMap" and name in other.names and _may_share(other.namespace, manifest.namespace):
            return other, environment.variables if substitutes(other) else None
    from immichlint.gitops.kustomize.generated import generated_named

    generated = (item for item in generated_named(repository, "ConfigMap", name) if not item.past.hashed)
    found = [*objects_named(repository, "ConfigMap", name, ""), *generated]
    return (found[0] if len(found) == 1 else None), _ELSEWHERE


def _may_share(one: str, other: str) -> bool:
    return one == other or not one or not other


def _chart(
    manifest: Manifest, repository: Repository, beside: Sequence[Manifest]
) -> tuple[str, Tree | None, Tree | None]:
    """The chart's name, its version as it is written, and what says which chart it is."""
    inline = get(manifest.tree, ("spec", "chart", "spec"))
    if inline is not None:
        return _of_source(inline, repository, beside)
    reference = get(manifest.tree, ("spec", "chartRef"))
    if reference is None:
        return "", None, None
    kind, name = hint_at(reference, "kind"), hint_at(reference, "name")
    source = _chart_source(kind, name, manifest, repository, beside)
    if source is None:
        return name, None, None
    if kind == "HelmChart":
        spec = get(source.tree, ("spec",))
        return _of_source(spec, repository, beside) if spec is not None else ("", None, None)
    url = hint_at(source.tree, "spec", "url").rstrip("/")
    return known_as(url.rpartition("/")[2], url), _reference(source), get(source.tree, ("spec", "url"))


def _of_source(said: Tree, repository: Repository, beside: Sequence[Manifest]) -> tuple[str, Tree | None, Tree | None]:
    """The chart that a HelmRelease or a HelmChart takes from its source. One in a folder of a Git repository or a
    bucket is another chart, and Flux does not look at what is said of its version."""
    chart = hint_at(said, "chart")
    kind, name = (hint_at(said, "sourceRef", key) for key in ("kind", "name"))
    if kind in PACKED:
        return f"{chart} of the {kind} {name}", None, None
    url = _url(name, repository, beside)
    return known_as(chart.rpartition("/")[2], url), get(said, ("version",)), get(said, ("chart",))


def _url(name: str, repository: Repository, beside: Sequence[Manifest]) -> str:
    """The URL of a HelmRepository; empty where the repository does not tell."""
    found = [other for other in beside if other.kind == _CHARTS and other.name == name]
    found = found or list(objects_named(repository, _CHARTS, name, SOURCES))
    urls = {hint_at(other.tree, "spec", "url") for other in found}
    return urls.pop() if len(urls) == 1 else ""


def _reference(source: Manifest) -> Tree | None:
    """What decides the version of an OCIRepository: its digest, whose tag says which it is, before a range and a
    tag."""
    digest, semver, tag = (get(source.tree, ("spec", "ref", key)) for key in ("digest", "semver", "tag"))
    return (tag or digest) if digest is not None else semver or tag


def _version(leaf: Tree | None) -> str:
    value = leaf.value if isinstance(leaf, Leaf) else None
    if isinstance(value, Hole):
        # Of an object that is unsettled, what is written; a variable stays unknown.
        value = value.text if value.text[:1].isdigit() else None
    return str(value) if isinstance(value, (str, float, int)) else ""


def _chart_source(
    kind: str, name: str, manifest: Manifest, repository: Repository, beside: Sequence[Manifest]
) -> Manifest | None:
    """The chart's source object: applied together, else the only one of that name in the repository."""
    for other in beside:
        if other.kind == kind and other.name == name:
            return other
    found = list(objects_named(repository, kind, name, SOURCES))
    versions = {_version(get(other.tree, ("spec", "ref", "tag"))) for other in found}
    return found[0] if found and len(versions) == 1 else None
