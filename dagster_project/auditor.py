"""A second process for the audit: it starts while the models are built, and checks in parallel."""

import atexit
import os
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from multiprocessing.util import Finalize
from threading import Thread

_pools: list[ProcessPoolExecutor] = []  # at most one, kept for the next refresh of this process


def auditor() -> ProcessPoolExecutor:
    """The process; started if there is none or it died."""
    if _pools:
        try:
            _pools[0].submit(os.getpid)
        except BrokenProcessPool:
            _pools.clear()
        else:
            return _pools[0]
    pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_begin)
    # where this process was itself started by multiprocessing, as Dagster starts a run's, it would wait for it forever
    Finalize(None, pool.shutdown, exitpriority=100)  # before the queues to it are closed
    _pools.append(pool)
    return pool


def _begin() -> None:
    """Make this process exit at once on request, and when the refresh that started it is killed."""
    atexit.register(os._exit, 0)  # a normal exit takes a second, and the parent would wait for it

    def watch() -> None:
        if (parent := parent_process()) is not None:
            parent.join()
            os._exit(1)

    Thread(target=watch, daemon=True).start()
