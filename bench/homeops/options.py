"""The further files that an ordinary application may have: one function for each."""

from collections.abc import Callable, Mapping

from homeops.dice import Dice
from homeops.manifests import SCHEMAS, App


def config_map(app: App, dice: Dice) -> str:
    """A ConfigMap that holds the application's own configuration file, itself YAML."""
    sites = "".join(
        f"""      - name: {dice.pick(f"{app.path}/site/{i}", ("wiki", "photos", "music", "recipes", "feeds"))}-{i}
        url: https://site-{i}.${{SECRET_DOMAIN}}
        group: {app.namespace}
        interval: {30 + dice.below(f"{app.path}/interval/{i}", 90)}s
        conditions: ["[STATUS] == 200"]
"""
        for i in range(4 + dice.below(f"{app.path}/sites", 16))
    )
    return f"""---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {app.name}-config
  annotations:
    kustomize.toolkit.fluxcd.io/substitute: disabled
data:
  config.yaml: |
    # Read once, at the start of the application.
    server:
      listen: 0.0.0.0
      metrics: true
    sites:
{sites}"""


def claim(app: App, dice: Dice) -> str:
    """A PersistentVolumeClaim."""
    return f"""---
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {app.name}
  labels:
    app.kubernetes.io/name: {app.name}
    app.kubernetes.io/part-of: {app.namespace}
spec:
  accessModes: ["ReadWriteOnce"]
  resources:
    requests:
      storage: {1 + dice.below(f"{app.path}/size", 50)}Gi
  storageClassName: ceph-block
"""


def external_secret(app: App, dice: Dice) -> str:
    """An ExternalSecret: names of values, no values."""
    prefix = app.name.upper().replace("-", "_")
    keys = "".join(
        f'        {prefix}__{name}: "{{{{ .{prefix}_{name} }}}}"\n'
        for name in dice.ranked(app.path, ("API_KEY", "PASSWORD", "USERNAME", "SESSION_KEY", "WEBHOOK", "TOKEN"))[:4]
    )
    return f"""---
# yaml-language-server: $schema={SCHEMAS}/external-secrets.io/externalsecret_v1.json
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: {app.name}
spec:
  refreshInterval: 1h
  secretStoreRef:
    kind: ClusterSecretStore
    name: vault
  target:
    name: {app.name}-secret
    creationPolicy: Owner
    template:
      data:
{keys}  dataFrom:
    - extract:
        key: {app.name}
"""


def prometheus_rule(app: App, dice: Dice) -> str:
    """A PrometheusRule with a few alerts."""
    alerts = "".join(
        f"""        - alert: {app.name.title().replace("-", "")}{alert}
          expr: |-
            sum by (pod) (rate({app.name.replace("-", "_")}_{alert.lower()}_total{{namespace="{app.namespace}"}}[5m]))
              > {1 + dice.below(f"{app.path}/{alert}", 20)}
          for: 15m
          labels:
            severity: {dice.pick(f"{app.path}/{alert}/severity", ("warning", "critical"))}
          annotations:
            summary: "{app.name} shows {alert} in pod {{{{ $labels.pod }}}}"
"""
        for alert in dice.ranked(app.path, ("Errors", "Restarts", "Timeouts", "Evictions", "Retries"))[:3]
    )
    return f"""---
# yaml-language-server: $schema={SCHEMAS}/monitoring.coreos.com/prometheusrule_v1.json
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: {app.name}
spec:
  groups:
    - name: {app.name}.rules
      rules:
{alerts}"""


def network_policy(app: App, dice: Dice) -> str:
    """A NetworkPolicy that lets the gateway and the metrics in, and DNS and the web out."""
    return f"""---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {app.name}
spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/name: {app.name}
  policyTypes: ["Ingress", "Egress"]
  ingress:
    - from:
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: network
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: observability
  egress:
    - to:
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: kube-system
      ports:
        - protocol: UDP
          port: 53
    - to:
        - ipBlock:
            cidr: 0.0.0.0/0
            except: ["10.0.0.0/8", "172.16.0.0/12", "192.168.{dice.below(app.path, 250)}.0/24"]
"""


def sops_secret(app: App, dice: Dice) -> str:
    """A Secret as SOPS encrypts it (the ciphertext is no ciphertext: digits of a hash)."""

    def sealed(key: str) -> str:
        text = dice.hex(f"{app.path}/{key}")
        return f"ENC[AES256_GCM,data:{text[:24]},iv:{text[24:44]},tag:{text[44:]},type:str]"

    values = "".join(f"  {key}: {sealed(key)}\n" for key in ("LICENCE", "ADMIN_USER", "ADMIN_HASH"))
    body = "".join(f"        {dice.hex(f'{app.path}/age/{i}')}\n" for i in range(4))
    return f"""apiVersion: v1
kind: Secret
metadata:
  name: {app.name}-sealed
stringData:
{values}sops:
  age:
    - recipient: age1{dice.hex("recipient")[:58]}
      enc: |
        -----BEGIN AGE ENCRYPTED FILE-----
{body}        -----END AGE ENCRYPTED FILE-----
  lastmodified: "2025-03-01T10:00:00Z"
  mac: {sealed("mac")}
  encrypted_regex: ^(data|stringData)$
  version: 3.9.4
"""


def load_balancer(app: App, dice: Dice) -> str:
    """A Service with an address of its own."""
    port = 1024 + dice.below(f"{app.path}/node", 20000)
    return f"""---
apiVersion: v1
kind: Service
metadata:
  name: {app.name}-lan
  annotations:
    external-dns.alpha.kubernetes.io/hostname: {app.name}.lan.${{SECRET_DOMAIN}}
    lbipam.cilium.io/ips: 10.20.30.{1 + dice.below(f"{app.path}/address", 250)}
spec:
  type: LoadBalancer
  externalTrafficPolicy: Cluster
  selector:
    app.kubernetes.io/controller: {app.name}
    app.kubernetes.io/name: {app.name}
  ports:
    - name: tcp
      port: {port}
      targetPort: {port}
      protocol: TCP
    - name: udp
      port: {port}
      targetPort: {port}
      protocol: UDP
"""


def cron_job(app: App, dice: Dice) -> str:
    """A CronJob that tidies up, with a script in a literal block."""
    return f"""---
apiVersion: batch/v1
kind: CronJob
metadata:
  name: {app.name}-tidy
spec:
  schedule: "{dice.below(f"{app.path}/minute", 60)} {dice.below(f"{app.path}/hour", 24)} * * *"
  concurrencyPolicy: Forbid
  successfulJobsHistoryLimit: 1
  failedJobsHistoryLimit: 2
  jobTemplate:
    spec:
      ttlSecondsAfterFinished: 86400
      template:
        spec:
          restartPolicy: Never
          securityContext:
            runAsNonRoot: true
            runAsUser: 1000
            runAsGroup: 1000
          containers:
            - name: tidy
              image: docker.io/library/alpine:3.21@sha256:{dice.hex(f"{app.path}/alpine")}
              command: ["/bin/sh", "-ec"]
              args:
                - |
                  # What nobody has opened for a month goes.
                  find /config/cache -type f -mtime +30 -print -delete
                  find /config/logs -name '*.log' -size +10M -exec truncate -s 0 {{}} +
                  echo "done: $(du -sh /config)"
              securityContext:
                allowPrivilegeEscalation: false
                readOnlyRootFilesystem: true
                capabilities: {{ drop: ["ALL"] }}
              resources:
                requests:
                  cpu: 10m
                limits:
                  memory: 64Mi
              volumeMounts:
                - name: config
                  mountPath: /config
          volumes:
            - name: config
              persistentVolumeClaim:
                claimName: {app.name}
"""


WRITERS: Mapping[str, Callable[[App, Dice], str]] = {
    "configmap": config_map,
    "pvc": claim,
    "externalsecret": external_secret,
    "prometheusrule": prometheus_rule,
    "networkpolicy": network_policy,
    "secret.sops": sops_secret,
    "service": load_balancer,
    "cronjob": cron_job,
}
"""The file name, without `.yaml`, to what writes it."""
