"""`python -m dagster_project.cli`."""

from dagster_project.cli import app

if __name__ == "__main__":
    app()
