"""The folder that a workspace is: settings, sources, templates, graphs, scenarios, store.

```
cio.toml                 name, timezone, currency, region, store, [email], [archive], [prices]
journeys/**/*.journey    the sources
templates/               welcome.email.md, …
graphs/NAME.yaml         what they compile to, kept in git
scenarios/*.scenario     what `cio test` carries out
cio.db                   the store, unless it is in PostgreSQL
```
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import tzinfo
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, get_args

from cio_lang.ir import Channel
from cio_lang.mistake import UserMistake, place
from cio_lang.problem import Problem, nearest
from cio_lang.record import record
from cio_lang.schema import Settings
from cio_lang.source import Source, Span
from cio_lang.text import CURRENCIES
from cio_lang.workspace.problems import (
    BadSettings,
    NotText,
    NoWorkspace,
    PasswordInSettings,
    UnknownSetting,
    UnreadableFile,
    WrongSetting,
)

__all__ = [
    "CHANNELS",
    "Archiving",
    "Email",
    "Workspace",
    "decoded",
    "read_source",
    "reason",
    "template_names",
]

FILE = "cio.toml"
_ELSEWHERE = ("postgresql://", "postgres://", "env:")
TEMPLATE = ".email.md"
"""How the names of the files in `templates/` end."""


CHANNELS: tuple[str, ...] = get_args(Channel)
"""Every channel that messages can go by, as settings name them."""

_PASSWORD = re.compile(r"postgres(ql)?://[^/@]*:[^/@]+@")


@record
class Email:
    """The `[email]` table: who mail is from and the SMTP server that takes it.

    A password has no place in a file that is kept in git: it is `CIO_SMTP_PASSWORD` in the
    environment.
    """

    sender: str = "cio@localhost"
    host: str = "localhost"
    port: int = 1025
    username: str | None = None
    tls: Literal["none", "starttls", "tls"] = "none"


@record
class Archiving:
    """The `[archive]` table: where old events go, and after how many days.

    `where` is a folder or `s3://bucket/prefix`; `cold` the same for the oldest (None: in `where`).
    `keep` says for single events, or for all (`*`), after how many days they are thrown away.
    """

    where: str = "archive"
    cold: str | None = None
    hot_days: int = 30
    cold_days: int = 90
    keep: Mapping[str, int] = field(default_factory=dict)


@record
class Workspace:
    """One workspace: its folder and what its `cio.toml` says."""

    root: Path
    name: str
    timezone: str = "UTC"
    currency: str = "USD"
    store: str = "cio.db"
    region: str | None = None  # of phone numbers that are written without a country
    email: Email = field(default_factory=Email)
    archive: Archiving = field(default_factory=Archiving)
    prices: Mapping[str, Decimal] = field(default_factory=dict)
    """What one message costs, by channel, in `currency`."""

    @classmethod
    def find(cls, start: Path) -> Workspace:
        """The workspace that `start` is in: the nearest folder upwards with a `cio.toml`.

        Raises `UserMistake` where there is none, or its settings cannot be read.
        """
        found = cls.find_or_none(start)
        if found is None:
            raise UserMistake(NoWorkspace(span=place(start), folder=str(start)))
        return found

    @classmethod
    def find_or_none(cls, start: Path) -> Workspace | None:
        """As `find`, but None where no folder upwards has a `cio.toml`."""
        folder = start.resolve()
        for candidate in (folder, *folder.parents):
            if (candidate / FILE).is_file():
                return cls.read(candidate)
        return None

    @classmethod
    def read(cls, root: Path) -> Workspace:
        """The workspace in the folder `root`.  Raises `UserMistake` for settings that are wrong."""
        return cls.parse(root, read_source(root / FILE, FILE))

    @classmethod
    def parse(cls, root: Path, settings: Source) -> Workspace:
        """The workspace in `root` with the settings in a text.  Raises as `read` does."""
        return _workspace(root, settings)

    @property
    def store_path(self) -> Path:
        """The store's file; there is none where the store is in PostgreSQL."""
        return self.root / self.store

    @property
    def store_place(self) -> Path | str:
        """Where the store is: a file, `postgresql://…`, or `env:NAME` for what `NAME` says."""
        return self.store if self.store.startswith(_ELSEWHERE) else self.root / self.store

    @property
    def templates(self) -> Path:
        """The folder of templates."""
        return self.root / "templates"

    @property
    def graphs(self) -> Path:
        """The folder of compiled graphs."""
        return self.root / "graphs"

    @property
    def zone(self) -> tzinfo:
        """The workspace's time zone."""
        from zoneinfo import ZoneInfo

        return ZoneInfo(self.timezone)

    def settings(self) -> Settings:
        """What compiling needs.  Raises `UserMistake` for templates that cannot be read."""
        bodies = {
            name: read_source(self.templates / f"{name}{TEMPLATE}", f"templates/{name}{TEMPLATE}")
            for name in sorted(self.template_names())
        }
        return Settings(self.currency, self.timezone, frozenset(bodies), bodies)

    def template_names(self) -> frozenset[str]:
        """Names of the templates: `welcome` for `templates/welcome.email.md`."""
        if not self.templates.is_dir():
            return frozenset()
        return template_names(path.name for path in self.templates.iterdir())

    def journey_files(self) -> tuple[Path, ...]:
        """Every `.journey` file, in alphabetical order of its path."""
        return _files(self.root / "journeys", ".journey")

    def scenario_files(self) -> tuple[Path, ...]:
        """Every `.scenario` file, in alphabetical order of its path."""
        return _files(self.root / "scenarios", ".scenario")

    def label(self, path: Path) -> str:
        """How messages and graphs name a file: from the workspace's folder, with `/`."""
        absolute = path.resolve()
        root = self.root.resolve()
        return absolute.relative_to(root).as_posix() if absolute.is_relative_to(root) else str(path)

    def sources(self, paths: Iterable[Path] | None = None) -> tuple[Source, ...]:
        """The texts of `paths`, or of every journey file.  Raises `UserMistake`."""
        chosen = self.journey_files() if paths is None else paths
        return tuple(read_source(path, self.label(path)) for path in chosen)


def template_names(files: Iterable[str]) -> frozenset[str]:
    """The names of the templates among names of files."""
    return frozenset(name.removesuffix(TEMPLATE) for name in files if name.endswith(TEMPLATE))


def read_source(path: Path, name: str) -> Source:
    """The text of one file.  Raises `UserMistake` where it is not there, or is not UTF-8 text."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UserMistake(
            UnreadableFile(span=place(name), file=name, reason=reason(error))
        ) from None
    return decoded(data, name)


def decoded(data: bytes, name: str) -> Source:
    """The text of bytes.  Raises `UserMistake` where they are not UTF-8."""
    try:
        return Source(name, data.decode())
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        span = Span(name, line, column, line, column + 1)
        raise UserMistake(NotText(span=span, file=name)) from None


def reason(error: OSError) -> str:
    """Why a file could not be used, in words."""
    match error:
        case FileNotFoundError():
            return "there is no such file"
        case IsADirectoryError():
            return "it is a folder"
        case NotADirectoryError():
            return "part of its path is a file, not a folder"
        case PermissionError():
            return "this user may not"
        case OSError():
            return (error.strerror or "the system refused").lower()


@record
class _Key:
    """One setting: its type, what it is, and an example as TOML writes it."""

    type: type
    expected: str
    example: str


_KEYS: Mapping[str, _Key] = {
    "name": _Key(str, "the name of this workspace", '"Acme"'),
    "timezone": _Key(str, "a time zone of the tz database", '"Europe/Berlin"'),
    "currency": _Key(str, "a currency by its three letters (ISO 4217)", '"USD"'),
    "store": _Key(
        str, "the path of the store's file, or the address of a PostgreSQL database", '"cio.db"'
    ),
    "region": _Key(str, "a country by its two letters (ISO 3166)", '"DE"'),
    "email": _Key(dict, "a table of settings", '{ host = "localhost" }'),
    "archive": _Key(dict, "a table of settings", "{ hot_days = 30 }"),
    "prices": _Key(dict, "a table of what one message costs, by channel", "{ email = 0.0004 }"),
}
_EMAIL_KEYS: Mapping[str, _Key] = {
    "from": _Key(str, "who mail is from, with an address", '"Acme <hello@example.com>"'),
    "host": _Key(str, "the host name of an SMTP server", '"localhost"'),
    "port": _Key(int, "the port of an SMTP server, from 1 to 65535", "1025"),
    "username": _Key(str, "the name that the SMTP server knows this sender by", '"hello"'),
    "tls": _Key(str, 'one of "none", "starttls", "tls"', '"starttls"'),
}
_ARCHIVE_KEYS: Mapping[str, _Key] = {
    "where": _Key(str, "a folder, or a bucket that speaks S3", '"s3://acme-events/cio"'),
    "cold": _Key(str, "a folder, or a bucket that speaks S3", '"s3://acme-cold-events/cio"'),
    "hot_days": _Key(int, "how many days events stay in the store, at least 3", "30"),
    "cold_days": _Key(int, "after how many days events go to `cold`", "90"),
    "keep_days": _Key(dict, "days by event, `*` for all others", "{ page_viewed = 180 }"),
}
_PRICE_KEYS: Mapping[str, _Key] = {
    channel: _Key(float, "what one message costs, in `currency`", "0.0004") for channel in CHANNELS
}


def _workspace(root: Path, source: Source) -> Workspace:
    import tomllib  # a file outside of any workspace needs none

    try:
        values = tomllib.loads(source.text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise UserMistake(_bad_toml(str(error), source)) from None
    email = values.get("email", {})
    problems = [*_wrong(values, _KEYS, "", source)]
    if isinstance(email, dict):
        problems += _wrong(email, _EMAIL_KEYS, "email.", source)
    archive = values.get("archive", {})
    if isinstance(archive, dict):
        problems += _wrong(archive, _ARCHIVE_KEYS, "archive.", source)
    prices = values.get("prices", {})
    if isinstance(prices, dict):
        problems += _wrong(prices, _PRICE_KEYS, "prices.", source)
    if _PASSWORD.match(str(values.get("store", ""))):
        problems.append(PasswordInSettings(span=_span_of("store", source)))
    if problems:
        raise UserMistake(*problems)
    return Workspace(
        root=root,
        name=values.get("name", root.resolve().name),
        timezone=values.get("timezone", "UTC"),
        currency=values.get("currency", "USD"),
        store=values.get("store", "cio.db"),
        region=values.get("region"),
        email=Email(
            sender=email.get("from", Email().sender),
            host=email.get("host", Email().host),
            port=email.get("port", Email().port),
            username=email.get("username"),
            tls=email.get("tls", Email().tls),
        ),
        archive=Archiving(
            where=archive.get("where", Archiving().where),
            cold=archive.get("cold"),
            hot_days=archive.get("hot_days", Archiving().hot_days),
            cold_days=archive.get("cold_days", Archiving().cold_days),
            keep=archive.get("keep_days", {}),
        ),
        prices={
            channel: Decimal(str(price)) for channel, price in values.get("prices", {}).items()
        },
    )


def _wrong(
    values: Mapping[str, Any], keys: Mapping[str, _Key], prefix: str, source: Source
) -> Sequence[Problem]:
    problems: list[Problem] = []
    for key, value in values.items():
        span = _span_of(key, source)
        if key not in keys:
            problems.append(
                UnknownSetting(
                    span=span, setting=key, known=tuple(keys), suggestion=nearest(key, keys)
                )
            )
        elif not _is_a(keys[key].type, value) or not _usable(key, value):
            problems.append(
                WrongSetting(
                    span=span,
                    setting=prefix + key,
                    written=f'"{value}"' if isinstance(value, str) else _as_toml(value),
                    expected=keys[key].expected,
                    example=keys[key].example,
                )
            )
    return problems


def _is_a(kind: type, value: Any) -> bool:
    return type(value) is kind or (kind is float and type(value) is int)


def _usable(key: str, value: Any) -> bool:
    if key == "timezone":
        return _is_zone(value)
    if key == "currency":
        return value in CURRENCIES
    if key == "region":
        return len(value) == 2 and str(value).isascii() and str(value).isupper()
    if key in ("hot_days", "cold_days"):
        return int(value) >= 3
    if key in CHANNELS and isinstance(value, int | float):
        return 0 <= float(value) < math.inf
    if key == "keep_days":
        return all(type(days) is int and days >= 1 for days in value.values())
    if key == "port":
        return 0 < int(value) < 65536
    if key == "tls":
        return value in ("none", "starttls", "tls")
    if key == "from":
        return "@" in value and str(value).isprintable()
    return not isinstance(value, str) or bool(value.strip())


def _is_zone(name: str) -> bool:
    if name == "UTC":
        return True
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return False
    return True


def _as_toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a table"
    return "a list" if isinstance(value, list) else str(value)


def _span_of(key: str, source: Source) -> Span:
    """The place of `key` in the settings: the first line that starts with it."""
    for number, line in enumerate(source.lines, 1):
        bare = line.lstrip(" \"'[\t")
        if bare.startswith(key) and not bare[len(key) :][:1].isalnum():
            column = len(line) - len(bare) + 1
            return Span(source.name, number, column, number, column + len(key))
    return place(source.name)


def _bad_toml(message: str, source: Source) -> Problem:
    found = re.search(r"\(at line (\d+), column (\d+)\)", message)
    complaint = re.sub(r" \(at [^)]*\)$", "", message)
    complaint = complaint[:1].lower() + complaint[1:]
    complaint = complaint.replace("illegal character '\\n'", "the line ends inside quotes")
    line = int(found[1]) if found else len(source.lines)
    column = int(found[2]) if found else 1
    return BadSettings(span=Span(source.name, line, column, line, column + 1), complaint=complaint)


def _files(folder: Path, ending: str) -> tuple[Path, ...]:
    if not folder.is_dir():
        return ()
    return tuple(
        sorted(
            (path for path in folder.rglob(f"*{ending}") if path.is_file()),
            key=lambda path: path.relative_to(folder).as_posix(),
        )
    )
