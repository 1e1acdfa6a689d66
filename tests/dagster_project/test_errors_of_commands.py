"""What a command says of an error, and the code it ends with."""

import errno
import os

import duckdb
import pytest
import typer

from dagster_project.cli.common import explained


def test_a_full_disk_is_told_with_its_place_and_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended, explained():
        raise OSError(errno.ENOSPC, "No space left on device", "/home/reports/load.json")

    assert ended.value.exit_code == 1
    said = " ".join(capsys.readouterr().err.split())
    assert said == (
        "outcomes: /home/reports/load.json: no space left on the disk. To fix: free some, then run the command again."
    )


def test_a_disk_quota_is_told_as_one(capsys: pytest.CaptureFixture[str]) -> None:
    """The disk itself has room."""
    with pytest.raises(typer.Exit), explained():
        raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT), "/home/reports/load.json")

    said = " ".join(capsys.readouterr().err.split())
    assert said.startswith("outcomes: /home/reports/load.json: the disk quota is used up. To fix: free some space, or")


def test_a_database_that_could_not_be_written_is_not_said_to_be_damaged(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit), explained():
        raise duckdb.IOException('IO Error: Could not write file "part-0.parquet": No space left on device')

    said = " ".join(capsys.readouterr().err.split())
    assert said == "outcomes: no space left on the disk. To fix: free some, then run the command again."
