"""What the bases of generated kustomization trees hold: workloads, and objects that refer or are referred to."""

from __future__ import annotations

from random import Random
from typing import Any, Final

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


class Chance:
    """Draws from a seed."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def chance(self, percent: int) -> bool:
        return self._random.randrange(100) < percent

    def pick(self, *among: Any) -> Any:
        return among[self._random.randrange(len(among))]

    def some(self, items: list[Any], percent: int) -> list[Any]:
        return [item for item in items if self.chance(percent)]


class Objects(Chance):
    """Draws objects."""

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
