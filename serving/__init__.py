"""SERVE: publishes an audited build as an immutable version, draws its page, and gives readers access."""
