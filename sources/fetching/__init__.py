"""Fetching: pulls records from a tool's API into sealed folders below the portfolio's home, which landing then reads.

Nothing here is imported before something is fetched, so that definitions load without the network and without secrets.
"""
