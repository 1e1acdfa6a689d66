"""Drafting a portfolio from files: profile their columns, propose feeds, write a first mapping for a human to check.

A draft guesses by names and values, and says so: every line that isn't certain has a comment that starts with `check:`.
`words.yml` holds the names, `examples/` ready mappings for exports of common tools.
"""
