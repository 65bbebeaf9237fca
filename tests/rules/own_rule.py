"""A declarative rule as a user writes it, in a folder of their own."""

from typing import Final

NAME: Final = "OWN001-team-label-missing.yaml"
RULE: Final = """\
id: OWN001
name: team-label-missing
title: The object does not say which team owns it
severity: warning
profile: recommended
target: object
where:
  kind: [Deployment, StatefulSet]
assert:
  properties:
    metadata:
      properties:
        labels: {type: object, required: [team]}
      required: [labels]
message: The {kind} `{name}` has no label `team`, so nobody knows whom to call.
at: metadata/labels/team
fix:
  title: label the {kind} as the platform team's
  safety: safe
  set: {metadata/labels/team: platform}
rationale: |
  The alerting sends a message to the team in this label, and to nobody where it is missing.
examples:
  bad:
    - title: No label
      yaml: |
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: immich-server
          labels:
            app: immich
        spec: {}
      findings:
        - at: labels
          line: 5
          says: [The Deployment `immich-server` has no label `team`]
      fixed: |
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: immich-server
          labels:
            app: immich
            team: platform
        spec: {}
  good:
    - title: A label
      yaml: |
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: immich-server, labels: {team: photos}}
        spec: {}
"""
