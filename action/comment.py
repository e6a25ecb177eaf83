"""Write the comment of a pull request, or replace the one that was written before.

Runs in a job of GitHub Actions, with the standard library alone.  Wants TOKEN, NUMBER and COMMENT
(a file) in the environment, beside GITHUB_API_URL and GITHUB_REPOSITORY.
"""

from __future__ import annotations

import json
import os
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MARK = "<!-- cio review -->"
VERSION = "2022-11-28"


def main() -> int:
    """The exit code; a token that may not write is told of and no failure."""
    body = Path(os.environ["COMMENT"]).read_text(encoding="utf-8")
    issue = f"/repos/{os.environ['GITHUB_REPOSITORY']}/issues"
    try:
        known = _known(f"{issue}/{int(os.environ['NUMBER'])}/comments?per_page=100")
        if known is None:
            made = _call("POST", f"{issue}/{int(os.environ['NUMBER'])}/comments", {"body": body})
        else:
            made = _call("PATCH", f"{issue}/comments/{known}", {"body": body})
    except urllib.error.HTTPError as error:
        if error.code in (401, 403, 404):
            print(
                "::warning title=cio::The comment cannot be written: the token has no "
                "`pull-requests: write` (one of a fork never has). The summary of the job has it."
            )
            return 0
        print(f"::error title=cio::GitHub answered {error.code} to the comment.")
        return 1
    except urllib.error.URLError as error:
        print(f"::error title=cio::GitHub cannot be reached: {error.reason}")
        return 1
    print(json.loads(made[0])["html_url"])
    return 0


def _known(path: str) -> int | None:
    """The number of the comment that was written before."""
    for comment in _every(path):
        if str(comment.get("body") or "").startswith(MARK):
            return int(comment["id"])
    return None


def _every(path: str) -> Iterator[Any]:
    """All comments, page by page as the `Link` header leads."""
    url: str | None = path
    while url is not None:
        text, link = _call("GET", url)
        yield from json.loads(text)
        following = re.search(r'<([^>]+)>;\s*rel="next"', link)
        url = None if following is None else following[1]


def _call(method: str, path: str, data: Any = None) -> tuple[str, str]:
    """The body and the `Link` header of an answer."""
    url = path if path.startswith("http") else os.environ["GITHUB_API_URL"] + path
    request = urllib.request.Request(
        url,
        method=method,
        data=None if data is None else json.dumps(data).encode(),
        headers={
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {os.environ['TOKEN']}",
            "Content-Type": "application/json",
            "User-Agent": "cio-review",
            "X-GitHub-Api-Version": VERSION,
        },
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read().decode(), answer.headers.get("Link") or ""


if __name__ == "__main__":
    sys.exit(main())
