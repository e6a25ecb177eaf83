"""What can be wrong with a store or with a name looked up in it."""

from __future__ import annotations

from cio_lang.problem import Problem, Report
from cio_lang.record import record


@record(kw_only=True)
class StoreMissing(Problem):
    """There is no store file, or no schema of that name."""

    code = "store-missing"
    path: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"There is no store at `{self.path}`.",
            "People, events and runs are kept there, and nothing has made it yet.",
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
class StoreOlder(Problem):
    """An earlier cio wrote the store, and this command may only read."""

    code = "store-older"
    path: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"The store `{self.path}` was written by an earlier cio.",
            "Its tables have to be brought up to date first, and this command writes nothing.",
            "run `cio segments` once, which brings them up to date",
        )


@record(kw_only=True)
class StoreReadOnly(Problem):
    """The file or its folder cannot be written."""

    code = "store-read-only"
    path: str

    def report(self) -> Report:
        """What, why, one way out."""
        if "://" in self.path:
            return Report(
                f"The store `{self.path}` cannot be written.",
                "The database lets this user read, and nothing else.",
                "give the user the right to create and to write, or name another in the address",
            )
        return Report(
            f"The store `{self.path}` cannot be written.",
            "The file or its folder is read-only for you, and the store keeps its log beside it.",
            "give yourself the right to write to the folder and to the file",
        )


@record(kw_only=True)
class StoreUnreachable(Problem):
    """The database server does not answer, or does not let us in."""

    code = "store-unreachable"
    path: str  # the address without its password
    detail: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"The store `{self.path}` cannot be reached.",
            f"The database says: {self.detail.rstrip('.?')}.",
            "check that the database runs, and the address in `cio.toml` or in the environment",
        )


@record(kw_only=True)
class StoreNotNamed(Problem):
    """The environment is to say where the store is, and does not."""

    code = "store-not-named"
    variable: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.variable}` is not in the environment.",
            f"`cio.toml` says that the store is where `{self.variable}` says.",
            f"`export {self.variable}=postgresql://user:password@host/database?schema=name`",
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
            "restore the database from a backup"
            if "://" in self.path
            else "restore the file from a backup, together with its `-wal` file if there is one",
        )


@record(kw_only=True)
class RowRefused(Problem):
    """A row holds something that the store does not take; nothing of it is stored.

    Null bytes, halves of characters, numbers that are infinite or beyond 1,000,000,000,000,000,
    times outside of the years 1 to 9999, keys and ids over 512 bytes, more than 1,000 attributes,
    more than 256 KiB, values nested more than 32 deep.
    """

    code = "row-refused"
    row: str  # the person's key, as it can be shown
    fault: str
    way: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"What is to be stored of `{self.row}` cannot be: {self.fault}.",
            "A row is stored as it is or not at all, and means the same in every database.",
            self.way,
        )


@record(kw_only=True)
class NotErasedYet(Problem):
    """Somebody was forgotten, and what their rows stood on cannot be written anew yet.

    A process reads the store, or an older transaction in the same PostgreSQL database is open, and
    may still see what was there.
    """

    code = "not-erased-yet"
    path: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            "The rows are deleted; their bytes are not overwritten yet.",
            f"Another process that began before still reads `{self.path}`.",
            "run `cio forget`, without a name, when it has ended: it does the rest",
        )


@record(kw_only=True)
class ImportUnderWay(Problem):
    """Two processes import one file at the same time."""

    code = "import-under-way"
    path: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.path}` is being imported by another process.",
            "It has stored rows since this import began, and this one stored none of them again.",
            "wait for the other to end; the same command then does what is left",
        )


@record(kw_only=True)
class PersonForgotten(Problem):
    """Somebody who asked to be forgotten is to be stored again."""

    code = "person-forgotten"
    person: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.person}` asked to be forgotten.",
            "Nothing of them is stored, and nothing new will be.",
            f"if they have come back by themselves: `cio forget --lift {self.person}`",
        )


@record(kw_only=True)
class SamePerson(Problem):
    """Two names to merge are names of one person, perhaps since an earlier merge."""

    code = "same-person"
    one: str
    other: str
    person: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.one}` and `{self.other}` are one person already.",
            f"Both are names of `{self.person}`.",
            f"see what there is of them: `cio export {self.person}`",
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
            "People are found by their key, their email, their phone number or another name.",
            way,
        )


@record(kw_only=True)
class AmbiguousPerson(Problem):
    """Several people share the email or the phone number."""

    code = "ambiguous-person"
    person: str
    keys: tuple[str, ...]
    kind: str = "email"

    def report(self) -> Report:
        """What, why, one way out."""
        shown = ", ".join(f"`{key}`" for key in self.keys[:5])
        more = f" and {len(self.keys) - 5} more" if len(self.keys) > 5 else ""
        kind = "phone number" if self.kind == "phone" else self.kind
        return Report(
            f"`{self.person}` is the {kind} of {len(self.keys)} people.",
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
