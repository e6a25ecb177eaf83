"""What can be wrong with a store or with a name looked up in it."""

from __future__ import annotations

from cio_lang.problem import Problem, Report
from cio_lang.record import record


@record(kw_only=True)
class StoreMissing(Problem):
    """There is no store file."""

    code = "store-missing"
    path: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"There is no store at `{self.path}`.",
            "People, events and runs are kept in that file, and nothing has made it yet.",
            "run `cio apply` or `cio import` first",
        )


@record(kw_only=True)
class StoreLocked(Problem):
    """Another process writes to the store and did not finish in time."""

    code = "store-locked"
    path: str
    waited: float  # seconds

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"The store `{self.path}` is locked.",
            f"Another process holds it, and still did after {self.waited:g} seconds.",
            "wait until the other `cio` command has finished, or stop it, then run this again",
        )


@record(kw_only=True)
class NotAStore(Problem):
    """The file is something else."""

    code = "not-a-store"
    path: str
    found: str  # "a folder", "another program's database", "not a database"

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.path}` is not a store of cio.",
            f"It is {self.found}, and cio does not write into what it did not make.",
            "name another file as `store` in `cio.toml`, or move this one away",
        )


@record(kw_only=True)
class StoreNewer(Problem):
    """A later cio wrote the store."""

    code = "store-newer"
    path: str
    version: int
    known: int

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"The store `{self.path}` was written by a newer cio.",
            f"Its tables have version {self.version}; this cio knows them up to {self.known}.",
            "install a newer cio: `pip install --upgrade cio-lang`",
        )


@record(kw_only=True)
class StoreReadOnly(Problem):
    """The file or its folder cannot be written."""

    code = "store-read-only"
    path: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"The store `{self.path}` cannot be written.",
            "The file or its folder is read-only for you, and the store keeps its log beside it.",
            "give yourself the right to write to the folder and to the file",
        )


@record(kw_only=True)
class DiskFull(Problem):
    """There is no room for what had to be written."""

    code = "disk-full"
    path: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"The store `{self.path}` has no room left to write.",
            "The disk is full; what was being written has been taken back whole.",
            "make room on the disk and run the same command again",
        )


@record(kw_only=True)
class StoreDamaged(Problem):
    """The file cannot be read as what it was."""

    code = "store-damaged"
    path: str
    detail: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"The store `{self.path}` is damaged.",
            f"The database says: {self.detail}.",
            "restore the file from a backup, together with its `-wal` file if there is one",
        )


@record(kw_only=True)
class UnknownPerson(Problem):
    """Nobody has that key or that email."""

    code = "unknown-person"
    person: str
    suggestions: tuple[str, ...] = ()

    def report(self) -> Report:
        """What, why, one way out."""
        if self.suggestions:
            way = "write " + " or ".join(f"`{name}`" for name in self.suggestions)
        else:
            way = f"import them first, or say what they did: `{self.person} did signed_up`"
        return Report(
            f"There is nobody called `{self.person}`.",
            "People are found by their key in the store or by their email.",
            way,
        )


@record(kw_only=True)
class AmbiguousPerson(Problem):
    """Several people share the email."""

    code = "ambiguous-person"
    person: str
    keys: tuple[str, ...]

    def report(self) -> Report:
        """What, why, one way out."""
        shown = ", ".join(f"`{key}`" for key in self.keys[:5])
        more = f" and {len(self.keys) - 5} more" if len(self.keys) > 5 else ""
        return Report(
            f"`{self.person}` is the email of {len(self.keys)} people.",
            f"They are {shown}{more}; what is said must be about one of them.",
            f"name one by key, for example `{self.keys[0]}`",
        )


@record(kw_only=True)
class UnknownTemplate(Problem):
    """A message names a template that was never applied."""

    code = "template-not-applied"
    template: str
    suggestion: str | None

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"The template `{self.template}` is not in the store.",
            "A message is made from the templates of the last `cio apply`.",
            f"write `{self.suggestion}`"
            if self.suggestion
            else f"add `templates/{self.template}.email.md` and run `cio apply`",
        )


@record(kw_only=True)
class UnknownGraph(Problem):
    """A run is pinned to a journey version that the store does not have."""

    code = "graph-not-stored"
    digest: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"The journey version `{self.digest}` is not in the store.",
            "Someone may still be inside it, and runs finish in the version that they entered.",
            "restore the store from a backup that has it",
        )
