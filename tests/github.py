"""A stand-in for GitHub's REST API: the endpoints for comments of issues, as it documents them.

Pages with `Link` headers, 201 for what is made and 200 for what is changed, 403 for a token that
may not write, 404 for what is not there.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class GitHub:
    """What is there, and what was asked for."""

    url: str = ""
    comments: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    may_write: bool = True
    broken: bool = False

    def add(self, body: str, user: str) -> None:
        """A comment that somebody wrote."""
        number = 1000 + len(self.comments)
        url = f"https://github.example/acme/shop/pull/7#issuecomment-{number}"
        self.comments.append({"id": number, "body": body, "user": {"login": user}, "html_url": url})


@contextmanager
def serving() -> Iterator[GitHub]:
    """A server on loopback for as long as the block runs."""
    hub = GitHub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer("GET")

        def do_POST(self) -> None:
            self.answer("POST")

        def do_PATCH(self) -> None:
            self.answer("PATCH")

        def log_message(self, format: str, *args: Any) -> None:
            pass

        def answer(self, method: str) -> None:
            hub.asked.append((method, self.path))
            length = int(self.headers.get("Content-Length") or 0)
            data = json.loads(self.rfile.read(length)) if length else {}
            wanted = {
                "Accept": "application/vnd.github+json",
                "Authorization": "Bearer t0ken",
                "X-GitHub-Api-Version": "2022-11-28",
            }
            if hub.broken:
                return self.send(500, {"message": "Server Error"})
            if self.headers["Authorization"] != wanted["Authorization"]:
                return self.send(401, {"message": "Bad credentials"})
            assert all(self.headers[name] == value for name, value in wanted.items())
            assert self.headers["User-Agent"]
            if method != "GET" and not hub.may_write:
                return self.send(403, {"message": "Resource not accessible by integration"})
            if method != "GET" and not 0 < len(data.get("body", "")) <= 65_536:
                return self.send(422, {"message": "Validation Failed"})
            url = urlsplit(self.path)
            if url.path == "/repos/acme/shop/issues/7/comments":
                if method == "POST":
                    hub.add(data["body"], "github-actions[bot]")
                    return self.send(201, hub.comments[-1])
                return self.page(parse_qs(url.query))
            found = re.fullmatch(r"/repos/acme/shop/issues/comments/(\d+)", url.path)
            known = [each for each in hub.comments if found and each["id"] == int(found[1])]
            if method == "PATCH" and known:
                known[0]["body"] = data["body"]
                return self.send(200, known[0])
            return self.send(404, {"message": "Not Found"})

        def page(self, query: dict[str, list[str]]) -> None:
            size = min(int(query.get("per_page", ["30"])[0]), 100)
            number = int(query.get("page", ["1"])[0])
            start = (number - 1) * size
            more = len(hub.comments) > start + size
            onward = (
                f"{hub.url}/repos/acme/shop/issues/7/comments?per_page={size}&page={number + 1}"
            )
            link = f'<{onward}>; rel="next", <{onward}>; rel="last"' if more else None
            self.send(200, hub.comments[start : start + size], link)

        def send(self, status: int, data: Any, link: str | None = None) -> None:
            body = json.dumps(data).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            if link is not None:
                self.send_header("Link", link)
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
