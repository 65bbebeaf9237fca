"""The `cluster` chart of CloudNativePG: values that describe a Cluster with its backups."""
