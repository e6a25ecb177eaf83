"""Whether the servers answer that mail and flows go to."""

from __future__ import annotations

import os
import urllib.error
import urllib.request
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version

from cio_lang.mistake import UserMistake
from cio_lang.problem import Report
from cio_lang.workspace import Workspace

WAIT = 5.0
"""Seconds that a server may take to answer."""


def mail(workspace: Workspace, now: datetime) -> str | Report:
    """The server of `[email]` greets, and lets this sender in; no message is handed to it."""
    import asyncio

    from cio_lang.channels import Email, EmailSettings

    email = workspace.email
    settings = EmailSettings(
        sender=email.sender,
        host=email.host,
        port=email.port,
        username=email.username,
        password=os.environ.get("CIO_SMTP_PASSWORD"),
        tls=email.tls,
        timeout=WAIT,
    )
    try:
        asyncio.run(Email(settings).greet())
    except UserMistake as mistake:
        return mistake.problems[0].report()
    known = f", and knows {email.username}" if email.username else ""
    return f"{email.host}:{email.port} answers{known}; mail is from {email.sender}"


def prefect(workspace: Workspace, now: datetime) -> str | Report:
    """Prefect is installed; where the environment names a server, it answers."""
    from cio_lang.mistake import place
    from cio_lang.runtime.server import PrefectMissing

    try:
        installed = version("prefect")
    except PackageNotFoundError:
        return PrefectMissing(span=place("prefect")).report()
    url = os.environ.get("PREFECT_API_URL")
    if not url:
        return f"{installed} is installed; `cio up` starts its server"
    try:
        with urllib.request.urlopen(f"{url.rstrip('/')}/health", timeout=WAIT) as answer:
            answer.read()
    except (OSError, ValueError) as error:
        why = getattr(error, "reason", error)
        return Report(
            f"Prefect's server does not answer at `{url}`.",
            f"PREFECT_API_URL names it, and asking it gave: {why}.",
            "start it, or unset PREFECT_API_URL: `cio up` starts one of its own",
        )
    return f"{installed} is installed, and its server answers at {url}"
