"""Files in Azure Blob Storage and Google Cloud Storage, in emulators on this machine that you name.

OUTCOMES_AZURITE names the program `azurite-blob` (npm: azurite), OUTCOMES_FAKE_GCS the program `fake-gcs-server`.
"""

import base64
import hashlib
import hmac
import json
import os
import socket
import subprocess
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from email.utils import formatdate
from pathlib import Path
from urllib.parse import quote

import pytest
import requests

from tests.ports import free_port
from tests.sources.test_objects import Connected, contents

pytestmark = pytest.mark.slow
Put = Callable[[str, str], None]
# of every emulator, as Microsoft documents it
ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


class Bucket:
    """A bucket as `Connected` fills it."""

    def __init__(self, scheme: str, put: Put) -> None:
        self.scheme, self.name, self.put = scheme, "acme", put


@contextmanager
def served(*line: str | Path, port: int) -> Generator[None]:
    """A server of its own, once it answers."""
    process = subprocess.Popen([*map(str, line)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait()


def ask_azure(url: str, path: str, body: bytes, query: str = "", **headers: str) -> None:
    """A PUT, signed with the account's key."""
    named = {"x-ms-date": formatdate(usegmt=True), "x-ms-version": "2021-12-02"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    signed = "".join(f"{name}:{named[name]}\n" for name in sorted(named))
    asked = "".join(f"\n{part.replace('=', ':')}" for part in sorted(query.split("&"))) if query else ""
    length = str(len(body) or "")
    text = f"PUT\n\n\n{length}\n\n\n\n\n\n\n\n\n{signed}/{ACCOUNT}/{ACCOUNT}{path}{asked}"
    digest = hmac.new(base64.b64decode(KEY), text.encode(), hashlib.sha256).digest()
    named["Authorization"] = f"SharedKey {ACCOUNT}:{base64.b64encode(digest).decode()}"
    answer = requests.put(f"{url}/{ACCOUNT}{path}?{query}", data=body, headers=named, timeout=10)
    assert answer.status_code == 201, answer.text


@pytest.fixture(params=["az", "gs"])
def bucket(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Bucket]:
    variable = {"az": "OUTCOMES_AZURITE", "gs": "OUTCOMES_FAKE_GCS"}[request.param]
    if not (program := os.environ.get(variable)):
        pytest.skip(f"{variable} names no emulator")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    if request.param == "az":
        line = [program, "--silent", "--blobPort", str(port), "--location", tmp_path / "azure", "--skipApiVersionCheck"]
        with served(*line, port=port):
            monkeypatch.setenv("AZURE_STORAGE_USE_EMULATOR", "true")
            monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", ACCOUNT)
            monkeypatch.setenv("AZURITE_BLOB_STORAGE_URL", url)
            ask_azure(url, "/acme", b"", "restype=container")
            yield Bucket(
                "az", lambda key, text: ask_azure(url, f"/acme/{key}", text.encode(), x_ms_blob_type="BlockBlob")
            )
        return
    with served(program, "-scheme", "http", "-host", "127.0.0.1", "-port", str(port), "-backend", "memory",
                "-public-host", f"127.0.0.1:{port}", port=port):  # fmt: skip
        nobody = dict.fromkeys(("client_email", "private_key", "private_key_id"), "")
        key = json.dumps({"gcs_base_url": url, "disable_oauth": True} | nobody)
        monkeypatch.setenv("GOOGLE_SERVICE_ACCOUNT_KEY", key)
        assert requests.post(f"{url}/storage/v1/b", json={"name": "acme"}, timeout=10).ok

        def put(key: str, text: str) -> None:
            where = f"{url}/upload/storage/v1/b/acme/o?uploadType=media&name={quote(key, safe='')}"
            assert requests.post(where, data=text.encode(), timeout=10).ok

        yield Bucket("gs", put)


def test_files_are_copied_once_a_change_and_land(tmp_path: Path, bucket: Bucket) -> None:
    connected = Connected(tmp_path, bucket, scheme=bucket.scheme)
    first = connected.fetch()
    assert contents(first) == {
        "teams.csv": b"id;label\nt1;One\n", "more/products.jsonl": b'{"id": "p1", "label": "P"}\n',
    }  # fmt: skip
    assert {feed: r.outcome for feed, r in connected.land().items()} == {"teams": "landed", "products": "landed"}

    assert connected.fetch().folder == first.folder  # nothing changed
    bucket.put("exports/teams.csv", "id;label\nt1;Uno\n")
    second = connected.fetch()
    assert contents(second)["teams.csv"] == b"id;label\nt1;Uno\n"
    same = "data/more/products.jsonl"
    assert (first.folder / same).samefile(second.folder / same)
    assert {feed: r.outcome for feed, r in connected.land().items()} == {"teams": "landed", "products": "unchanged"}
