"""Strategies for valid stacks: Immich and its database on CNPG, deployed in the ways of the field."""

from __future__ import annotations

import json
from typing import Any

from fuzz_seeds import Files
from hypothesis import strategies as st

NAMESPACES = ("media", "photos", "default")
VERSIONS = ("v1.94.1", "v1.132.3", "v2.0.0", "v2.7.5", "release", "latest", "${IMMICH_VERSION:=v2.4.1}")
SCHEDULES = ("0 0 0 * * *", "0 0 * * *", "@daily", "0 30 2 * * 1", "*/5 * * * *", "0 0 31 2 *")
IMAGES = ("ghcr.io/cloudnative-pg/postgresql:16.4", "ghcr.io/tensorchord/cloudnative-vectorchord:17.5-0.4.3")
ENVIRONMENT: dict[str, tuple[object, ...]] = {
    "DB_HOSTNAME": ("immich-db-rw", "immich-db-rw.photos.svc.cluster.local", "postgres", "localhost"),
    "DB_DATABASE_NAME": ("immich", "app"),
    "DB_USERNAME": ("immich", "postgres"),
    "DB_PASSWORD": ("hunter2hunter2", "${DB_PASSWORD}"),
    "DB_URL": ("postgresql://immich:pass%40word@immich-db-rw:5432/immich?sslmode=require",),
    "REDIS_HOSTNAME": ("immich-valkey", "redis"),
    "REDIS_PORT": ("6379", 6379),
    "IMMICH_MACHINE_LEARNING_URL": ("http://immich-machine-learning:3003", "false"),
    "IMMICH_PORT": ("2283", "3001"),
    "IMMICH_WORKERS_INCLUDE": ("api", "microservices"),
    "IMMICH_TELEMETRY_INCLUDE": ("all",),
    "IMMICH_MEDIA_LOCATION": ("/data", "/usr/src/app/upload"),
    "TZ": ("Europe/Berlin",),
    "MPLCONFIGDIR": ("/cache/mpl",),
    "HF_HOME": ("/cache",),
    "MACHINE_LEARNING_WORKERS": ("2", 1),
}


class Shape:
    """What all ways to deploy a stack have in common, drawn once."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.namespace = self.one(NAMESPACES)
        self.version = self.one(VERSIONS)

    def one(self, options: tuple[Any, ...]) -> Any:
        return self.draw(st.sampled_from(options))

    def some(self) -> bool:
        return bool(self.draw(st.booleans()))

    def environment(self) -> dict[str, object]:
        names = self.draw(st.lists(st.sampled_from(sorted(ENVIRONMENT)), max_size=8, unique=True))
        return {name: self.one(ENVIRONMENT[name]) for name in names}

    def metadata(self, name: str) -> dict[str, object]:
        return {"name": name, "namespace": self.namespace} if self.some() else {"name": name}

    def volume_mount(self) -> str:
        return str(self.one(("/data", "/usr/src/app/upload", "/cache", "/config")))

    def pod(self, component: str) -> dict[str, object]:
        image = f"ghcr.io/immich-app/immich-{component}:{self.version}"
        container: dict[str, object] = {"name": component, "image": image}
        values = self.environment()
        if values:
            container["env"] = [{"name": key, "value": value} for key, value in values.items()]
        if self.some():
            container["envFrom"] = [{self.one(("secretRef", "configMapRef")): {"name": "immich-env"}}]
        spec: dict[str, object] = {"containers": [container]}
        if self.some():
            container["volumeMounts"] = [{"name": "v", "mountPath": self.volume_mount()}]
            spec["volumes"] = [
                {"name": "v", **self.one(({"emptyDir": {}}, {"persistentVolumeClaim": {"claimName": "v"}}))}
            ]
        if self.some():
            spec["securityContext"] = {"runAsUser": self.one((0, 1000)), "runAsNonRoot": True}
        return spec

    def plain(self) -> list[object]:
        found: list[object] = []
        for component in ("server", "machine-learning"):
            labels = {"app": f"immich-{component}"}
            found.append(
                {
                    "apiVersion": "apps/v1",
                    "kind": self.one(("Deployment", "StatefulSet", "DaemonSet")),
                    "metadata": self.metadata(f"immich-{component}"),
                    "spec": {
                        "replicas": self.one((1, 2)),
                        "selector": {"matchLabels": labels},
                        "template": {"metadata": {"labels": labels}, "spec": self.pod(component)},
                    },
                }
            )
        return found

    def release(self, name: str, values: object, chart: str) -> object:
        spec = {
            "interval": "1h",
            "chart": {
                "spec": {"chart": chart, "version": "4.1.1", "sourceRef": {"kind": "HelmRepository", "name": "x"}}
            },
            "values": values,
        }
        return {
            "apiVersion": "helm.toolkit.fluxcd.io/v2",
            "kind": "HelmRelease",
            "metadata": self.metadata(name),
            "spec": spec,
        }

    def app_template_values(self) -> object:
        containers = {"repository": "ghcr.io/immich-app/immich-server", "tag": self.version}
        machine = {"repository": "ghcr.io/immich-app/immich-machine-learning", "tag": self.version}
        return {
            "controllers": {
                "server": {"containers": {"app": {"image": containers, "env": self.environment()}}},
                "machine-learning": {"containers": {"app": {"image": machine, "env": self.environment()}}},
            },
            "service": {"server": {"controller": "server", "ports": {"http": {"port": self.one((2283, 3001))}}}},
            "persistence": {"library": {"existingClaim": "library", "globalMounts": [{"path": self.volume_mount()}]}},
        }

    def chart_values(self) -> object:
        return {
            "env": self.environment(),
            "image": {"tag": self.version},
            "immich": {"persistence": {"library": {"existingClaim": "library"}}},
            "server": {"enabled": True, "env": self.environment()},
            "machine-learning": {
                "enabled": self.some(),
                "persistence": {"cache": {"enabled": True, "type": "emptyDir"}},
            },
            "valkey": {"enabled": self.some()},
        }

    def database(self) -> list[object]:
        spec: dict[str, object] = {
            "instances": self.one((1, 3)),
            "imageName": self.one(IMAGES),
            "storage": {"size": "10Gi"},
            "bootstrap": {"initdb": {"database": "immich", "owner": "immich"}},
        }
        if self.some():
            store = {"destinationPath": "s3://b/", "endpointURL": "https://s3.example.org"}
            spec["backup"] = {"barmanObjectStore": store, "retentionPolicy": self.one(("30d", "1w"))}
        if self.some():
            spec["plugins"] = [{"name": "barman-cloud.cloudnative-pg.io", "parameters": {"barmanObjectName": "store"}}]
        group = "postgresql.cnpg.io/v1"
        backup = {"schedule": self.one(SCHEDULES), "cluster": {"name": "immich-db"}}
        return [
            {"apiVersion": group, "kind": "Cluster", "metadata": self.metadata("immich-db"), "spec": spec},
            {"apiVersion": group, "kind": "ScheduledBackup", "metadata": self.metadata("daily"), "spec": backup},
        ]


@st.composite
def stacks(draw: st.DrawFn) -> Files:
    """The files of a valid stack; each object is written in block style or as JSON."""
    shape = Shape(draw)
    app = shape.one(("plain", "app-template", "immich", "argo"))
    if app == "plain":
        objects = shape.plain()
    elif app == "app-template":
        objects = [shape.release("immich", shape.app_template_values(), "app-template")]
    elif app == "immich":
        objects = [shape.release("immich", shape.chart_values(), "immich")]
    else:
        helm = shape.one(({"valuesObject": shape.chart_values()}, {"values": written(shape.chart_values(), yaml=True)}))
        source = {
            "repoURL": "ghcr.io/immich-app/immich-charts",
            "chart": "immich",
            "targetRevision": "0.9.3",
            "helm": helm,
        }
        spec = {"project": "default", "destination": {"namespace": shape.namespace}, "source": source}
        objects = [
            {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": {"name": "i"}, "spec": spec}
        ]
    yaml = shape.some()
    found = {
        "apps/immich/app.yaml": documents(objects, yaml),
        "apps/db/database.yaml": documents(shape.database(), yaml),
    }
    if shape.some():
        found |= kustomized(shape)
    if shape.some():
        found |= {f"clusters/home/{name}.yaml": documents([flux(shape, name)], yaml) for name in ("immich", "db")}
    return {path: text.encode() for path, text in found.items()}


def kustomized(shape: Shape) -> dict[str, str]:
    """Kustomizations of both folders, with what they may change."""
    app: dict[str, object] = {"resources": ["app.yaml"], "namespace": shape.namespace}
    patch = [{"op": shape.one(("add", "replace", "remove")), "path": "/spec/values/env", "value": {"TZ": "UTC"}}]
    options: tuple[tuple[str, object], ...] = (
        ("namePrefix", "my-"),
        ("images", [{"name": "ghcr.io/immich-app/immich-server", "newTag": "v2.0.1"}]),
        ("configMapGenerator", [{"name": "immich-env", "literals": ["TZ=UTC", "DB_HOSTNAME=immich-db-rw"]}]),
        ("secretGenerator", [{"name": "immich-env", "literals": ["DB_PASSWORD=hunter2"]}]),
        ("patches", [{"target": {"kind": "HelmRelease"}, "patch": json.dumps(patch)}]),
        ("components", ["../db"]),
        ("labels", [{"pairs": {"a": "b"}, "includeSelectors": True}]),
        ("replicas", [{"name": "immich-server", "count": 0}]),
    )
    app |= dict(option for option in options if shape.some())
    return {
        "apps/immich/kustomization.yaml": written(app, yaml=True),
        "apps/db/kustomization.yaml": written({"resources": ["database.yaml"]}, yaml=True),
    }


def flux(shape: Shape, name: str) -> object:
    spec: dict[str, object] = {"path": f"./apps/{name}", "prune": shape.some(), "targetNamespace": shape.namespace}
    if shape.some():
        spec["postBuild"] = {
            "substitute": {"IMMICH_VERSION": "v2.1.0"},
            "substituteFrom": [{"kind": "Secret", "name": "s"}],
        }
    return {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"name": name, "namespace": "flux-system"},
        "spec": spec,
    }


def documents(objects: list[object], yaml: bool) -> str:
    return "---\n".join(f"{written(item, yaml=yaml)}" for item in objects)


def written(value: object, *, yaml: bool) -> str:
    """A value in block style, or as JSON."""
    return "\n".join(_block(value, "")) + "\n" if yaml else json.dumps(value, indent=2) + "\n"


def _block(value: object, pad: str) -> list[str]:
    lines: list[str] = []
    if isinstance(value, dict):
        for key, held in value.items():
            if isinstance(held, (dict, list)) and held:
                lines += [f"{pad}{key}:", *_block(held, f"{pad}  ")]
            else:
                lines.append(f"{pad}{key}: {_scalar(held)}")
    elif isinstance(value, list):
        for held in value:
            first, *rest = (
                _block(held, f"{pad}  ") if isinstance(held, (dict, list)) and held else [f"{pad}  {_scalar(held)}"]
            )
            lines += [f"{pad}- {first.lstrip()}", *rest]
    return lines


def _scalar(value: object) -> str:
    return str(value) if isinstance(value, str) and value.isalnum() and value[0].isalpha() else json.dumps(value)
