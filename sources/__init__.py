"""EXTRACT: brings the outside world in as canonical feeds, contract-checked, in immutable loads."""
