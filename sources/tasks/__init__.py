"""Connectors of tools that track tasks, one folder each."""
