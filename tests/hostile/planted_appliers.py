"""Releases, kustomizations and appliers with places for secrets, which `planted_secrets` fills."""

from __future__ import annotations

from typing import Final

RELEASES: Final = """\
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
KUSTOMIZATION: Final = """\
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
PATCH: Final = """\
apiVersion: v1
kind: Secret
metadata: {name: immich-env}
stringData: {patched: §}
data: {also: ¤}
"""
FLUX: Final = """\
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
SUBSTITUTED: Final = """\
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
ARGO: Final = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: immich-argo, namespace: argocd}
spec:
  project: default
  destination: {namespace: photos}
  source:
    repoURL: https://user:§@charts.example.org/immich-app
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
