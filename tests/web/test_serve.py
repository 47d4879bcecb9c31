"""`--serve` shows the page on this machine, as it is now."""

from __future__ import annotations

import multiprocessing
import socket
import time
import urllib.error
import urllib.request
from http.client import HTTPResponse
from pathlib import Path

from build_web.package import PACKAGES
from build_web.serve import serve


def fetch(address: str) -> HTTPResponse:
    """The answer, as soon as there is one."""
    end = time.monotonic() + 20.0
    while True:
        try:
            answer: HTTPResponse = urllib.request.urlopen(address, timeout=5.0)
            return answer
        except urllib.error.URLError:
            assert time.monotonic() < end, f"{address} does not answer"
            time.sleep(0.05)


def test_page_and_packages_are_served_as_they_are(built: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(built, port), daemon=True)
    server.start()
    try:
        page = fetch(f"http://127.0.0.1:{port}/")
        assert page.headers["Content-Type"].startswith("text/html")
        assert page.read() == (built / "index.html").read_bytes()
        for name in PACKAGES:
            package = fetch(f"http://127.0.0.1:{port}/{name}")
            assert package.headers["Content-Type"] == "application/octet-stream"
            assert package.headers["Content-Encoding"] is None and package.headers["Cache-Control"] == "no-store"
            assert package.read() == (built / name).read_bytes()
    finally:
        server.terminate()
        server.join()
