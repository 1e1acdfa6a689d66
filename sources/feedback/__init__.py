"""Connectors of tools that talk with customers, one folder each."""
