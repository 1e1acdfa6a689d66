"""TRUST: audits a build and returns records of what it found; never writes to the warehouse."""
