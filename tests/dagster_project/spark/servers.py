"""A Spark Connect server on this machine, and the Java processes below another one."""

import os
import signal
import socket
import subprocess
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from time import monotonic, sleep

from tests.ports import free_port

LONGEST = 120  # seconds until a server answers


@contextmanager
def connect_server(folder: Path, *options: str) -> Generator[str]:
    """The address of a server that runs in a process group of its own."""
    spark = Path(str(import_module("pyspark").__file__)).parent
    port = free_port()
    settings = {
        "spark.connect.grpc.binding.port": port,
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.local.dir": folder / "spill",
        "spark.sql.warehouse.dir": folder / "warehouse",
    }
    line = [spark / "sbin" / "start-connect-server.sh", "--wait", "--master", "local[2]", *options]
    line += [part for name, value in settings.items() for part in ("--conf", f"{name}={value}")]
    environment = {**os.environ, "SPARK_HOME": str(spark), "SPARK_LOG_DIR": str(folder / "logs")}
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(
            [str(part) for part in line], env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        _await(port, process)
        yield f"sc://127.0.0.1:{port}"
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    end = monotonic() + LONGEST
    while monotonic() < end and process.poll() is None:
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                return
        sleep(0.2)
    raise TimeoutError(f"the server doesn't answer at port {port}")


def java_below(pid: int) -> Iterator[int]:
    """The Java processes among the children of a process and theirs."""
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            if Path(f"/proc/{child}/comm").read_text().strip() == "java":
                yield child
            yield from java_below(child)
