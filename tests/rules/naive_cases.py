"""What deployments look like that a reader of single files takes for wrong: each with a twin that is wrong."""

from __future__ import annotations

from typing import Final, NamedTuple

from naive_manifests import (
    CHART,
    COMPONENT,
    HEALTH,
    INSTANCES,
    LIBRARY,
    ML,
    PLUGIN,
    PROBE,
    REDIS,
    RENDERED,
    RETENTION,
    ROOT,
    USER,
    archived,
    cluster,
    flux,
    release,
    scheduled,
    service,
    store,
    workload,
)


class Case(NamedTuple):
    """A deployment that is right. `rule`: what a naive reader would say of it. `wrong`: files that, written over the
    others, make it true."""

    says: str
    rule: str
    files: dict[str, str]
    wrong: dict[str, str]


CASES: Final = (
    Case(
        "a health check of Flux's is no Cluster",
        "IML112",
        {
            "flux.yaml": flux("immich", "./app", HEALTH),
            "app/kustomization.yaml": "namespace: photos\nresources: [server.yaml]\n",
            "app/server.yaml": workload(""),
        },
        {
            "app/kustomization.yaml": "namespace: photos\nresources: [server.yaml, cluster.yaml]\n",
            "app/cluster.yaml": cluster(),
        },
    ),
    Case(
        "a patch is no Cluster",
        "IML112",
        {
            "kustomization.yaml": "resources: [cluster.yaml]\npatches: [{path: patch.yaml}]\n",
            "cluster.yaml": cluster(archived()),
            "patch.yaml": INSTANCES,
        },
        {"cluster.yaml": cluster()},
    ),
    Case(
        "a patch in an overlay brings the retention",
        "IML113",
        {
            "base/kustomization.yaml": "resources: [cluster.yaml]\n",
            "base/cluster.yaml": cluster(archived()),
            "home/kustomization.yaml": RETENTION,
        },
        {"home/kustomization.yaml": "resources: [../base]\n"},
    ),
    Case(
        "a component brings the ScheduledBackup",
        "IML107",
        {
            "home/kustomization.yaml": "resources: [cluster.yaml]\ncomponents: [../backup]\n",
            "home/cluster.yaml": cluster(archived()),
            "backup/kustomization.yaml": f"{COMPONENT}resources: [scheduled.yaml]\n",
            "backup/scheduled.yaml": scheduled(),
        },
        {"backup/kustomization.yaml": COMPONENT, "backup/scheduled.yaml": ""},
    ),
    Case(
        "a patch in an overlay brings the library",
        "IML304",
        {
            "base/kustomization.yaml": "resources: [server.yaml]\n",
            "base/server.yaml": workload(""),
            "home/kustomization.yaml": LIBRARY,
        },
        {"home/kustomization.yaml": "resources: [../base]\n"},
    ),
    Case(
        "an overlay brings the image's tag",
        "IML601",
        {
            "base/kustomization.yaml": "resources: [server.yaml]\n",
            "base/server.yaml": workload("", image="server:release"),
            "home/kustomization.yaml": "resources: [../base]\n"
            "images: [{name: ghcr.io/immich-app/immich-server, newTag: v2.7.5}]\n",
        },
        {"home/kustomization.yaml": "resources: [../base]\n"},
    ),
    Case(
        "a patch brings the chart's version",
        "IML810",
        {"kustomization.yaml": CHART, "release.yaml": release("              TZ: UTC\n", "")},
        {"kustomization.yaml": "resources: [release.yaml]\n"},
    ),
    Case(
        "null takes a merged key away",
        "IML306",
        {"release.yaml": release("              <<: *shared\n              LOG_LEVEL: null\n")},
        {"release.yaml": release("              <<: *shared\n")},
    ),
    Case(
        "an anchor may be defined again",
        "IML901",
        {"cm.yaml": "kind: ConfigMap\napiVersion: v1\nmetadata: {name: &app immich}\ndata: {a: &app b, c: *app}\n"},
        {"cm.yaml": "kind: ConfigMap\napiVersion: v1\nmetadata: {name: immich}\ndata: {a: b, c: *app}\n"},
    ),
    Case(
        "the default host is the Service `redis`",
        "IML313",
        {"all.yaml": workload("") + service("redis")},
        {"all.yaml": workload("") + service("cache")},
    ),
    Case(
        "a variable comes from a ConfigMap",
        "IML313",
        {
            "all.yaml": workload("          envFrom: [{configMapRef: {name: immich}}]\n") + service("cache"),
            "env.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: immich}\ndata: {REDIS_HOSTNAME: cache}\n",
        },
        {"env.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: immich}\ndata: {TZ: UTC}\n"},
    ),
    Case(
        "a variable comes from a generated ConfigMap",
        "IML313",
        {
            "kustomization.yaml": "resources: [all.yaml]\nconfigMapGenerator: [{name: env, envs: [my.properties]}]\n",
            "all.yaml": workload("          envFrom: [{configMapRef: {name: env}}]\n") + service("cache"),
            "my.properties": "# of all\nREDIS_HOSTNAME=cache\n",
        },
        {"my.properties": "TZ=UTC\n"},
    ),
    Case(
        "pgvector needs no preload",
        "IML404",
        {
            "server.yaml": workload(
                "", env="[{name: DB_HOSTNAME, value: immich-db-rw}, {name: DB_VECTOR_EXTENSION, value: pgvector}]"
            ),
            "cluster.yaml": cluster(),
        },
        {"server.yaml": workload("", env=REDIS)},
    ),
    Case(
        "a library may be named without its ending",
        "IML404",
        {
            "server.yaml": workload("", env=REDIS),
            "cluster.yaml": cluster("  postgresql: {shared_preload_libraries: [vchord]}\n"),
        },
        {"cluster.yaml": cluster("  postgresql: {shared_preload_libraries: [auto_explain]}\n")},
    ),
    Case(
        "each namespace has its own ObjectStore of a name",
        "IML119",
        {
            "photos.yaml": cluster(PLUGIN, "name: db, namespace: photos") + store("photos", "s3://b/photos"),
            "wiki.yaml": cluster(PLUGIN, "name: db, namespace: wiki") + store("wiki", "s3://b/wiki"),
        },
        {"wiki.yaml": cluster(PLUGIN, "name: db, namespace: wiki") + store("wiki", "s3://b/photos")},
    ),
    Case(
        "each namespace has its own ObjectStore of a name, and this one has one",
        "IML121",
        {
            "photos.yaml": cluster(PLUGIN, "name: immich-db, namespace: photos") + store("photos", "s3://b/photos"),
            "wiki.yaml": cluster(PLUGIN, "name: wiki, namespace: wiki") + store("wiki", "s3://b/wiki"),
        },
        {"photos.yaml": cluster(PLUGIN.replace("store", "stores"), "name: immich-db, namespace: photos")},
    ),
    Case(
        "the kustomization gives the namespace",
        "IML804",
        {
            "kustomization.yaml": "namespace: photos\nresources: [cluster.yaml, scheduled.yaml]\n",
            "cluster.yaml": cluster(archived()),
            "scheduled.yaml": scheduled(metadata="name: daily, namespace: photos"),
        },
        {
            "kustomization.yaml": "resources: [cluster.yaml, scheduled.yaml]\n",
            "cluster.yaml": cluster(archived(), "name: immich-db, namespace: database"),
        },
    ),
    Case(
        "Flux gives the namespace",
        "IML804",
        {
            "flux.yaml": flux("database", "./app", "  targetNamespace: photos\n"),
            "app/cluster.yaml": cluster(archived()),
            "app/scheduled.yaml": scheduled(metadata="name: daily, namespace: photos"),
        },
        {
            "flux.yaml": flux("database", "./app"),
            "app/cluster.yaml": cluster(archived(), "name: immich-db, namespace: database"),
        },
    ),
    Case(
        "what no kustomization reaches is not deployed",
        "IML204",
        {
            "flux.yaml": flux("immich", "./app"),
            "app/kustomization.yaml": "resources: [v2]\n",
            "app/v1/kustomization.yaml": "resources: [ml.yaml]\n",
            "app/v1/ml.yaml": workload(ROOT, "ml", ML),
            "app/v2/kustomization.yaml": "resources: [ml.yaml]\n",
            "app/v2/ml.yaml": workload(USER, "ml", ML),
        },
        {"app/kustomization.yaml": "resources: [v1]\n"},
    ),
    Case(
        "what is put away is not deployed",
        "IML204",
        {".archive/ml.yaml": workload(ROOT, "ml", ML), "app/ml.yaml": workload(USER, "ml", ML)},
        {"app/ml.yaml": workload(ROOT, "ml", ML)},
    ),
    Case(
        "a rendered copy beside what is applied is not deployed",
        "IML204",
        {
            "flux.yaml": flux("immich", "./app"),
            "app/kustomization.yaml": "resources: [ml.yaml]\n",
            "app/ml.yaml": workload(USER, "ml", ML),
            "rendered/immich.yaml": workload(ROOT, "ml", ML),
        },
        {"flux.yaml": flux("immich", "./rendered")},
    ),
    Case(
        "what Helm rendered of a release that is applied is not deployed once more",
        "IML204",
        {
            "flux.yaml": flux("immich", "./app"),
            "app/kustomization.yaml": "resources: [release.yaml]\n",
            "app/release.yaml": release("              TZ: UTC\n"),
            "rendered/immich.yaml": RENDERED
            + workload(ROOT, "ml", ML).replace(
                "metadata: {name: immich-ml}",
                "metadata: {name: immich-ml, labels: {app.kubernetes.io/instance: immich}}",
            ),
        },
        {"app/release.yaml": release("              TZ: UTC\n").replace("name: immich,", "name: photos,")},
    ),
    Case(
        "a worker without the API serves no ping",
        "IML302",
        {"server.yaml": workload(PROBE, env="[{name: IMMICH_WORKERS_INCLUDE, value: microservices}]")},
        {"server.yaml": workload(PROBE, env="[{name: IMMICH_WORKERS_INCLUDE, value: api}]")},
    ),
    Case(
        "each user of a component fills in its variable",
        "IML108",
        {
            "flux.yaml": flux("immich", "./immich", "  postBuild: {substitute: {APP: immich}}\n"),
            "wiki.yaml": flux("wiki", "./wiki", "  postBuild: {substitute: {APP: wiki}}\n"),
            "immich/kustomization.yaml": "namespace: photos\nresources: [db.yaml]\ncomponents: [../backup]\n",
            "immich/db.yaml": cluster(archived()),
            "wiki/kustomization.yaml": "namespace: wiki\nresources: [db.yaml]\ncomponents: [../backup]\n",
            "wiki/db.yaml": cluster(archived(path="s3://b/wiki"), "name: wiki-db"),
            "backup/kustomization.yaml": f"{COMPONENT}resources: [scheduled.yaml]\n",
            "backup/scheduled.yaml": scheduled("${APP}-db", "name: '${APP}-daily'"),
        },
        {"flux.yaml": flux("immich", "./immich", "  postBuild: {substitute: {APP: imich}}\n")},
    ),
)
