"""Manifests with places for secrets, which `planted_secrets` fills: Secrets, workloads, a database, configuration."""

from __future__ import annotations

from typing import Final

SECRETS: Final = """\
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
SERVER: Final = """\
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
CONFIG: Final = """\
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
DATABASE: Final = """\
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
VARIABLES: Final = """\
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
