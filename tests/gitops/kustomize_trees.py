"""Kustomization trees that combine features, made at random from a seed; what kustomize makes of them is a fixture.

    python tests/gitops/kustomize_trees.py

records them anew: 340 trees that kustomize builds, with its results. Needs `kubectl` with kustomize 5.5.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple

FIXTURE: Final = Path(__file__).parents[1] / "fixtures" / "gitops" / "kustomize_trees.jsonl.gz"
_COUNT: Final = 340
_IMAGES: Final = ("ghcr.io/immich-app/immich-server:v2.0.0", "busybox", "redis:7@sha256:abc", "host:5000/pg:16")
_HEADS: Final = {
    "Deployment": "apps/v1",
    "StatefulSet": "apps/v1",
    "DaemonSet": "apps/v1",
    "CronJob": "batch/v1",
    "Job": "batch/v1",
    "Pod": "v1",
}
_TEMPLATES: Final = {"CronJob": ("jobTemplate", "spec", "template"), "Pod": ()}


class Tree(NamedTuple):
    """The files of a kustomization tree; its root is to be built."""

    files: dict[str, str]


class Maker:
    """Makes one tree."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self.files: dict[str, str] = {}
        self._made: set[str] = set()
        self._labels: list[str] = []

    def chance(self, percent: int) -> bool:
        return self._random.randrange(100) < percent

    def pick(self, *among: Any) -> Any:
        return among[self._random.randrange(len(among))]

    def some(self, items: list[Any], percent: int) -> list[Any]:
        return [item for item in items if self.chance(percent)]

    def write(self, path: str, *documents: Any) -> None:
        self.files[path] = "---\n".join(json.dumps(item, indent=1) + "\n" for item in documents)

    # What a base holds.

    def pod(self) -> dict[str, Any]:
        """A pod's spec that refers to everything."""
        env: list[Any] = [
            {"name": "ONE", "value": "1"},
            {"name": "A", "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "a"}}},
            {"name": "B", "valueFrom": {"secretKeyRef": {"name": "keys", "key": "b"}}},
            {"name": "C", "valueFrom": {"configMapKeyRef": {"name": "made", "key": "a"}}},
        ]
        main: dict[str, Any] = {"name": "main", "image": self.pick(*_IMAGES), "env": self.some(env, 70)}
        if self.chance(50):
            refs = [{"configMapRef": {"name": "made"}}, {"secretRef": {"name": "sealed"}}]
            main["envFrom"] = self.some(refs, 70)
        if self.chance(40):
            main["ports"] = [{"containerPort": 2283, "name": "http"}]
        if self.chance(30):
            main["args"] = ["--level=info", "--url=http://server.photos.svc:2283/x"]
        spec: dict[str, Any] = {"containers": [main, {"name": "side", "image": self.pick(*_IMAGES)}]}
        if self.chance(30):
            init = {"name": "wait", "image": "busybox:1", "env": self.some(env, 40)}
            spec["initContainers"] = [init]
        projected = [{"configMap": {"name": "made"}}, {"secret": {"name": "sealed"}}]
        volumes: list[Any] = [
            {"name": "v1", "configMap": {"name": "made"}},
            {"name": "v2", "secret": {"secretName": "sealed"}},
            {"name": "v3", "persistentVolumeClaim": {"claimName": "library"}},
            {"name": "v4", "projected": {"sources": projected}},
            {"name": "v5", "configMap": {"name": "elsewhere"}},
        ]
        spec["volumes"] = self.some(volumes, 60)
        if self.chance(40):
            spec["serviceAccountName"] = "runner"
        if self.chance(20):
            spec["imagePullSecrets"] = [{"name": "keys"}]
        return spec

    def workload(self, kind: str, name: str) -> dict[str, Any]:
        template: dict[str, Any] = {"spec": self.pod()}
        if self.chance(60):
            template["metadata"] = {"labels": {"app": name}}
        spec: dict[str, Any] = template
        steps = _TEMPLATES.get(kind, ("template",))
        if steps:
            spec = {steps[-1]: template}
            for step in reversed(steps[:-1]):
                spec = {step: spec}
        else:
            spec = template["spec"]
        if kind in ("Deployment", "StatefulSet", "DaemonSet"):
            spec["selector"] = {"matchLabels": {"app": name}}
        if kind == "StatefulSet":
            spec["serviceName"] = "server"
            spec["volumeClaimTemplates"] = [{"metadata": {"name": "data"}, "spec": {"storageClassName": "fast"}}]
        return {"apiVersion": _HEADS[kind], "kind": kind, "metadata": self.metadata(name), "spec": spec}

    def metadata(self, name: str) -> dict[str, Any]:
        made: dict[str, Any] = {"name": name}
        if self.chance(25):
            made["labels"] = {"tier": self.pick("db", "web"), "app": name}
        if self.chance(15):
            made["annotations"] = {"note": "x"}
        return made

    def others(self) -> list[Any]:
        """Objects that refer or are referred to, of which a base has some."""
        head = {"apiVersion": "v1"}
        rbac = "rbac.authorization.k8s.io"
        role = {"apiGroup": rbac, "kind": "ClusterRole", "name": "reader"}
        subjects = [{"kind": "ServiceAccount", "name": "runner"}, {"kind": "ServiceAccount", "name": "default"}]
        backend = {"service": {"name": "server", "port": {"number": 80}}}
        cluster = {"instances": 2, "imageName": "ghcr.io/pg:16", "storage": {"size": "1Gi"}}
        return [
            {**head, "kind": "Service", "metadata": self.metadata("server"), "spec": {"selector": {"app": "server"}}},
            {
                **head,
                "kind": "ConfigMap",
                "metadata": self.metadata("settings"),
                "data": {"a": "b", "n": "5", "u": "x:y"},
            },
            {**head, "kind": "Secret", "metadata": {"name": "keys"}, "stringData": {"b": "c"}},
            {**head, "kind": "PersistentVolumeClaim", "metadata": {"name": "library"}, "spec": {"volumeName": "disk"}},
            {**head, "kind": "PersistentVolume", "metadata": {"name": "disk"}, "spec": {"storageClassName": "fast"}},
            {**head, "kind": "ServiceAccount", "metadata": {"name": "runner"}, "imagePullSecrets": [{"name": "keys"}]},
            {**head, "kind": "Namespace", "metadata": {"name": "photos"}},
            {
                "apiVersion": f"{rbac}/v1",
                "kind": self.pick("RoleBinding", "ClusterRoleBinding"),
                "metadata": {"name": "bind"},
                "roleRef": role,
                "subjects": subjects,
            },
            {"apiVersion": f"{rbac}/v1", "kind": "ClusterRole", "metadata": {"name": "reader"}, "rules": []},
            {
                "apiVersion": "networking.k8s.io/v1",
                "kind": "Ingress",
                "metadata": self.metadata("web"),
                "spec": {"defaultBackend": backend, "tls": [{"secretName": "keys"}]},
            },
            {
                "apiVersion": "autoscaling/v2",
                "kind": "HorizontalPodAutoscaler",
                "metadata": {"name": "scale"},
                "spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "server"}},
            },
            {
                "apiVersion": "networking.k8s.io/v1",
                "kind": "NetworkPolicy",
                "metadata": {"name": "deny"},
                "spec": {"podSelector": {"matchLabels": {"app": "server"}}},
            },
            {
                "apiVersion": "postgresql.cnpg.io/v1",
                "kind": "Cluster",
                "metadata": self.metadata("pg"),
                "spec": cluster,
            },
            {
                "apiVersion": "postgresql.cnpg.io/v1",
                "kind": "ScheduledBackup",
                "metadata": {"name": "daily"},
                "spec": {"cluster": {"name": "pg"}, "schedule": "0 0 3 * * *"},
            },
            {
                "apiVersion": "helm.toolkit.fluxcd.io/v2",
                "kind": "HelmRelease",
                "metadata": {"name": "immich"},
                "spec": {"valuesFrom": [{"kind": "ConfigMap", "name": "made"}]},
            },
        ]

    def base(self, folder: str) -> dict[str, Any]:
        """The kustomization of a base, with its manifests."""
        workloads = [self.workload(self.pick("Deployment", "Deployment", "StatefulSet"), "server")]
        workloads += self.some([self.workload("DaemonSet", "agent")], 20)
        workloads += self.some([self.workload("CronJob", "job"), self.workload("Pod", "alone")], 25)
        others = [item for item in self.others() if item["metadata"]["name"] == "settings" or self.chance(65)]
        if self.chance(15):
            others = [{"apiVersion": "v1", "kind": "List", "items": others}]
        self.write(f"{folder}/work.yaml", *workloads)
        self.write(
            f"{folder}/rest.yaml", *(others or [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "x"}}])
        )
        return {self.pick("resources", "resources", "bases"): ["work.yaml", "rest.yaml"]}

    # What a kustomization does.

    def layer(self, folder: str, level: int, start: dict[str, Any]) -> None:
        """Writes a kustomization with some features."""
        tree = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", **start}
        for percent, feature in (
            self.features(folder, level)[:7] if folder == "second" else self.features(folder, level)
        ):
            if self.chance(percent):
                feature(tree)
        self.write(
            f"{folder}/{self.pick('kustomization.yaml', 'kustomization.yml', 'Kustomization')}".lstrip("/"), tree
        )

    def features(self, folder: str, level: int) -> list[tuple[int, Callable[[dict[str, Any]], None]]]:
        return [
            (35, lambda tree: tree.update(namespace=self.pick("photos", "immich", "default"))),
            (25, lambda tree: tree.update(namePrefix=f"{self.pick('a', 'b')}{level}-")),
            (20, lambda tree: tree.update(nameSuffix=f"-{self.pick('x', 'y')}{level}")),
            (15, lambda tree: tree.update(commonLabels={f"l{level}": "v", "tier": "all"})),
            (25, self.labels),
            (15, lambda tree: tree.update(commonAnnotations={f"n{level}": "v"})),
            (25, self.images),
            (
                0 if folder == "second" else 20,
                lambda tree: tree.update(replicas=[{"name": "server", "count": self.pick(0, 2, 5)}]),
            ),
            (45, lambda tree: self.patches(tree, folder)),
            (10, self.legacy_patches),
            (85 if level == 1 else 40, lambda tree: self.generators(tree, folder, level)),
            (35, self.replacements),
            (15, lambda tree: self.configurations(tree, folder)),
            (20, lambda tree: self.transformers(tree, folder, level)),
            (10, lambda tree: self.plugged_generators(tree, folder, level)),
            (8, lambda tree: tree.update(sortOptions={"order": "fifo"})),
            (20, lambda tree: self.component(tree, folder, level)),
        ]

    def labels(self, tree: dict[str, Any]) -> None:
        # Each label is set once: kustomize 5.5 shares the node of a label among all its fields, so that setting it
        # again in one field changes it in all.
        entry: dict[str, Any] = {"pairs": {f"who{len(self._labels)}": self.pick("me", "you")}}
        self._labels.append("who")
        entry |= self.pick({}, {"includeSelectors": True}, {"includeTemplates": True})
        if self.chance(15):
            entry["fields"] = [{"path": "spec/inheritedMetadata/labels", "kind": "Cluster", "create": True}]
        tree["labels"] = [entry]

    def images(self, tree: dict[str, Any]) -> None:
        name = self.pick("ghcr.io/immich-app/immich-server", "busybox", "redis", "host:5000/pg", "bus.*")
        change = self.pick(
            {"newTag": "v9"},
            {"newName": "mirror/x"},
            {"digest": "sha256:def"},
            {"newName": "m", "newTag": "2"},
            {"tagSuffix": "-slim"},
            {"newTag": "3", "digest": "sha256:abc"},
        )
        tree["images"] = [{"name": name, **change}]

    def patches(self, tree: dict[str, Any], folder: str) -> None:
        found: list[Any] = []
        merge = {
            "spec": {"template": {"spec": {"containers": [{"name": "main", "env": [{"name": "ONE", "value": "2"}]}]}}}
        }
        head = {"apiVersion": "x/v1", "kind": "Any", "metadata": {"name": "any"}}
        if self.chance(60):
            body = {**head, **self.pick(merge, {"metadata": {"name": "any", "labels": {"p": "q"}}})}
            target = self.pick(
                {"kind": "Deployment"}, {"name": "serv.*"}, {"labelSelector": "app=server"}, {"kind": "C.*b"}
            )
            found.append({"target": target, "patch": json.dumps(body)})
        if self.chance(60):
            operations = self.pick(
                [{"op": "add", "path": "/metadata/annotations", "value": {"j": "k"}}],
                [{"op": "add", "path": "/x", "value": {"y": True}}, {"op": "test", "path": "/x/y", "value": True}],
                [{"op": "replace", "path": "/metadata/name", "value": "renamed"}],
            )
            target = self.pick(
                {"kind": "Deployment"}, {"kind": "Cluster", "group": "postgresql.cnpg.io"}, {"name": "settings"}
            )
            entry = (
                {"target": target, "path": "ops.yaml"}
                if self.chance(50)
                else {"target": target, "patch": json.dumps(operations)}
            )
            if "path" in entry:
                self.files[f"{folder}/ops.yaml".lstrip("/")] = json.dumps(operations)
            found.append(entry)
        if self.chance(20):
            body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "changed"}}
            found.append(
                {"target": {"kind": "Deployment"}, "patch": json.dumps(body), "options": {"allowNameChange": True}}
            )
        if found:
            tree["patches"] = found

    def legacy_patches(self, tree: dict[str, Any]) -> None:
        operations = [{"op": "add", "path": "/metadata/annotations", "value": {"o": "p"}}]
        target = {"version": "v1", "kind": "ConfigMap", "name": "settings"}
        tree["patchesJson6902"] = [{"target": target, "patch": json.dumps(operations)}]

    def source(self, folder: str, level: int) -> dict[str, Any]:
        entry: dict[str, Any] = {}
        if self.chance(70):
            entry["literals"] = [f"a={level}", self.pick('q="x y"', "e=", "u=http://x/?a=b&c=<d>", "é=ü")]
        if self.chance(35):
            self.files[f"{folder}/some.env".lstrip("/")] = "# comment\nFOO=bar\n\n  BAR=a=b\nEMPTY\nQ='x'\n"
            entry["envs"] = ["some.env"]
        if self.chance(35):
            self.files[f"{folder}/conf.ini".lstrip("/")] = self.pick("[a]\nb = c\n", "x", "line\n\tend\n", "tést\n")
            entry["files"] = [self.pick("conf.ini", "other.key=conf.ini")]
        return entry

    def behavior(self, name: str) -> dict[str, str]:
        known = name in self._made
        self._made.add(name)
        return {"behavior": self.pick("merge", "replace", "merge")} if known else self.pick({}, {"behavior": "create"})

    def options(self) -> dict[str, Any]:
        return {
            key: value
            for key, value in {
                "disableNameSuffixHash": True,
                "labels": {"opt": "x"},
                "annotations": {"opt": "y"},
                "immutable": True,
            }.items()
            if self.chance(35)
        }

    def generators(self, tree: dict[str, Any], folder: str, level: int) -> None:
        made: dict[str, Any] = {"name": "made", **self.source(folder, level), **self.behavior("made")}
        if self.chance(40):
            made["options"] = self.options()
        tree["configMapGenerator"] = [made]
        if self.chance(30):
            tree["configMapGenerator"].append({"name": "settings", "behavior": "merge", "literals": ["z=1"]})
        if self.chance(60):
            sealed = {"name": "sealed", **self.source(folder, level), **self.pick({}, {"type": "kubernetes.io/tls"})}
            tree["secretGenerator"] = [sealed | self.behavior("sealed")]
        if self.chance(30):
            tree["generatorOptions"] = self.options()

    def replacements(self, tree: dict[str, Any]) -> None:
        source = self.pick(
            {"kind": "ConfigMap", "name": "settings", "fieldPath": "data.a"},
            {"kind": "ConfigMap", "name": "settings", "fieldPath": "data.u", "options": {"delimiter": ":", "index": 1}},
            {"kind": "ConfigMap", "name": "settings", "fieldPath": "data.n"},
            {"kind": self.pick("Deployment", "StatefulSet"), "name": "server"},
        )
        pod = "spec.template.spec.containers"
        target = self.pick(
            {"select": {"kind": "Deployment"}, "fieldPaths": [f"{pod}.[name=main].env.[name=ONE].value"]},
            {
                "select": {"name": "server"},
                "reject": [{"kind": "Service"}],
                "fieldPaths": [f"{pod}.*.image"],
                "options": {"delimiter": ":", "index": self.pick(-1, 0, 1, 9)},
            },
            {"select": {"kind": "Cluster"}, "fieldPaths": ["spec.instances"]},
            {
                "select": {"kind": "Cluster"},
                "fieldPaths": ["spec.new.deep", "spec.list.0.x"],
                "options": {"create": True},
            },
            {
                "select": {"kind": "Deployment"},
                "fieldPaths": [f"{pod}.[name=side].env.[name=N].value"],
                "options": {"create": True},
            },
            {"select": {"kind": "ScheduledBackup"}, "fieldPaths": ["spec.cluster.name"]},
            {"select": {"labelSelector": "tier=web"}, "fieldPaths": ["metadata.labels.tier"]},
            {
                "select": {"kind": "Deployment"},
                "fieldPaths": [f"{pod}.0.args.1"],
                "options": {"delimiter": ".", "index": 1},
            },
        )
        if target.get("options", {}).get("create") and source.get("fieldPath") == "data.n":
            # A later merge gives a number that was put into a field for texts the type of the schema.
            source["fieldPath"] = "data.a"
        tree["replacements"] = [{"source": source, "targets": [target]}]

    def configurations(self, tree: dict[str, Any], folder: str) -> None:
        release = {"path": "spec/valuesFrom/name", "kind": "HelmRelease"}
        backup = {"path": "spec/cluster/name", "kind": "ScheduledBackup"}
        config = {
            "nameReference": [
                {"kind": "ConfigMap", "version": "v1", "fieldSpecs": [release]},
                {"kind": "Cluster", "group": "postgresql.cnpg.io", "fieldSpecs": [backup]},
            ],
            "images": [{"path": "spec/imageName", "kind": "Cluster"}],
            "commonLabels": [{"path": "spec/labels", "kind": "Cluster", "create": True}],
        }
        self.write(f"{folder}/config.yaml".lstrip("/"), config)
        tree["configurations"] = ["config.yaml"]

    def transformers(self, tree: dict[str, Any], folder: str, level: int) -> None:
        head = {"apiVersion": "builtin", "metadata": {"name": "t"}}
        everywhere = [{"path": "metadata/labels", "create": True}]
        found = self.some(
            [
                {**head, "kind": "LabelTransformer", "labels": {"lt": "x"}, "fieldSpecs": everywhere},
                {
                    **head,
                    "kind": "AnnotationsTransformer",
                    "annotations": {"at": "x"},
                    "fieldSpecs": [{"path": "metadata/annotations", "create": True}],
                },
                {
                    **head,
                    "kind": "NamespaceTransformer",
                    "metadata": {"name": "t", "namespace": "plugged"},
                    "unsetOnly": True,
                    "setRoleBindingSubjects": self.pick("none", "allServiceAccounts", "defaultOnly"),
                },
                {
                    **head,
                    "kind": "PrefixSuffixTransformer",
                    "prefix": f"p{level}-",
                    "suffix": "-s",
                    "fieldSpecs": [{"path": "metadata/name", "kind": "Deployment"}],
                },
                {
                    **head,
                    "kind": "ImageTagTransformer",
                    "imageTag": {"name": "busybox", "newTag": "t"},
                    "fieldSpecs": [{"path": "spec/imageName"}],
                },
                {
                    **head,
                    "kind": "PatchTransformer",
                    "target": {"kind": "Cluster"},
                    "patch": '[{"op": "add", "path": "/spec/plugged", "value": true}]',
                },
            ],
            40,
        )
        entries: list[str] = []
        for index, item in enumerate(found):
            if self.chance(50):
                entries.append(json.dumps(item))
            else:
                self.write(f"{folder}/transformer{index}.yaml".lstrip("/"), item)
                entries.append(f"transformer{index}.yaml")
        if entries:
            tree["transformers"] = entries

    def plugged_generators(self, tree: dict[str, Any], folder: str, level: int) -> None:
        item = {
            "apiVersion": "builtin",
            "kind": "ConfigMapGenerator",
            "metadata": {"name": f"plug{level}"},
            "literals": ["a=b"],
        }
        tree["generators"] = [json.dumps(item)]

    def component(self, tree: dict[str, Any], folder: str, level: int) -> None:
        name = f"part{level}"
        own: dict[str, Any] = {"apiVersion": "kustomize.config.k8s.io/v1alpha1", "kind": "Component"}
        for percent, feature in self.features(f"{folder}/{name}", level + 1)[:9]:
            if self.chance(percent):
                feature(own)
        if self.chance(50):
            extra = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"extra{level}"}, "data": {"k": "v"}}
            self.write(f"{folder}/{name}/extra.yaml".lstrip("/"), extra)
            own["resources"] = ["extra.yaml"]
        if len(own) == 2:
            own["commonAnnotations"] = {"part": "x"}
        self.write(f"{folder}/{name}/kustomization.yaml".lstrip("/"), own)
        tree["components"] = [name]


def tree_of(seed: int) -> dict[str, str]:
    """The files of the tree of a seed."""
    maker = Maker(seed)
    depth = maker.pick(1, 2, 2, 3)
    below = "base"
    maker.layer(below, 1, maker.base(below))
    listed = [f"../{below}"]
    if maker.chance(25):
        second = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "second"}, "data": {"s": "t"}}
        maker.write("second/one.yaml", second)
        maker.layer("second", 1, {"resources": ["one.yaml"]})
        listed.append("../second")
    for level in range(2, depth + 1):
        folder = f"layer{level}"
        maker.layer(folder, level, {"resources": listed})
        listed = [f"../{folder}"]
    maker.write("kustomization.yaml", {"resources": [item.removeprefix("../") for item in listed]})
    return maker.files


def recorded_trees() -> list[tuple[int, dict[str, str], list[Any]]]:
    """The recorded trees: seed, files, and the objects that kustomize makes."""
    with gzip.open(FIXTURE, "rt", encoding="utf-8") as lines:
        return [tuple(json.loads(line)) for line in lines]  # type: ignore[misc]


def record_trees() -> None:
    """Records the first trees that kustomize builds."""
    from oracle import kustomized

    seed = 0
    rows: list[str] = []
    while len(rows) < _COUNT:
        files = tree_of(seed)
        made = kustomized(files)
        if made is not None:
            rows.append(json.dumps([seed, files, made], separators=(",", ":"), sort_keys=True))
        seed += 1
    FIXTURE.write_bytes(gzip.compress(("\n".join(rows) + "\n").encode(), mtime=0))
    print(f"{len(rows)} trees of {seed} seeds")


if __name__ == "__main__":
    record_trees()
