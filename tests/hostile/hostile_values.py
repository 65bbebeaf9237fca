"""Values that are written to do harm: numbers that are none, and texts that are nothing but beginnings. Each is
written into every place of a stack that is read as a number, or searched."""

from __future__ import annotations

import json
from typing import Final

LENGTH: Final = 100_000

NUMBERS: Final = {
    "longer than any": "9" * 5_000,
    "a superscript": "²",
    "Arabic": "٣",
}

BEGINNINGS: Final = {
    "a URL with a user": "://x:",
    "a pointer into a Secret": "path: /data/path:/data/",
    "a variable of Flux": "${SECRET_A:=",
    "a password in SQL": "password '",
    "a line of pgpass": ":5432:a:b",
    "an option": "--password ",
    "a dash": "-",
    "a brace": "{{",
    "a brace, and blanks": "{{" + " " * 2_000,
    "a comment": "#",
    "a line": "\n",
    "an ignore": "# immichlint: #",
}


def stack(value: str) -> dict[str, str]:
    """A repository with Immich, and the value wherever it may do harm."""
    quoted = json.dumps(value, ensure_ascii=False)

    def filled(text: str) -> str:
        return text.replace("§", quoted).replace("¶", value if value.isalnum() else "1")

    return {
        "apps/immich/kustomization.yaml": filled(KUSTOMIZATION) + _commented(value),
        "apps/immich/immich.yaml": filled(STACK) + _commented(value),
        "apps/immich/draft.yaml": STACK.replace("§", "x"),
        "apps/release/release.yaml": filled(RELEASE),
        "apps/argo/set.yaml": filled(APPLICATIONS),
        "clusters/flux.yaml": filled(FLUX),
        "broken/secret.yaml": f"kind: Secret\nimmich: [\n{value}\n",
        ".git/config": f'[remote "origin"]\n\turl = {value}\n',
    }


def _commented(text: str) -> str:
    return "".join(f"# {line}\n" for line in text.split("\n"))


KUSTOMIZATION: Final = """\
resources: [immich.yaml]
images: [{name: §, newTag: §}]
replicas: [{name: immich-server, count: §}]
patches:
  - {target: {kind: Deployment, name: §}, patch: "[{op: add, path: /metadata/labels/a, value: b}]"}
replacements:
  - source: {kind: Deployment, name: immich-server, fieldPath: metadata.name, options: {delimiter: "-", index: §}}
    targets: [{select: {kind: Cluster}, fieldPaths: [§]}]
"""

STACK: Final = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: immich-server, namespace: photos, annotations: {note: §}}
spec:
  selector: {matchLabels: {app: immich}}
  template:
    metadata: {labels: {app: immich}}
    spec:
      containers:
        - name: server
          image: ghcr.io/immich-app/immich-server:v2.3.1
          args: [§, §]
          ports: [{containerPort: §}]
          livenessProbe: {periodSeconds: §, httpGet: {path: /, port: §}}
          securityContext: {runAsUser: §}
          resources: {limits: {memory: §}}
          env:
            - {name: IMMICH_PORT, value: §}
            - {name: DB_URL, value: §}
            - {name: DB_HOSTNAME, value: "${A:¶:¶}"}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: immich
  namespace: photos
  annotations:
    nginx.ingress.kubernetes.io/proxy-body-size: §
    nginx.ingress.kubernetes.io/proxy-read-timeout: §
spec:
  ingressClassName: nginx
  rules:
    - http:
        paths: [{path: /, pathType: Prefix, backend: {service: {name: immich-server, port: {number: 2283}}}}]
---
apiVersion: v1
kind: Service
metadata: {name: immich-server, namespace: photos}
spec: {selector: {app: immich}, ports: [{port: 2283, targetPort: §}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: immich, namespace: photos}
spec:
  podSelector: {}
  ingress: [{from: [{podSelector: {}}], ports: [{port: §}, {port: 1, endPort: §}]}]
---
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: immich-db, namespace: photos}
spec:
  instances: §
  imageName: §
  storage: {size: §}
  backup: {retentionPolicy: §, barmanObjectStore: {destinationPath: §}}
  bootstrap: {initdb: {database: immich, owner: immich, postInitSQL: [§]}}
---
apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata: {name: immich, namespace: photos}
spec:
  schedule: §
  cluster: {name: immich-db}
""" + "".join(
    f"""\
---
apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata: {{name: backup-{index}, namespace: photos}}
spec:
  schedule: "{schedule}"  # at ¶:¶, 03:¶
  cluster: {{name: immich-db}}
"""
    for index, schedule in enumerate(("0 ¶ 3 * * *", "¶ ¶ ¶ * * *", "0 0 * * 1-7/¶", "@every ¶d", "0 0 3 * * */¶"))
)

RELEASE: Final = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: immich, namespace: photos}
spec:
  chart: {spec: {chart: app-template, version: 4.4.0, sourceRef: {kind: HelmRepository, name: bjw-s}}}
  values:
    controllers:
      server:
        replicas: §
        containers: {app: {image: {repository: ghcr.io/immich-app/immich-server, tag: §}, env: {DB_URL: §}}}
    service: {app: {controller: server, ports: {http: {port: §}}}}
"""

APPLICATIONS: Final = """\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: immich, namespace: argocd}
spec:
  generators:
    - git: {repoURL: https://example.org/x.git, directories: [{path: apps/*}, {path: §}]}
  template:
    metadata: {name: '{{ index .path.segments ¶ }}'}
    spec: {source: {repoURL: https://example.org/x.git, path: '{{path[¶]}}'}}
"""

FLUX: Final = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: immich, namespace: flux-system}
spec:
  path: ./apps/immich
  sourceRef: {kind: GitRepository, name: x}
  postBuild: {substitute: {A: §}}
"""
