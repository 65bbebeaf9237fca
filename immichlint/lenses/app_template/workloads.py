"""The workloads that app-template makes of its values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from immichlint.facts import load
from immichlint.gitops.manifest import Manifest, text_at
from immichlint.lenses.app_template import persistence
from immichlint.lenses.app_template.enabled import enabled
from immichlint.lenses.app_template.environment import env, env_from, key_writes
from immichlint.lenses.app_template.names import Name, Names, full_name
from immichlint.lenses.app_template.order import in_order
from immichlint.lenses.app_template.probes import probes
from immichlint.lenses.release import Release
from immichlint.trees.merge import as_deletion, history, is_null, merge
from immichlint.trees.pieces import joined
from immichlint.trees.tree import Hole, Layer, Leaf, Map, Seq, Tree, Write, get

_SECTIONS: Final = (("initContainers", "initContainers"), ("containers", "containers"))


def workloads(release: Release, common: dict[str, Any] | None = None, name: str = "") -> Iterator[tuple[str, Manifest]]:
    """The workload of each enabled controller, with the controller's identifier.

    `common`: the defaults of the common library, where the chart's version does not tell them. `name`: what the names
    of its objects start with, where the chart has other rules for that.
    """
    facts = load("app_template")
    newest = facts["majors"][str(facts["newest_read"])]
    defaults = common or facts["majors"].get(str(release.major)) or newest
    names = Names(name or full_name(release), release.values, defaults["naming"])
    for identifier, controller in enabled(release.values.items.get("controllers")):
        kind = facts["kinds"].get(text_at(controller, "type") or "deployment", "Deployment")
        pod = _pod(release, names, identifier, controller, kind, defaults)
        yield identifier, _workload(release, controller, kind, names.controller(identifier, controller), pod)


def unknown_defaults() -> dict[str, Any]:
    """The defaults of a version that is not known: what all versions have in common, else unknown."""
    majors = list(load("app_template")["majors"].values())
    why = "the chart's version is not known, and so are its defaults"
    return {
        key: value if all(other.get(key) == value for other in majors) else Hole("", why)
        for key, value in majors[-1].items()
    }


def default(release: Release, value: Any) -> Leaf:
    """A scalar that only the chart says."""
    return Leaf(value, (Write(Layer.CHART_DEFAULT, None, detail=f"{release.chart} {release.version}".strip()),))


def _workload(release: Release, controller: Map, kind: str, name: Name, pod: Map) -> Manifest:
    writes = controller.writes
    spec: dict[str, Tree] = {"template": Map({"spec": pod}, writes)}
    if "replicas" in controller.items:
        spec["replicas"] = controller.items["replicas"]
    elif kind == "Deployment" and controller.open is None:
        spec["replicas"] = default(release, 1)
    templates = persistence.claim_templates(controller) if kind == "StatefulSet" else None
    if templates is not None:
        spec["volumeClaimTemplates"] = templates
    strategy = controller.items.get("strategy")
    if kind == "Deployment":
        made = strategy if isinstance(strategy, Leaf) and strategy.value else default(release, "Recreate")
        spec["strategy"] = Map({"type": made}, made.writes)
    if kind == "CronJob":
        job = Map({"spec": Map({"template": spec["template"]}, writes)}, writes)
        schedule = get(controller, ("cronjob", "schedule"))
        spec = {"jobTemplate": job, **({"schedule": schedule} if schedule is not None else {})}
    namespace = release.namespace
    api = "batch/v1" if kind in ("CronJob", "Job") else "apps/v1"
    tree = Map(
        {
            "apiVersion": default(release, api),
            "kind": default(release, kind),
            "metadata": Map(
                {
                    "name": Leaf(name, key_writes(writes)),
                    **({"namespace": Leaf(namespace, ())} if namespace else {}),
                },
                writes,
            ),
            "spec": Map(spec, writes, open=controller.open),
        },
        writes,
    )
    return Manifest(tree, release.manifest.home, release.manifest.unsettled)


def _pod(release: Release, names: Names, identifier: str, controller: Map, kind: str, defaults: dict[str, Any]) -> Map:
    facts = load("app_template")
    fields: dict[str, Tree] = {}
    for option in facts["pod_options"]:
        made = pod_option(release.values, controller, option)
        if made is not None and not is_null(made):
            fields[option] = made
    fields.setdefault("enableServiceLinks", default(release, defaults["service_links"]))
    fields.setdefault("automountServiceAccountToken", default(release, defaults["automount_token"]))
    if release.values.open is None and controller.open is None:
        fields = {**_defaults(release, fields, facts["pod_defaults"]), **fields}
    if kind in ("CronJob", "Job"):
        fields["restartPolicy"] = _given(controller, "pod", "restartPolicy") or default(release, "Never")
    for section, field in _SECTIONS:
        made_containers = [
            _container(release, names, identifier, controller, section, key, item, defaults)
            for key, item in in_order(enabled(controller.items.get(section)))
        ]
        if made_containers:
            source = controller.items[section]
            fields[field] = Seq(list(made_containers), source.writes, source.open if isinstance(source, Map) else None)
    fields["volumes"] = persistence.volumes(release.values, names, identifier)
    pod = controller.items.get("pod")
    writes = pod.writes if pod is not None else controller.writes
    return Map(fields, writes, open=release.values.open)


def _defaults(release: Release, fields: dict[str, Tree], values: dict[str, Any]) -> dict[str, Tree]:
    """What the chart writes where the values say nothing (common 4.1.1, `templates/lib/pod/_spec.tpl`)."""
    network = fields.get("hostNetwork")
    if isinstance(network, Leaf) and network.value is not False:
        policy = network.value if isinstance(network.value, Hole) else "ClusterFirstWithHostNet"
        values = {**values, "dnsPolicy": policy}
    return {key: default(release, value) for key, value in values.items()}


def _given(tree: Map, *route: str) -> Tree | None:
    """What is at a route and no null."""
    found = get(tree, route)
    return None if found is None or is_null(found) else found


def pod_option(values: Map, controller: Map, option: str) -> Tree | None:
    """A pod option: the controller's own, else the default one; both merged where the strategy says so.

    With the strategy `overwrite` a mapping of the controller replaces the default's as a whole
    (common 4.1.1, `templates/lib/pod/_getOption.tpl`).
    """
    own = get(controller, ("pod", option))
    common = get(values, ("defaultPodOptions", option))
    if own is None or is_null(own) or (isinstance(own, (Map, Seq)) and not own.items):
        return common
    if not isinstance(own, Map) or not isinstance(common, Map):
        return own
    if text_at(values, "defaultPodOptionsStrategy") == "merge":
        return merge(common, own)
    return _replaced(common, own)


def _replaced(common: Map, own: Map) -> Map:
    """A mapping in the place of another, whose other keys it takes away."""
    hidden = {key: item for key, item in common.items.items() if key not in own.items and not is_null(item)}
    taken = {key: history(item) + as_deletion(own.writes) for key, item in hidden.items()}
    return Map(own.items, own.writes, {**own.deleted, **taken}, own.open)


def _container(
    release: Release,
    names: Names,
    identifier: str,
    controller: Map,
    section: str,
    key: str,
    own: Map,
    defaults: dict[str, Any],
) -> Map:
    facts = load("app_template")
    item = _with_defaults(controller, own, section)
    named = _given(own, "nameOverride")
    # The key stays the place: it is where the container is, whatever its name.
    fields: dict[str, Tree] = {"name": Leaf(named.value if isinstance(named, Leaf) else key, key_writes(own.writes))}
    image = _image(item.items.get("image"))
    if image is not None:
        fields["image"] = image
    policy = _given(item, "image", "pullPolicy")
    if policy is not None:
        fields["imagePullPolicy"] = policy
    for field in facts["container_fields"]:
        if field in item.items and not is_null(item.items[field]):
            fields[field] = item.items[field]
    for field in ("args", "command"):
        text = fields.get(field)
        if isinstance(text, Leaf) and isinstance(text.value, (str, Hole)):
            fields[field] = Seq([text], text.writes)
    if "env" in item.items:
        fields["env"] = env(item.items["env"])
    if "envFrom" in item.items:
        fields["envFrom"] = env_from(item.items["envFrom"], names)
    if isinstance(item.items.get("ports"), Seq):
        fields["ports"] = item.items["ports"]
    fields.update(probes(release.values, identifier, item, defaults))
    fields["volumeMounts"] = persistence.mounts(release.values, controller, identifier, key)
    return Map(fields, own.writes, own.deleted, own.open)


def _with_defaults(controller: Map, own: Map, section: str) -> Map:
    """A container with the controller's `defaultContainerOptions` below it."""
    common = controller.items.get("defaultContainerOptions")
    if not isinstance(common, Map):
        return own
    switch = controller.items.get("applyDefaultContainerOptionsToInitContainers")
    if section == "initContainers" and isinstance(switch, Leaf) and switch.value is False:
        return own
    if text_at(controller, "defaultContainerOptionsStrategy") == "merge":
        merged = merge(common, own)
        assert isinstance(merged, Map)
        return Map(merged.items, own.writes, merged.deleted, merged.open)
    items = dict(own.items)
    for key, value in common.items.items():
        mine = items.get(key)
        if mine is None or is_null(mine) or (isinstance(mine, (Map, Seq)) and not mine.items):
            items[key] = value
    return Map(items, own.writes, own.deleted, own.open)


def _image(image: Tree | None) -> Leaf | None:
    if isinstance(image, Leaf):
        return image
    if not isinstance(image, Map):
        return None
    repository, tag = image.items.get("repository"), image.items.get("tag")
    if isinstance(repository, Leaf) and isinstance(tag, Leaf) and tag.value is not None:
        return joined([repository, ":", tag])
    if isinstance(repository, Leaf) and image.open:
        return Leaf(Hole(str(repository.value), image.open), repository.writes)
    return repository if isinstance(repository, Leaf) else None
