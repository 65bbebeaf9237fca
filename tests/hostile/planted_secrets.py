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
_SECRETS: Final = """\
apiVersion: v1
kind: Secret
metadata: {name: immich-env, namespace: photos}
stringData:
  DB_PASSWORD: §
  DB_URL: postgresql://immich:§@immich-db-rw:5432/immich
  'JWT_SECRET': '§'
  HOST: § # it was § before
  config.json: |
    {"oauth": {"clientSecret": "§"}}
  folded: >-
    §
    §
data:
  REDIS_PASSWORD: ¤
  TOKEN: "¤"
---
apiVersion: v1
kind: Secret
metadata:
  name: immich-db-app
  namespace: photos
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '{"stringData":{"password":"§"},"data":{"other":"¤"}}'
type: kubernetes.io/basic-auth
stringData: {username: immich, password: §}
---
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Secret
    metadata: {name: listed-immich, namespace: photos}
    stringData: {DB_PASSWORD: §, other: §}
    data: {password: ¤}
---
apiVersion: v1
kind: Secret
metadata: {name: immich-half-encrypted, namespace: photos}
stringData:
  DB_PASSWORD: ENC[AES256_GCM,data:abc=,iv:abc=,tag:abc=,type:str]
  password_unencrypted: §
  forgotten: §
sops: {mac: "ENC[AES256_GCM,data:x]", version: 3.9.0}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: immich-external, namespace: photos}
spec:
  refreshInterval: 1h
  secretStoreRef: {kind: ClusterSecretStore, name: store}
  target:
    name: immich-external
    template:
      data:
        DB_URL: "postgres://immich:§@immich-db-rw/immich"
        DB_PASSWORD: §
        whatever: §
        .dockerconfigjson: |
          {"auths": {"ghcr.io": {"auth": "¤", "password": "§"}}}
  data:
    - secretKey: API_KEY
      remoteRef: {key: immich}
"""
_SERVER: Final = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: immich-server, namespace: photos}
spec:
  replicas: 2
  selector: {matchLabels: {app: immich}}
  template:
    metadata: {labels: {app: immich}}
    spec:
      containers:
        - name: server
          image: ghcr.io/immich-app/immich-server:latest
          command: ["sh", "-c", "export DB_PASSWORD=§ && exec start.sh --token § --password=§"]
          args: ["--db-password", "§", "--api-key=§", "postgres://immich:§@db/immich"]
          env:
            - name: DB_PASSWORD # § until May
              value: §
            # DB_PASSWORD: §
            # - {name: JWT_SECRET, value: §}
            - {name: DB_PASSWORD, value: "§"}
            - {name: DB_HOSTNAME, value: imich-db-rw, valueFrom: {secretKeyRef: {name: nowhere, key: §}}}
            - name: DB_URL
              value: postgresql://immich:§@imich-db-rw:5432/imich?sslmode=no-verify&password=§
            - {name: REDIS_URL, value: "redis://:§@redis:6379/0"}
            - {name: REDIS_URL, value: "ioredis://£"}
            - {name: REDIS_PASSWORD, value: §}
            - {name: REDIS_HOSTNAME, value: "redis://user:§@redis:6379"}
            - {name: IMMICH_MACHINE_LEARNING_URL, value: "http://ml:§@immich-ml:3003"}
            - {name: IMMICH_API_KEY, value: §}
            - {name: AWS_SECRET_ACCESS_KEY, value: §}
            - {name: jwt-secret, value: §}
            - {name: IMMICH_PORT, value: '3001'}
          livenessProbe:
            exec: {command: ["redis-cli", "-a", "§", "ping"]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: immich-redis, namespace: photos}
spec:
  selector: {matchLabels: {app: redis}}
  template:
    metadata: {labels: {app: redis}}
    spec:
      containers:
        - name: redis
          image: redis:latest
          args: ["--requirepass", "§", "--appendonly", "no"]
          command: [redis-server, --requirepass §, "--masterauth=§"]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: immich-postgres, namespace: photos}
spec:
  selector: {matchLabels: {app: pg}}
  template:
    metadata: {labels: {app: pg}}
    spec:
      containers:
        - name: postgres
          image: ghcr.io/immich-app/postgres:14
          env:
            - {name: POSTGRES_PASSWORD, value: §}
            - {name: POSTGRES_USER, value: immich}
            - {name: PGPASSWORD, value: §}
          lifecycle:
            postStart: {exec: {command: [sh, -c, "PGPASSWORD=§ psql -c \\"ALTER USER immich PASSWORD '§'\\""]}}
"""
_RELEASES: Final = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: immich, namespace: photos}
spec:
  interval: 1h
  chart:
    spec: {chart: app-template, version: 3.5.1, sourceRef: {kind: HelmRepository, name: bjw-s, namespace: flux-system}}
  valuesFrom:
    - {kind: ConfigMap, name: immich-values}
    - {kind: Secret, name: immich-secret-values}
  values:
    controllers:
      server:
        replicas: 3
        containers:
          app:
            image: {repository: ghcr.io/immich-app/immich-server, tag: v1.90.0}
            command: [start.sh, --password, §]
            env:
              DB_PASSWORD: §
              JWT_SECRET: {value: "§"}
              DB_HOSTNAME: imich-rw
              REDIS_URL: redis://:§@valkey:6379
              DB_URL: "postgres://immich:§@imich-rw:5432/immich"
      listed:
        containers:
          app:
            image: {repository: ghcr.io/immich-app/immich-machine-learning, tag: latest}
            env:
              - {name: DB_PASSWORD, value: §}
              - name: SMTP_TOKEN
                value: "§"
    secrets:
      env: {stringData: {DB_PASSWORD: §, anything: §}}
    configMaps:
      config:
        data:
          immich.yaml: |
            oauth:
              clientSecret: §
            notifications: {smtp: {transport: {password: §}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: immich-values, namespace: photos}
data:
  values.yaml: |
    controllers:
      server:
        containers:
          app:
            env:
              DB_PASSWORD: §
              DB_URL: postgres://immich:§@imich-rw:5432/immich
              SMTP_TOKEN: {value: §}
            args: ["--password=§"]
---
apiVersion: v1
kind: Secret
metadata: {name: immich-secret-values, namespace: photos}
stringData:
  values.yaml: |
    controllers: {server: {containers: {app: {env: {DB_HOSTNAME: §, IMMICH_PORT: §, TZ: §}}}}}
data:
  other.yaml: ¤
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: immich-chart, namespace: photos}
spec:
  chart: {spec: {chart: immich, version: 0.9.3, sourceRef: {kind: HelmRepository, name: immich}}}
  values:
    env: {DB_PASSWORD: §, DB_HOSTNAME: imich, REDIS_HOSTNAME: "redis://:§@redis"}
    image: {tag: v1.100.0}
    immich:
      persistence: {library: {existingClaim: library}}
      configuration:
        oauth: {enabled: true, clientId: immich, clientSecret: §}
        notifications: {smtp: {enabled: true, transport: {host: mail, password: §}}}
    postgresql: {enabled: true, global: {postgresql: {auth: {password: §, postgresPassword: §}}}}
    redis: {enabled: true, auth: {enabled: true, password: §}}
    server:
      controllers: {main: {containers: {main: {env: {JWT_SECRET: §, IMMICH_API_KEY: {value: §}}}}}}
"""
_CONFIG: Final = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: immich-config, namespace: photos}
data:
  DB_PASSWORD: §
  DB_URL: postgres://immich:§@imich-rw/immich
  immich-config.yaml: |
    oauth:
      enabled: true
      clientSecret: §
      issuerUrl: https://user:§@auth.example.org
    notifications:
      smtp:
        transport: {host: mail, username: me, password: "§"}
    ffmpeg: {crf: nonsense}
  immich.json: |
    {"oauth": {"clientSecret": "§"}, "machineLearning": {"url": "http://x:§@ml:3003"},
     "notifications": {"smtp": {"transport": {"password": "§"}}}}
  .env: |
    DB_PASSWORD=§
    export JWT_SECRET='§'
  redis.conf: |
    requirepass §
    masterauth §
  pgpass: "immich-db-rw:5432:immich:immich:§"
"""
_DATABASE: Final = """\
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: immich-db, namespace: photos}
spec:
  instances: 1
  imageName: ghcr.io/cloudnative-pg/postgresql:16
  storage: {size: 10Gi}
  superuserSecret: {name: nowhere}
  bootstrap:
    initdb:
      database: immich
      owner: imich
      secret: {name: immich-db-app}
      postInitSQL:
        - ALTER USER immich WITH PASSWORD '§';
        - "CREATE ROLE backup LOGIN PASSWORD '§' # §"
      postInitApplicationSQL: ["alter role immich password '§'"]
  externalClusters:
    - name: old
      connectionParameters: {host: old, user: postgres, password: §, dbname: immich}
    - name: older
      connectionParameters: {host: "postgres://immich:§@old"}
  backup:
    retentionPolicy: 30 days
    barmanObjectStore:
      destinationPath: https://key:§@s3.example.org/bucket
      endpointURL: https://key:§@s3.example.org
      s3Credentials:
        accessKeyId: {name: s3, key: §}
        secretAccessKey: §
---
apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata: {name: daily, namespace: photos}
spec:
  schedule: "0 0 * * *"
  cluster: {name: immich-db}
---
apiVersion: barmancloud.cnpg.io/v1
kind: ObjectStore
metadata: {name: store, namespace: photos}
spec:
  configuration:
    destinationPath: s3://bucket/
    endpointURL: https://user:§@s3.example.org
    azureCredentials:
      connectionString: "DefaultEndpointsProtocol=https;AccountKey=§"
      storageKey: §
      storageSasToken: §
    s3Credentials: {accessKey: §, secretKey: §}
"""
_KUSTOMIZATION: Final = """\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: photos
resources: [secrets.yaml, config.yaml, substituted.yaml]
secretGenerator:
  - name: immich-generated
    literals: [DB_PASSWORD=§, "JWT_SECRET=§", other=§, DB_HOSTNAME=§]
    envs: [immich.env]
    files: [password.txt]
configMapGenerator:
  - name: immich-settings
    literals:
      - REDIS_PASSWORD=§
      - DB_URL=postgres://immich:§@imich-rw/immich
    env: settings.env
patches:
  - target: {kind: Secret, name: immich-env}
    patch: |
      - op: replace
        path: /stringData/DB_PASSWORD
        value: §
      - {op: add, path: /stringData/whatever, value: "§"}
      - {op: add, path: /data/whatever, value: ¤}
  - patch: |-
      apiVersion: v1
      kind: Secret
      metadata: {name: immich-db-app}
      stringData:
        password: §
        further: §
  - path: patch.yaml
  - target: {kind: Deployment, name: substituted-immich}
    patch: |
      [{"op": "add", "path": "/spec/template/spec/containers/0/env/-",
        "value": {"name": "JWT_SECRET", "value": "§"}}]
patchesJson6902:
  - target: {version: v1, kind: Secret, name: immich-env}
    patch: '[{"op": "add", "path": "/stringData/sixth", "value": "§"}]'
patchesStrategicMerge:
  - |
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: substituted-immich}
    spec: {template: {spec: {containers: [{name: server, env: [{name: REDIS_PASSWORD, value: §}]}]}}}
helmCharts:
  - name: immich
    repo: https://me:§@charts.example.org
    version: 0.9.3
    releaseName: inflated
    valuesInline: {env: {DB_PASSWORD: §, DB_HOSTNAME: imich}, image: {tag: v1.99.0}, redis: {auth: {password: §}}}
"""
_PATCH: Final = """\
apiVersion: v1
kind: Secret
metadata: {name: immich-env}
stringData: {patched: §}
data: {also: ¤}
"""
_FLUX: Final = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: immich, namespace: flux-system}
spec:
  path: ./apps/immich
  prune: true
  sourceRef: {kind: GitRepository, name: flux-system}
  postBuild:
    substitute: {DB_PASSWORD: §, IMMICH_TOKEN: §, URL: "postgres://immich:§@imich-rw/immich"}
    substituteFrom: [{kind: Secret, name: cluster-secrets}, {kind: ConfigMap, name: cluster-settings}]
---
apiVersion: v1
kind: Secret
metadata: {name: cluster-secrets, namespace: flux-system}
stringData: {SECRET_HOST: §, SECRET_TAG: v1.§, SECRET_PATH: /§, SECRET_NUMBER: §}
data: {SECRET_CODED: ¤}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: cluster-settings, namespace: flux-system}
data: {SMTP_PASSWORD: §}
"""
_SUBSTITUTED: Final = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: substituted-immich, namespace: photos}
spec:
  replicas: 2
  selector: {matchLabels: {app: s}}
  template:
    metadata: {labels: {app: s}}
    spec:
      containers:
        - name: server
          image: ghcr.io/immich-app/immich-server:${SECRET_TAG}
          env:
            - {name: DB_HOSTNAME, value: "${SECRET_HOST}"}
            - {name: REDIS_HOSTNAME, value: "${SECRET_CODED}"}
            - {name: REDIS_PORT, value: "${SECRET_NUMBER}"}
            - {name: IMMICH_PORT, value: "${SECRET_NUMBER:=§}"}
            - {name: IMMICH_MEDIA_LOCATION, value: "${SECRET_PATH}"}
            - {name: DB_URL, value: "${URL}"}
            - {name: DB_PASSWORD, value: "${DB_PASSWORD:-§}"}
            - {name: IMMICH_CONFIG_FILE, value: "${SECRET_PATH}"}
          volumeMounts: [{name: library, mountPath: "${SECRET_PATH}"}]
      volumes: [{name: library, hostPath: {path: "${SECRET_PATH}"}}]
"""
_ARGO: Final = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: immich-argo, namespace: argocd}
spec:
  project: default
  destination: {namespace: photos}
  source:
    repoURL: https://user:§@charts.example.org
    chart: immich
    targetRevision: 0.9.3
    helm:
      parameters:
        - {name: env.DB_PASSWORD, value: §}
        - {name: redis.auth.password, value: "§"}
        - name: server.env.JWT_SECRET
          value: §
          forceString: true
      values: |
        env:
          DB_PASSWORD: §
          DB_URL: postgres://immich:§@imich-rw/immich
        image: {tag: v1.98.0}
        redis: {auth: {password: §}}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: immich-object, namespace: argocd}
spec:
  destination: {namespace: photos}
  source:
    repoURL: ghcr.io/immich-app/immich-charts
    chart: immich
    targetRevision: 0.9.3
    helm:
      valuesObject:
        {env: {DB_PASSWORD: §, JWT_SECRET: {value: §}}, image: {tag: v1.97.0}, postgresql: {auth: {password: §}}}
---
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: immich-set, namespace: argocd}
spec:
  generators: [{list: {elements: [{name: a, password: §}]}}]
  template:
    metadata: {name: 'immich-{{name}}'}
    spec:
      destination: {namespace: '{{name}}'}
      source:
        repoURL: ghcr.io/immich-app/immich-charts
        chart: immich
        targetRevision: 0.9.3
        helm: {parameters: [{name: env.DB_PASSWORD, value: '{{password}}'}, {name: env.JWT_SECRET, value: §}]}
"""
_VARIABLES: Final = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: immich-many, namespace: photos}
spec:
  selector: {matchLabels: {app: many}}
  template:
    metadata: {labels: {app: many}}
    spec:
      containers:
        - name: server
          image: ghcr.io/immich-app/immich-server:v2.0.0
          env:
"""
_PAD: Final = " " * 12
_WRONG: Final = "apiVersion: v1\nkind: Secret\nmetadata: {name: immich}\n"
_TEMPLATES: Final = {
    "overlay/apps/immich/kustomization.yaml": _KUSTOMIZATION,
    "overlay/apps/immich/secrets.yaml": _SECRETS,
    "overlay/apps/immich/config.yaml": _CONFIG,
    "overlay/apps/immich/substituted.yaml": _SUBSTITUTED,
    "overlay/apps/immich/patch.yaml": _PATCH,
    "overlay/apps/immich/immich.env": "JWT_SECRET=§\nDB_HOSTNAME=§\nDB_URL=postgres://immich:§@imich-rw/immich\n",
    "overlay/apps/immich/settings.env": "SMTP_TOKEN=§\nIMMICH_PORT=3001\n",
    "overlay/apps/immich/password.txt": "§",
    "overlay/clusters/home/immich.yaml": _FLUX,
    "plain/server.yaml": _SERVER,
    "plain/database.yaml": _DATABASE,
    "releases/releases.yaml": _RELEASES,
    "releases/immich.yaml": "# DB_PASSWORD: §\nenv: {DB_PASSWORD: §} # §\n",
    **{f"argo-{number}/immich.yaml": text for number, text in enumerate(_ARGO.split("---\n"))},
    "many/immich.yaml": _VARIABLES
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
