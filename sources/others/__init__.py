"""Connectors that read what another library can read, one folder each."""
