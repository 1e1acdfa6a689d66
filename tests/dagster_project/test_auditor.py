"""The auditor's process ends with the process that started it."""

import os
from multiprocessing import get_context

from dagster_project.auditor import auditor


def use_it() -> None:
    assert auditor().submit(os.getpid).result() != os.getpid()


def test_a_process_of_dagster_s_ends_with_its_run() -> None:
    """Dagster starts each run by multiprocessing, which waits for all processes of the run before it ends."""
    run = get_context("spawn").Process(target=use_it)
    run.start()
    run.join(60)
    ended = run.exitcode
    run.kill()
    assert ended == 0
