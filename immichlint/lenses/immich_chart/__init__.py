"""The Immich chart (immich-app/immich-charts): from its values to the workloads of its components, and back."""
