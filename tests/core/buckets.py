"""An S3-compatible store on loopback: moto's server, in a process of its own."""

import re
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from xml.etree import ElementTree as ET

import httpx2

from tests.cli.service import NO_TLS
from tests.waiting import until

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "somebody",
    "AWS_SECRET_ACCESS_KEY": "of-no-store",
    "AWS_REGION": "us-east-1",
}

_RUNNING = re.compile(r"Running on (http://127\.0\.0\.1:\d+)")


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket of a test's own."""

    endpoint: str
    name: str

    @property
    def url(self) -> str:
        """The value for OBJECT_STORE_URL, with a prefix."""
        return f"s3://{self.name}/unwrapped"

    @property
    def environment(self) -> dict[str, str]:
        """The settings of a process that keeps uploads here."""
        return CREDENTIALS | {
            "OBJECT_STORE_URL": self.url,
            "OBJECT_STORE_ENDPOINT": self.endpoint,
        }

    def keys(self) -> list[str]:
        """All objects."""
        return self._listed("list-type=2", "{*}Contents/{*}Key")

    def unfinished(self) -> list[str]:
        """Uploads in parts that were begun, and neither completed nor given up."""
        return self._listed("uploads", "{*}Upload/{*}Key")

    def _listed(self, query: str, path: str) -> list[str]:
        answer = httpx2.get(f"{self.endpoint}/{self.name}?{query}", verify=NO_TLS)
        assert answer.status_code == 200, answer.text
        found = ET.fromstring(answer.text)  # noqa: S314 - written by our own process
        return [key.text or "" for key in found.iterfind(path)]


def make_bucket(endpoint: str) -> Bucket:
    """A new bucket."""
    bucket = Bucket(endpoint, f"bucket-{secrets.token_hex(6)}")
    made = httpx2.put(f"{endpoint}/{bucket.name}", verify=NO_TLS)
    assert made.status_code == 200, made.text
    return bucket


@contextmanager
def s3_server() -> Iterator[str]:
    """The endpoint of a store that forgets everything at the end."""
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-p", "0"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )

        def said() -> str | None:
            log.seek(0)
            match = _RUNNING.search(written := log.read())
            assert match or process.poll() is None, written
            return match[1] if match else None

        try:
            yield until(said, "the endpoint of the store")
        finally:
            process.terminate()
            process.wait(30)
