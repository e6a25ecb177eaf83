"""Where archived files are: a local folder, or a bucket that speaks S3.

Files are written once and never changed, so that a copy of one is as good as itself: what comes
from a bucket is kept in a folder beside the store and fetched once.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Protocol

from cio_lang.mistake import UserMistake, place
from cio_lang.record import record
from cio_lang.store.archive.problems import ArchiveUnreachable

if TYPE_CHECKING:
    from pyarrow.fs import FileSystem

FETCHED_AT_ONCE = 8


class Location(Protocol):
    """A place for files, each named by a path with `/`."""

    @property
    def where(self) -> str:
        """How messages name it."""

    def put(self, made: Path, name: str) -> None:
        """Keep the local file `made` (it may be moved away) under a name."""

    def local(self, names: Sequence[str]) -> list[Path]:
        """Local files with what is kept under these names."""

    def remove(self, name: str) -> None:
        """Forget a file; one that is not there is fine."""

    def names(self, older: float = 0) -> set[str]:
        """Every file there is that was written at least `older` seconds ago."""


@record
class Folder:
    """A local folder."""

    root: Path

    @property
    def where(self) -> str:
        """The folder."""
        return str(self.root)

    def put(self, made: Path, name: str) -> None:
        """Keep the file: it is there whole or not at all."""
        target = self.root / name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            _keep(made, target)
            directory = os.open(target.parent, os.O_RDONLY)
            try:
                os.fsync(directory)
            finally:
                os.close(directory)
        except OSError as error:
            raise _unreachable(self.where, error) from error

    def local(self, names: Sequence[str]) -> list[Path]:
        """The files themselves."""
        return [self.root / name for name in names]

    def remove(self, name: str) -> None:
        """Unlink it."""
        (self.root / name).unlink(missing_ok=True)

    def names(self, older: float = 0) -> set[str]:
        """Every Parquet file in it, whole or begun."""
        latest = time.time() - older
        return {
            path.relative_to(self.root).as_posix()
            for path in self.root.rglob("*.parquet*")
            if path.stat().st_mtime <= latest
        }


def _keep(made: Path, target: Path) -> None:
    """Move a file, also from another file system: under its name it is whole from the beginning."""
    part = target.with_name(f"{target.name}.part")
    shutil.move(made, part)
    with part.open("rb") as file:
        os.fsync(file.fileno())
    os.replace(part, target)


class Bucket:
    """A bucket of Amazon S3 or of what speaks like it, and the folder where its files are copied.

    Credentials, region and another endpoint are taken from the environment (`AWS_ACCESS_KEY_ID`,
    `AWS_SECRET_ACCESS_KEY`, `AWS_DEFAULT_REGION`, `AWS_ENDPOINT_URL`), as every tool of AWS does.
    """

    def __init__(self, url: str, copies: Path) -> None:
        self.where = url
        self._path = PurePosixPath(url.removeprefix("s3://").strip("/"))
        self._copies = copies
        self._files = _s3()

    def _at(self, name: str) -> str:
        return str(self._path / name)

    def put(self, made: Path, name: str) -> None:
        """Upload it; S3 shows an object only when all of it is there."""
        try:
            with made.open("rb") as source, self._files.open_output_stream(self._at(name)) as sink:
                shutil.copyfileobj(source, sink, 1 << 20)
        except OSError as error:
            raise _unreachable(self.where, error) from error
        copy = self._copies / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        _keep(made, copy)

    def local(self, names: Sequence[str]) -> list[Path]:
        """Copies of them, several fetched at once."""
        with ThreadPoolExecutor(FETCHED_AT_ONCE) as pool:
            return list(pool.map(self._fetched, names))

    def _fetched(self, name: str) -> Path:
        copy = self._copies / name
        if copy.exists():
            return copy
        copy.parent.mkdir(parents=True, exist_ok=True)
        part = copy.with_suffix(f".{os.getpid()}.part")
        try:
            with self._files.open_input_stream(self._at(name)) as source, part.open("wb") as sink:
                shutil.copyfileobj(source, sink, 1 << 20)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise _unreachable(self.where, error) from error
        os.replace(part, copy)
        return copy

    def remove(self, name: str) -> None:
        """Delete the object and its copy."""
        (self._copies / name).unlink(missing_ok=True)
        try:
            self._files.delete_file(self._at(name))
        except FileNotFoundError:
            return
        except OSError as error:
            raise _unreachable(self.where, error) from error

    def names(self, older: float = 0) -> set[str]:
        """Every Parquet file under the prefix."""
        from pyarrow.fs import FileSelector

        latest = time.time() - older
        selector = FileSelector(str(self._path), recursive=True, allow_not_found=True)
        try:
            found = self._files.get_file_info(selector)
        except OSError as error:
            raise _unreachable(self.where, error) from error
        return {
            str(PurePosixPath(each.path).relative_to(self._path))
            for each in found
            if each.path.endswith(".parquet") and (each.mtime_ns or 0) / 1e9 <= latest
        }


def _s3() -> FileSystem:
    from pyarrow.fs import S3FileSystem

    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    return S3FileSystem(endpoint_override=endpoint, region=region)


def open_location(where: str, root: Path) -> Location:
    """The place that `archive` in `cio.toml` names: a folder in `root`, or `s3://bucket/prefix`."""
    if where.startswith("s3://"):
        return Bucket(where, root / ".cio" / "archive")
    return Folder(root / where)


def _unreachable(where: str, error: OSError) -> UserMistake:
    detail = str(error).splitlines()[0][:200]
    return UserMistake(ArchiveUnreachable(span=place(where), where=where, detail=detail))
