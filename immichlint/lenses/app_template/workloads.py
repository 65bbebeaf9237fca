"""The workloads that app-template makes of its values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from immichlint.facts import load
from immichlint.gitops.manifest import Manifest, text_at
from immichlint.lenses.app_template import persistence
from immichlint.lenses.app_template.common import Common
from immichlint.lenses.app_template.enabled import enabled
from immichlint.lenses.app_template.environment import env, env_from, key_writes
from immichlint.lenses.app_template.order import in_order
from immichlint.lenses.app_template.probes import probes
from immichlint.trees.merge import as_deletion, history, is_null, merge
from immichlint.trees.pieces import joined
from immichlint.trees.tree import Hole, Leaf, Map, Seq, Tree, get

_SECTIONS: Final = (("initContainers", "initContainers"), ("containers", "containers"))


def workloads(common: Common) -> Iterator[tuple[str, Manifest]]:
    """The workload of each enabled controller, with the controller's identifier."""
    kinds = load("app_template")["kinds"]
    for identifier, controller in enabled(common.release.values.items.get("controllers")):
        kind = kinds.get(text_at(controller, "type") or "deployment", "Deployment")
        yield identifier, _workload(common, identifier, controller, kind)


def _workload(common: Common, identifier: str, controller: Map, kind: str) -> Manifest:
    writes = controller.writes
    pod = _pod(common, identifier, controller, kind)
    metadata = Map({"labels": _labels(common, identifier, controller)}, writes)
    spec: dict[str, Tree] = {"template": Map({"metadata": metadata, "spec": pod}, writes)}
    if kind not in ("CronJob", "Job"):
        spec["selector"] = Map({"matchLabels": common.selector(identifier)}, common.release.by_chart)
    if "replicas" in controller.items:
        spec["replicas"] = controller.items["replicas"]
    elif kind == "Deployment" and controller.open is None:
        spec["replicas"] = common.default(1)
    templates = persistence.claim_templates(controller) if kind == "StatefulSet" else None
    if templates is not None:
        spec["volumeClaimTemplates"] = templates
    strategy = controller.items.get("strategy")
    if kind == "Deployment":
        chosen = Hole("", controller.open) if controller.open is not None else "Recreate"
        made = strategy if isinstance(strategy, Leaf) and strategy.value else common.default(chosen)
        spec["strategy"] = Map({"type": made, **_rolling(controller, made)}, made.writes)
    if kind == "CronJob":
        job = Map({"spec": Map({"template": spec["template"]}, writes)}, writes)
        schedule = get(controller, ("cronjob", "schedule"))
        spec = {"jobTemplate": job, **({"schedule": schedule} if schedule is not None else {})}
    api = "batch/v1" if kind in ("CronJob", "Job") else "apps/v1"
    name = Leaf(common.names.controller(identifier, controller), key_writes(writes))
    return common.manifest(api, kind, name, {"spec": Map(spec, writes, open=controller.open)}, controller)


def _rolling(controller: Map, strategy: Leaf) -> dict[str, Tree]:
    """How many pods a rolling update may have; the chart leaves out what is nothing to a template, 0 too
    (common 4.1.1, `templates/classes/_deployment.tpl`)."""
    given = {"maxUnavailable": ("rollingUpdate", "unavailable"), "maxSurge": ("rollingUpdate", "surge")}
    found = {field: _given(controller, *route) for field, route in given.items()}
    made = {
        key: item for key, item in found.items() if item is not None and not (isinstance(item, Leaf) and not item.value)
    }
    return {"rollingUpdate": Map(dict(made), strategy.writes)} if made and strategy.value == "RollingUpdate" else {}


def _labels(common: Common, identifier: str, controller: Map) -> Map:
    """The labels of a controller's pods (common 4.1.1, `templates/lib/pod/metadata/_labels.tpl`)."""
    made = common.selector(identifier)
    for given in (get(common.release.values, ("defaultPodOptions", "labels")), get(controller, ("pod", "labels"))):
        if isinstance(given, Map):
            made = Map({**made.items, **given.items}, made.writes + given.writes, open=made.open or given.open)
    return made


def _pod(common: Common, identifier: str, controller: Map, kind: str) -> Map:
    facts, values = load("app_template"), common.release.values
    fields: dict[str, Tree] = {}
    for option in facts["pod_options"]:
        made = pod_option(values, controller, option)
        if made is not None and not is_null(made):
            fields[option] = made
    if values.open is None and controller.open is None:
        fields = {**_defaults(common, fields, facts["pod_defaults"]), **fields}
    if kind in ("CronJob", "Job"):
        fields["restartPolicy"] = _given(controller, "pod", "restartPolicy") or common.default("Never")
    for section, field in _SECTIONS:
        made_containers = [
            _container(common, identifier, controller, section, key, item)
            for key, item in in_order(enabled(controller.items.get(section)))
        ]
        if made_containers:
            source = controller.items[section]
            fields[field] = Seq(list(made_containers), source.writes, source.open if isinstance(source, Map) else None)
    fields["volumes"] = persistence.volumes(values, common.names, identifier)
    pod = controller.items.get("pod")
    writes = pod.writes if pod is not None else controller.writes
    return Map(fields, writes, open=values.open or controller.open)


def _defaults(common: Common, fields: dict[str, Tree], values: dict[str, Any]) -> dict[str, Tree]:
    """What the chart writes where the values say nothing (common 4.1.1, `templates/lib/pod/_spec.tpl`)."""
    network = fields.get("hostNetwork")
    if isinstance(network, Leaf) and network.value is not False:
        policy = network.value if isinstance(network.value, Hole) else "ClusterFirstWithHostNet"
        values = {**values, "dnsPolicy": policy}
    own = {
        "enableServiceLinks": common.defaults["service_links"],
        "automountServiceAccountToken": common.defaults["automount_token"],
    }
    return {key: common.default(value) for key, value in (values | own).items()}


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


def _container(common: Common, identifier: str, controller: Map, section: str, key: str, own: Map) -> Map:
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
        fields["envFrom"] = env_from(item.items["envFrom"], common.names)
    if isinstance(item.items.get("ports"), Seq):
        fields["ports"] = item.items["ports"]
    fields.update(probes(common.release.values, identifier, item, common.defaults))
    fields["volumeMounts"] = persistence.mounts(common.release.values, controller, identifier, key)
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
    repository, tag, digest = (image.items.get(key) for key in ("repository", "tag", "digest"))
    if isinstance(repository, Leaf) and isinstance(tag, Leaf) and tag.value is not None:
        # Versions after 4.1.1 have a digest (common 5.0.0, `lib/common/_imageSpecificationToImage.tpl`).
        pinned: list[Leaf | str] = ["@", digest] if isinstance(digest, Leaf) and digest.value else []
        return joined([repository, ":", tag, *pinned])
    if isinstance(repository, Leaf) and image.open:
        return Leaf(Hole(str(repository.value), image.open), repository.writes)
    return repository if isinstance(repository, Leaf) else None
