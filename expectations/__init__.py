"""TRUST: audits a build and returns one record per check; never writes to the warehouse."""
