"""The domain: Immich's server, machine learning, cache, database and backups as typed views on trees."""
