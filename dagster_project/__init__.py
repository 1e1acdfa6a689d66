"""WIRING: Dagster assets, checks, job and schedule, and the `outcomes` command. Holds no business rule."""
