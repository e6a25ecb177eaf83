"""Every table of a store, the same on SQLite and PostgreSQL.

Instants are whole microseconds since 1970-01-01 UTC.  JSON is text on SQLite and `jsonb` on
PostgreSQL.  What Python knows better than any database is worked out when a row is written and
stands beside it, so that one condition means the same in every engine:

`folded`  {name: casefolded text, or list of them} for those texts whose casefold differs;
`dates`   {name: instant} for those values that read as a date, in the zone of the person;
`changed` {name: instant at which the attribute got the value that it has}.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()

# SQLite gives row ids out only for a key that is called INTEGER.
_Id = BigInteger().with_variant(Integer(), "sqlite")
_Json = Text().with_variant(JSONB(none_as_null=True), "postgresql")


def _person(*, key: bool = False) -> Column[int]:
    return Column(
        "person",
        BigInteger,
        ForeignKey("people.id", ondelete="CASCADE"),
        nullable=False,
        primary_key=key,
        autoincrement=False,
    )


meta = Table(
    "meta",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

people = Table(
    "people",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    # `draw.lot` of the key, for good: what the draws of conditions put in order.
    Column("lot", BigInteger, nullable=False, server_default=text("0")),
    Column("timezone", Text),  # a zone that exists, or NULL: the workspace's
    Column("attributes", _Json, nullable=False, server_default=text("'{}'")),
    Column("folded", _Json),
    Column("dates", _Json),
    Column("changed", _Json, nullable=False, server_default=text("'{}'")),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    # An id is never given out twice: archived files go on naming people who are gone.
    sqlite_autoincrement=True,
)

identities = Table(
    "identities",
    metadata,
    # Every name but the person's own key: `key` (of people merged into this one), `email`, `phone`,
    # `device`, `anonymous`, `alias`; in its normal form (email casefolded, phone E.164).
    Column("kind", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    _person(),
    Column("since", BigInteger, nullable=False),
    Index("identities_of_person", "person"),
)

conflicts = Table(
    "conflicts",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("owner", BigInteger, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("claimant", BigInteger, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("settled_at", BigInteger),
    Column("how", Text),  # `merged`, `kept`, `moved`
    UniqueConstraint("kind", "value", "owner", "claimant"),
)

merges = Table(
    "merges",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("kept", BigInteger, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    # The person that was merged into `kept`: their id, which archived files still have, and key.
    Column("merged", BigInteger, nullable=False),
    Column("key", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("author", Text, nullable=False, server_default=text("''")),
    # All that is needed to tell what was whose: attributes before, identities, event uids.
    Column("before", _Json, nullable=False),
    Index("merges_of_kept", "kept"),
)

forgotten = Table(
    "forgotten",
    metadata,
    # A keyed hash of an identity, so that who asked to be forgotten is not written to again.
    Column("hash", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)

attribute_changes = Table(
    "attribute_changes",
    metadata,
    # The values that attributes had before the one that stands with the person, and since when.
    Column("id", _Id, primary_key=True),
    _person(),
    Column("name", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("value", _Json),  # NULL: it was taken away
    Index("attribute_changes_of_person", "person", "name", "at"),
)

events = Table(
    "events",
    metadata,
    Column("id", _Id, primary_key=True),
    _person(),
    Column("uid", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("properties", _Json, nullable=False, server_default=text("'{}'")),
    Column("folded", _Json),
    Column("dates", _Json),
    Column("handled", SmallInteger, nullable=False, server_default=text("0")),
    UniqueConstraint("person", "uid"),
    Index("events_of_person", "person", "name", "at"),
    Index("events_of_name", "name", "at", "person"),
    Index(
        "events_to_handle",
        "person",
        "at",
        sqlite_where=text("handled = 0"),
        postgresql_where=text("handled = 0"),
    ),
)

segments = Table(
    "segments",
    metadata,
    # The standing of each live segment: its size is exact, in the same transaction as its members.
    Column("segment", Text, primary_key=True),
    Column("digest", Text),  # of the document; NULL: kept by hand
    Column("size", BigInteger, nullable=False, server_default=text("0")),
    Column("since", BigInteger, nullable=False),
    Column("changed_at", BigInteger),
)

memberships = Table(
    "memberships",
    metadata,
    Column("segment", Text, primary_key=True),
    _person(key=True),
    Column("since", BigInteger, nullable=False),
    Index("memberships_of_person", "person"),
    sqlite_with_rowid=False,
)

membership_changes = Table(
    "membership_changes",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("segment", Text, nullable=False),
    _person(),
    Column("at", BigInteger, nullable=False),
    Column("entered", Boolean, nullable=False),
    # `event`, `attribute`, `time`, `hand`; or `redefined`, which starts no journey.
    Column("cause", Text, nullable=False),
    Index("membership_changes_of_person", "person", "at"),
    Index("membership_changes_of_segment", "segment", "at"),
)

segment_checks = Table(
    "segment_checks",
    metadata,
    # When time alone can next change whether the person is in the segment.
    Column("segment", Text, primary_key=True),
    _person(key=True),
    Column("at", BigInteger, nullable=False),
    Index("segment_checks_at", "at"),
    sqlite_with_rowid=False,
)

archives = Table(
    "archives",
    metadata,
    # The files that events were moved to: a row comes in the transaction that takes the events out.
    Column("file", Text, primary_key=True),
    Column("tier", Text, nullable=False),  # `warm`, `cold`
    Column("bucket", Integer, nullable=False),  # people whose id leaves this remainder
    Column("first_at", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
)

imports = Table(
    "imports",
    metadata,
    Column("id", Text, primary_key=True),  # digest of the file and of its mapping
    Column("file", Text, nullable=False),
    Column("done", BigInteger, nullable=False),  # rows that are stored or rejected
    Column("stored", BigInteger, nullable=False),
    Column("rejected", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("finished", Boolean, nullable=False, server_default=text("false")),
)

documents = Table(
    "documents",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
)

deployments = Table(
    "deployments",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("digest", Text, ForeignKey("documents.digest"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("applied_at", BigInteger, nullable=False),
    Column("author", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("active", SmallInteger, nullable=False, server_default=text("1")),
    UniqueConstraint("kind", "name", "version"),
    Index(
        "deployments_active",
        "kind",
        "name",
        unique=True,
        sqlite_where=text("active = 1"),
        postgresql_where=text("active = 1"),
    ),
)

standings = Table(
    "standings",
    metadata,
    _person(key=True),
    Column("journey", Text, primary_key=True),
    Column("matching", SmallInteger, nullable=False),
    sqlite_with_rowid=False,
)

runs = Table(
    "runs",
    metadata,
    Column("id", Text, primary_key=True),
    _person(),
    Column("journey", Text, nullable=False),
    Column("digest", Text, ForeignKey("documents.digest"), nullable=False),
    Column("entered_at", BigInteger, nullable=False),
    Column("entry_event", Text),  # the event's uid
    Column("node", Text),
    Column("visits", Text, nullable=False, server_default=text("'{}'")),
    Column("due_at", BigInteger),
    Column("status", Text, nullable=False),  # `live`, `finished`
    Column("reason", Text),
    Column("goal_at", BigInteger),
    Column("goal_until", BigInteger),
    Column("finished_at", BigInteger),
    Index("runs_of_person", "person", "journey", "entered_at"),
    Index("runs_of_journey", "journey", "status"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Text, primary_key=True),
    _person(),
    Column("run", Text, ForeignKey("runs.id", ondelete="CASCADE"), nullable=False),
    Column("journey", Text, nullable=False),
    Column("node", Text, nullable=False),
    Column("visit", Integer, nullable=False),
    Column("channels", Text, nullable=False),
    Column("channel", Text),
    Column("template", Text),
    Column("text", Text),
    Column("topic", Text),
    Column("made_at", BigInteger, nullable=False),
    # `queued`, `attempting`, `accepted`, `rejected`, `deferred`, `unknown`, `skipped`, `held`
    Column("status", Text, nullable=False),
    Column("reason", Text),
    Column("recipient", Text),
    Column("message", LargeBinary),  # the bytes handed over, kept for every retry
    Column("message_sha", Text),
    # Rises with every claim; whoever has an older one writes nothing.
    Column("fence", BigInteger, nullable=False, server_default=text("0")),
    Column("lease_until", BigInteger, nullable=False, server_default=text("0")),
    Column("not_before", BigInteger, nullable=False, server_default=text("0")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("message_id", Text),
    Column("settled_at", BigInteger),
    UniqueConstraint("run", "node", "visit"),
    Index(
        "outbox_waiting",
        "made_at",
        "id",
        sqlite_where=text("status IN ('queued', 'deferred')"),
        postgresql_where=text("status IN ('queued', 'deferred')"),
    ),
    Index(
        "outbox_attempting",
        "lease_until",
        sqlite_where=text("status = 'attempting'"),
        postgresql_where=text("status = 'attempting'"),
    ),
    Index("outbox_of_person", "person", "made_at"),
    Index("outbox_of_journey", "journey", "node", "status"),
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", _Id, primary_key=True),
    _person(),
    Column("run", Text),
    Column("journey", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("what", Text, nullable=False),
    Column("node", Text),
    Column("detail", Text, nullable=False, server_default=text("'{}'")),
    Index("decisions_of_person", "person", "at"),
)

due = Table(
    "due",
    metadata,
    # One row for each person that was ever looked at or has to be; `revision` rises with every
    # change that a step computed from an older state must not overwrite.
    _person(key=True),
    Column("at", BigInteger),
    Column("revision", BigInteger, nullable=False, server_default=text("0")),
    Index(
        "due_at",
        "at",
        sqlite_where=text("at IS NOT NULL"),
        postgresql_where=text("at IS NOT NULL"),
    ),
)
