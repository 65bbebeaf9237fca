"""What generated kustomizations do: each feature with some chance, in trees of files."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from kustomize_objects import Objects


class Maker(Objects):
    """Makes the files of one tree."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.files: dict[str, str] = {}
        self._made: set[str] = set()
        self._labels: list[str] = []

    def write(self, path: str, *documents: Any) -> None:
        self.files[path] = "---\n".join(json.dumps(item, indent=1) + "\n" for item in documents)

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
