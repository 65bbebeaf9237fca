"""Manifests of which small deployments are made, and what is put into them."""

from __future__ import annotations

from typing import Final


def flux(name: str, path: str, rest: str = "") -> str:
    return f"""\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: {name}, namespace: flux-system}}
spec:
  path: {path}
  prune: false
  sourceRef: {{kind: GitRepository, name: flux-system}}
{rest}"""


def workload(rest: str, name: str = "server", image: str = "server:v2.7.5", env: str = "[]") -> str:
    image = f"ghcr.io/immich-app/immich-{image}"
    return f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: immich-{name}}}
spec:
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      containers:
        - name: {name}
          image: {image}
          env: {env}
{rest}"""


def service(name: str) -> str:
    return f"""\
---
apiVersion: v1
kind: Service
metadata: {{name: {name}}}
spec: {{selector: {{app: {name}}}, ports: [{{port: 6379}}]}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec: {{containers: [{{name: redis, image: "docker.io/valkey/valkey:8.1.3"}}]}}
"""


def cluster(spec: str = "", metadata: str = "name: immich-db") -> str:
    return f"""\
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {{{metadata}}}
spec:
  instances: 2
  imageName: ghcr.io/tensorchord/cloudnative-vectorchord:17.5-0.4.3
  bootstrap: {{initdb: {{database: immich, owner: immich}}}}
{spec}"""


def archived(extra: str = "", path: str = "s3://b/immich") -> str:
    keys = "{accessKeyId: {name: s3, key: id}, secretAccessKey: {name: s3, key: key}}"
    return f"""\
  backup:
    barmanObjectStore: {{destinationPath: "{path}", s3Credentials: {keys}}}
{extra}"""


def scheduled(name: str = "immich-db", metadata: str = "name: daily") -> str:
    return f"""\
apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata: {{{metadata}}}
spec: {{schedule: "0 0 3 * * *", cluster: {{name: "{name}"}}}}
"""


def store(namespace: str, path: str) -> str:
    return f"""\
---
apiVersion: barmancloud.cnpg.io/v1
kind: ObjectStore
metadata: {{name: store, namespace: {namespace}}}
spec:
  configuration:
    destinationPath: {path}
    s3Credentials: {{accessKeyId: {{name: s3, key: id}}, secretAccessKey: {{name: s3, key: key}}}}
"""


def release(env: str, version: str = "    version: 4.6.2") -> str:
    return f"""\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {{name: immich, namespace: photos}}
spec:
  chart:
    spec:
      chart: app-template
  {version}
      sourceRef: {{kind: HelmRepository, name: bjw-s}}
  values:
    controllers:
      tools:
        containers:
          app:
            image: {{repository: docker.io/library/busybox, tag: 1.37.0}}
            env: &shared {{TZ: Europe/Paris, LOG_LEVEL: debug}}
      server:
        containers:
          app:
            image: {{repository: ghcr.io/immich-app/immich-server, tag: v2.7.5}}
            env:
{env}"""


PLUGIN: Final = """\
  plugins:
    - name: barman-cloud.cloudnative-pg.io
      isWALArchiver: true
      parameters: {barmanObjectName: store}
"""
HEALTH: Final = """\
  dependsOn: [{name: database}]
  healthChecks:
    - {apiVersion: postgresql.cnpg.io/v1, kind: Cluster, name: immich-db, namespace: photos}
"""
INSTANCES: Final = """\
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: immich-db}
spec: {instances: 3}
"""
RETENTION: Final = """\
resources: [../base]
patches:
  - target: {kind: Cluster}
    patch: |
      - {op: add, path: /spec/backup/retentionPolicy, value: 30d}
"""
LIBRARY: Final = """\
resources: [../base]
patches:
  - patch: |
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: immich-server}
      spec:
        template:
          spec:
            containers: [{name: server, volumeMounts: [{name: library, mountPath: /data}]}]
            volumes: [{name: library, persistentVolumeClaim: {claimName: library}}]
"""
CHART: Final = """\
resources: [release.yaml]
patches:
  - target: {kind: HelmRelease, name: immich}
    patch: |
      - {op: add, path: /spec/chart/spec/version, value: 4.6.2}
"""
COMPONENT: Final = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
RENDERED: Final = "---\n# Source: immich/templates/common.yaml\n"
ROOT: Final = "          resources: {}\n"
USER: Final = "          securityContext: {runAsUser: 1000}\n"
PROBE: Final = "          livenessProbe: {httpGet: {path: /api/server-info/ping, port: 2283}}\n"
ML: Final = "machine-learning:v2.7.5"
REDIS: Final = "[{name: DB_HOSTNAME, value: immich-db-rw}]"
