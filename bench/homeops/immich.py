"""The Immich stack of the generated repository: server, machine learning, and its database on CNPG."""

from homeops.dice import Dice
from homeops.manifests import SCHEMAS, flux_kustomization, kustomization, oci_repository
from homeops.postgres import cluster, object_store, object_store_secret, scheduled_backup

NAMESPACE = "media"
PATH = f"kubernetes/apps/{NAMESPACE}/immich"
VERSION = "v2.4.1"


def immich_stack(dice: Dice) -> dict[str, str]:
    """The stack's files, by path."""
    return {
        f"{PATH}/ks.yaml": flux_kustomizations(),
        f"{PATH}/app/kustomization.yaml": kustomization(["helmrelease.yaml", "ocirepository.yaml", "pvc.yaml"]),
        f"{PATH}/app/helmrelease.yaml": server(dice),
        f"{PATH}/app/ocirepository.yaml": oci_repository("immich"),
        f"{PATH}/app/pvc.yaml": library(),
        f"{PATH}/machine-learning/kustomization.yaml": kustomization(["helmrelease.yaml", "ocirepository.yaml"]),
        f"{PATH}/machine-learning/helmrelease.yaml": machine_learning(dice),
        f"{PATH}/machine-learning/ocirepository.yaml": oci_repository("immich-machine-learning"),
        f"{PATH}/database/kustomization.yaml": kustomization(
            ["cluster.yaml", "externalsecret.yaml", "objectstore.yaml", "scheduledbackup.yaml"]
        ),
        f"{PATH}/database/cluster.yaml": cluster(dice),
        f"{PATH}/database/externalsecret.yaml": object_store_secret(),
        f"{PATH}/database/objectstore.yaml": object_store(),
        f"{PATH}/database/scheduledbackup.yaml": scheduled_backup(),
    }


def flux_kustomizations() -> str:
    """ks.yaml: three Flux Kustomizations in three documents."""
    return (
        flux_kustomization("immich-database", NAMESPACE, f"{PATH}/database", [], {}, backed_up=False)
        + flux_kustomization(
            "immich", NAMESPACE, f"{PATH}/app", ["immich-database"], {"VOLSYNC_CAPACITY": "500Gi"}, backed_up=True
        )
        + flux_kustomization(
            "immich-machine-learning", NAMESPACE, f"{PATH}/machine-learning", ["immich"], {}, backed_up=False
        )
    )


def release(name: str, values: str) -> str:
    """A HelmRelease on app-template with `values` (indented by four)."""
    return f"""---
# yaml-language-server: $schema={SCHEMAS}/helm.toolkit.fluxcd.io/helmrelease_v2.json
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: {name}
spec:
  interval: 1h
  chartRef:
    kind: OCIRepository
    name: {name}
  values:
    defaultPodOptions:
      securityContext:
        runAsNonRoot: true
        runAsUser: 1000
        runAsGroup: 1000
        fsGroup: 1000
        fsGroupChangePolicy: OnRootMismatch
        seccompProfile: {{ type: RuntimeDefault }}
{values}"""


def probes(path: str) -> str:
    """The probes of a container, below `containers.app`."""
    return f"""            probes:
              liveness: &probe
                enabled: true
                custom: true
                spec:
                  httpGet:
                    path: {path}
                    port: *port
                  periodSeconds: 10
                  timeoutSeconds: 2
                  failureThreshold: 3
              readiness: *probe
              startup:
                enabled: true
                custom: true
                spec:
                  httpGet:
                    path: {path}
                    port: *port
                  periodSeconds: 10
                  failureThreshold: 60
            securityContext:
              allowPrivilegeEscalation: false
              readOnlyRootFilesystem: true
              capabilities: {{ drop: ["ALL"] }}
"""


def server(dice: Dice) -> str:
    """Immich's server with its cache (Valkey) as a second controller."""
    return release(
        "immich",
        f"""\
    controllers:
      immich:
        strategy: Recreate
        containers:
          app:
            image:
              repository: ghcr.io/immich-app/immich-server
              tag: {VERSION}@sha256:{dice.hex("immich/server")}
            env:
              TZ: Europe/Berlin
              IMMICH_PORT: &port 2283
              REDIS_HOSTNAME: immich-valkey
              IMMICH_MACHINE_LEARNING_URL: http://immich-machine-learning:3003
              DB_HOSTNAME: immich-db-rw
              DB_DATABASE_NAME: immich
              DB_USERNAME:
                valueFrom:
                  secretKeyRef: {{ name: immich-db-app, key: username }}
              DB_PASSWORD:
                valueFrom:
                  secretKeyRef: {{ name: immich-db-app, key: password }}
{probes("/api/server/ping")}\
            resources:
              requests:
                cpu: 100m
                memory: 1Gi
              limits:
                memory: 4Gi
      valkey:
        containers:
          app:
            image:
              repository: docker.io/valkey/valkey
              tag: 8.1.3-alpine@sha256:{dice.hex("immich/valkey")}
            resources:
              requests:
                cpu: 10m
              limits:
                memory: 256Mi
    service:
      immich:
        controller: immich
        forceRename: immich
        ports:
          http:
            port: *port
      valkey:
        controller: valkey
        forceRename: immich-valkey
        ports:
          valkey:
            port: 6379
    route:
      app:
        hostnames: ["photos.${{SECRET_DOMAIN}}"]
        parentRefs:
          - name: external
            namespace: network
            sectionName: https
        rules:
          - backendRefs:
              - identifier: immich
                port: *port
    persistence:
      library:
        existingClaim: immich
        advancedMounts:
          immich:
            app:
              - path: /data
      tmp:
        type: emptyDir
        advancedMounts:
          immich:
            app:
              - path: /tmp
          valkey:
            app:
              - path: /data
""",
    )


def machine_learning(dice: Dice) -> str:
    """Immich's machine learning, with its model cache on a volume."""
    return release(
        "immich-machine-learning",
        f"""\
    controllers:
      immich-machine-learning:
        containers:
          app:
            image:
              repository: ghcr.io/immich-app/immich-machine-learning
              tag: {VERSION}@sha256:{dice.hex("immich/machine-learning")}
            env:
              TZ: Europe/Berlin
              IMMICH_PORT: &port 3003
              MACHINE_LEARNING_CACHE_FOLDER: /cache
              HF_HOME: /cache/huggingface
              HOME: /cache
              HF_XET_CACHE: /cache/huggingface-xet
              TRANSFORMERS_CACHE: /cache/transformers
              MPLCONFIGDIR: /cache/matplotlib
{probes("/ping")}\
            resources:
              requests:
                cpu: 100m
                memory: 1Gi
              limits:
                memory: 4Gi
    service:
      app:
        ports:
          http:
            port: *port
    persistence:
      cache:
        type: persistentVolumeClaim
        accessMode: ReadWriteOnce
        size: 20Gi
        storageClass: ceph-block
        globalMounts:
          - path: /cache
      tmp:
        type: emptyDir
        globalMounts:
          - path: /tmp
""",
    )


def library() -> str:
    """The claim that holds the photos."""
    return """---
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: immich
  annotations:
    kustomize.toolkit.fluxcd.io/prune: disabled
  labels:
    app.kubernetes.io/name: immich
spec:
  accessModes: ["ReadWriteOnce"]
  resources:
    requests:
      storage: 500Gi
  storageClassName: ceph-block
"""
