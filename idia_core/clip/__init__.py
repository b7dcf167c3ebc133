"""CLIP models: the registry, their weights, the exact fast text path, and caches of their vectors."""
