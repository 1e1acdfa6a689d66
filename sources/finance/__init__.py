"""Connectors of tools that keep accounts and take payments, one folder each."""
