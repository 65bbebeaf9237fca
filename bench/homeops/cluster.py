"""What a home-ops repository has once: the Flux Kustomization of all applications, and shared components."""

from homeops.manifests import SCHEMAS, kustomization


def cluster_files() -> dict[str, str]:
    """The files outside the applications, by path."""
    return {
        "kubernetes/flux/cluster/ks.yaml": cluster_apps(),
        "kubernetes/components/common/kustomization.yaml": component(["alerts.yaml"]),
        "kubernetes/components/common/alerts.yaml": ALERT,
        "kubernetes/components/volsync/kustomization.yaml": component(["replicationsource.yaml"]),
        "kubernetes/components/volsync/replicationsource.yaml": REPLICATION_SOURCE,
    }


def component(resources: list[str]) -> str:
    """A kustomization.yaml of kind Component that lists `resources`."""
    return (
        kustomization(resources)
        .replace("kustomize.config.k8s.io/v1beta1", "kustomize.config.k8s.io/v1alpha1")
        .replace("kind: Kustomization", "kind: Component")
    )


def cluster_apps() -> str:
    """The Flux Kustomization that applies all applications, with a patch for each of them."""
    return f"""---
# yaml-language-server: $schema={SCHEMAS}/kustomize.toolkit.fluxcd.io/kustomization_v1.json
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: cluster-apps
  namespace: flux-system
spec:
  decryption:
    provider: sops
    secretRef:
      name: sops-age
  interval: 1h
  path: ./kubernetes/apps
  prune: true
  sourceRef:
    kind: GitRepository
    name: flux-system
  patches:
    # Every application's Flux Kustomization decrypts and retries in the same way.
    - patch: |-
        apiVersion: kustomize.toolkit.fluxcd.io/v1
        kind: Kustomization
        metadata:
          name: all
        spec:
          decryption:
            provider: sops
            secretRef:
              name: sops-age
          deletionPolicy: WaitForTermination
      target:
        group: kustomize.toolkit.fluxcd.io
        kind: Kustomization
"""


ALERT = """---
apiVersion: notification.toolkit.fluxcd.io/v1beta3
kind: Alert
metadata:
  name: alertmanager
spec:
  providerRef:
    name: alertmanager
  eventSeverity: error
  eventSources:
    - kind: HelmRelease
      name: "*"
    - kind: Kustomization
      name: "*"
  exclusionList:
    - "waiting.*socket"
    - "no such host"
"""

REPLICATION_SOURCE = """---
apiVersion: volsync.backube/v1alpha1
kind: ReplicationSource
metadata:
  name: ${APP}
spec:
  sourcePVC: ${VOLSYNC_CLAIM:=${APP}}
  trigger:
    schedule: "${VOLSYNC_SCHEDULE:=15 1 * * *}"
  restic:
    copyMethod: Snapshot
    pruneIntervalDays: 14
    repository: ${APP}-volsync-secret
    volumeSnapshotClassName: csi-ceph-block
    cacheCapacity: ${VOLSYNC_CACHE_CAPACITY:=5Gi}
    moverSecurityContext:
      runAsUser: 1000
      runAsGroup: 1000
      fsGroup: 1000
    retain:
      daily: 7
      weekly: 4
"""
