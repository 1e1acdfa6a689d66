"""What a home holds against, measured: `python -m tests.faults --write` makes docs/reliability.md."""
