"""Shared by all packages: atomic file changes, resource limits, SQL quoting. Imports none of them."""
