"""Show the built page on this machine."""

from __future__ import annotations

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PORT = 8000


class _Handler(SimpleHTTPRequestHandler):
    """Files as they are now: a browser must not keep an older build."""

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def guess_type(self, path: object) -> str:
        # An archive is sent as one, not as a text that happens to be compressed.
        name = str(path)
        return "application/octet-stream" if name.endswith((".gz", ".apk")) else super().guess_type(name)


def serve(folder: Path, port: int = PORT) -> None:
    """Serve a folder to this machine until interrupted."""
    with ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, directory=str(folder))) as server:
        print(f"http://127.0.0.1:{server.server_address[1]}/   (Ctrl+C ends it)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()
