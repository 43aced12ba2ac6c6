"""The demo service: a small web server that knows its version and whether it is well.

Each build holds a copy of this file beside its own release.json.
"""

import argparse
import html
import json
import os
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

RELEASE: dict[str, Any] = json.loads(
    Path(__file__).with_name("release.json").read_text(encoding="utf-8")
)


class Handler(BaseHTTPRequestHandler):
    """Answers `/` with a page and `/health` with JSON."""

    server_version = f"{RELEASE['app']}/{RELEASE['version']}"

    def do_GET(self) -> None:
        if self.path == "/health":
            self._health()
        elif self.path == "/":
            self._page()
        else:
            self._answer(HTTPStatus.NOT_FOUND, "text/plain", "There is nothing here.\n")

    def _health(self) -> None:
        missing = [name for name in RELEASE["requires"] if name not in RELEASE["settings"]]
        told = {"version": RELEASE["version"], "status": "failing" if missing else "ok"}
        if missing:
            told["reason"] = f"setting {missing[0]} is missing"
        status = HTTPStatus.SERVICE_UNAVAILABLE if missing else HTTPStatus.OK
        self._answer(status, "application/json", json.dumps(told))

    def _page(self) -> None:
        title = html.escape(f"{RELEASE['app']} {RELEASE['version']}")
        notes = html.escape(RELEASE["notes"])
        page = f"<!doctype html><title>{title}</title><h1>{title}</h1><p>{notes}</p>\n"
        self._answer(HTTPStatus.OK, "text/html; charset=utf-8", page)

    def _answer(self, status: HTTPStatus, kind: str, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    """Ends when the runner that started it has died, however that happened."""

    daemon_threads = True
    parent = os.getppid()

    def service_actions(self) -> None:
        if os.getppid() != self.parent:
            raise SystemExit("The runner is gone.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--port-file", type=Path, required=True, help="told the port when ready")
    options = parser.parse_args()
    with Server(("127.0.0.1", options.port), Handler) as server:
        fresh = options.port_file.with_suffix(".next")
        fresh.write_text(str(server.server_address[1]), encoding="ascii")
        fresh.replace(options.port_file)
        server.serve_forever(poll_interval=0.5)


if __name__ == "__main__":
    main()
