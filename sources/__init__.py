"""EXTRACT: maps source files to canonical feeds, checks their contracts, and lands them as immutable loads."""
