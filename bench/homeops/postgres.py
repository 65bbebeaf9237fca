"""The database of the Immich stack: a CNPG Cluster, where it archives to, and when it is backed up."""

from homeops.dice import Dice
from homeops.manifests import SCHEMAS


def object_store_secret() -> str:
    """The credentials of the bucket, fetched from outside."""
    return f"""---
# yaml-language-server: $schema={SCHEMAS}/external-secrets.io/externalsecret_v1.json
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: immich-object-store
spec:
  refreshInterval: 1h
  secretStoreRef:
    kind: ClusterSecretStore
    name: vault
  target:
    name: immich-object-store
    template:
      data:
        ACCESS_KEY_ID: "{{{{ .IMMICH_S3_ACCESS_KEY_ID }}}}"
        SECRET_ACCESS_KEY: "{{{{ .IMMICH_S3_SECRET_ACCESS_KEY }}}}"
  dataFrom:
    - extract:
        key: immich
"""


def cluster(dice: Dice) -> str:
    """The CNPG Cluster, archived by the Barman Cloud plugin."""
    return f"""---
# yaml-language-server: $schema={SCHEMAS}/postgresql.cnpg.io/cluster_v1.json
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata:
  name: immich-db
  annotations:
    kustomize.toolkit.fluxcd.io/prune: disabled
spec:
  instances: 2
  imageName: ghcr.io/tensorchord/cloudnative-vectorchord:17.5-0.4.3@sha256:{dice.hex("immich/database")}
  primaryUpdateStrategy: unsupervised
  storage:
    size: 20Gi
    storageClass: openebs-hostpath
  enablePDB: true
  postgresql:
    shared_preload_libraries:
      - "vchord.so"
    parameters:
      max_connections: "200"
      shared_buffers: 512MB
      wal_compression: "on"
  bootstrap:
    initdb:
      database: immich
      owner: immich
      postInitApplicationSQL:
        - CREATE EXTENSION IF NOT EXISTS vchord CASCADE;
        - CREATE EXTENSION IF NOT EXISTS earthdistance CASCADE;
  monitoring:
    enablePodMonitor: true
  resources:
    requests:
      cpu: 100m
      memory: 1Gi
    limits:
      memory: 2Gi
  plugins:
    - name: barman-cloud.cloudnative-pg.io
      isWALArchiver: true
      parameters:
        barmanObjectName: immich-db
        serverName: immich-db-v1
"""


def object_store() -> str:
    """The ObjectStore that the Cluster's plugin writes to."""
    return f"""---
# yaml-language-server: $schema={SCHEMAS}/barmancloud.cnpg.io/objectstore_v1.json
apiVersion: barmancloud.cnpg.io/v1
kind: ObjectStore
metadata:
  name: immich-db
spec:
  retentionPolicy: 30d
  configuration:
    destinationPath: s3://immich-db/
    endpointURL: https://s3.example.org
    data:
      compression: gzip
    wal:
      compression: gzip
      maxParallel: 4
    s3Credentials:
      accessKeyId:
        name: &secret immich-object-store
        key: ACCESS_KEY_ID
      secretAccessKey:
        name: *secret
        key: SECRET_ACCESS_KEY
  instanceSidecarConfiguration:
    env:
      - name: AWS_REQUEST_CHECKSUM_CALCULATION
        value: when_required
      - name: AWS_RESPONSE_CHECKSUM_VALIDATION
        value: when_required
"""


def scheduled_backup() -> str:
    """One base backup a night, at three."""
    return """---
apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata:
  name: immich-db
spec:
  schedule: "0 0 3 * * *"
  immediate: false
  backupOwnerReference: self
  cluster:
    name: immich-db
  method: plugin
  pluginConfiguration:
    name: barman-cloud.cloudnative-pg.io
"""
