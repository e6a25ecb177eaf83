-- Instants are integer microseconds since 1970-01-01 UTC; JSON is text without blanks.

CREATE TABLE people (
  id         INTEGER PRIMARY KEY,
  key        TEXT NOT NULL UNIQUE,
  email      TEXT,                          -- the attribute `email`, case folded
  attributes TEXT NOT NULL DEFAULT '{}',
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);
CREATE INDEX people_email ON people (email) WHERE email IS NOT NULL;

CREATE TABLE events (
  id          INTEGER PRIMARY KEY,
  person      INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  uid         TEXT NOT NULL,
  name        TEXT NOT NULL,
  at          INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  properties  TEXT NOT NULL DEFAULT '{}',
  handled     INTEGER NOT NULL DEFAULT 0,
  UNIQUE (person, uid)
);
CREATE INDEX events_of_person ON events (person, name, at);
CREATE INDEX events_of_name ON events (name, at);
CREATE INDEX events_to_handle ON events (person, at) WHERE handled = 0;

CREATE TABLE documents (
  digest TEXT PRIMARY KEY,
  kind   TEXT NOT NULL CHECK (kind IN ('journey', 'segment', 'template')),
  name   TEXT NOT NULL,
  title  TEXT NOT NULL,
  body   TEXT NOT NULL
);

CREATE TABLE deployments (
  id         INTEGER PRIMARY KEY,
  kind       TEXT NOT NULL,
  name       TEXT NOT NULL,
  digest     TEXT NOT NULL REFERENCES documents (digest),
  version    INTEGER NOT NULL,
  applied_at INTEGER NOT NULL,
  author     TEXT NOT NULL,
  note       TEXT NOT NULL,
  active     INTEGER NOT NULL DEFAULT 1,
  UNIQUE (kind, name, version)
);
CREATE UNIQUE INDEX deployments_active ON deployments (kind, name) WHERE active = 1;

CREATE TABLE standings (
  person   INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  journey  TEXT NOT NULL,
  matching INTEGER NOT NULL,
  PRIMARY KEY (person, journey)
) WITHOUT ROWID;

CREATE TABLE runs (
  id          TEXT PRIMARY KEY,
  person      INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  journey     TEXT NOT NULL,
  digest      TEXT NOT NULL REFERENCES documents (digest),
  entered_at  INTEGER NOT NULL,
  entry_event TEXT,                         -- the event's uid
  node        TEXT,
  visits      TEXT NOT NULL DEFAULT '{}',
  due_at      INTEGER,
  status      TEXT NOT NULL CHECK (status IN ('live', 'finished')),
  reason      TEXT,
  goal_at     INTEGER,
  goal_until  INTEGER,
  finished_at INTEGER
);
CREATE INDEX runs_of_person ON runs (person, journey, entered_at);
CREATE INDEX runs_of_journey ON runs (journey, status);

CREATE TABLE outbox (
  id          TEXT PRIMARY KEY,
  person      INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  run         TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  journey     TEXT NOT NULL,
  node        TEXT NOT NULL,
  visit       INTEGER NOT NULL,
  channels    TEXT NOT NULL,
  channel     TEXT,
  template    TEXT,
  text        TEXT,
  topic       TEXT,
  made_at     INTEGER NOT NULL,
  status      TEXT NOT NULL CHECK (status IN
    ('queued', 'attempting', 'accepted', 'rejected', 'deferred', 'unknown', 'skipped')),
  reason      TEXT,
  recipient   TEXT,
  message     BLOB,                         -- the bytes handed over, kept for every retry
  message_sha TEXT,
  fence       INTEGER NOT NULL DEFAULT 0,   -- rises with every claim; older ones write nothing
  lease_until INTEGER NOT NULL DEFAULT 0,
  not_before  INTEGER NOT NULL DEFAULT 0,
  attempts    INTEGER NOT NULL DEFAULT 0,
  message_id  TEXT,
  settled_at  INTEGER,
  UNIQUE (run, node, visit)
);
CREATE INDEX outbox_waiting ON outbox (made_at, id) WHERE status IN ('queued', 'deferred');
CREATE INDEX outbox_attempting ON outbox (lease_until) WHERE status = 'attempting';
CREATE INDEX outbox_of_person ON outbox (person, made_at);
CREATE INDEX outbox_of_journey ON outbox (journey, node, status);

CREATE TABLE decisions (
  id      INTEGER PRIMARY KEY,
  person  INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  run     TEXT,
  journey TEXT NOT NULL,
  at      INTEGER NOT NULL,
  what    TEXT NOT NULL,
  node    TEXT,
  detail  TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX decisions_of_person ON decisions (person, at);

-- One row per person that was ever looked at or has to be; `revision` rises with every change that
-- a step computed from an older state must not overwrite.
CREATE TABLE due (
  person   INTEGER PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,
  at       INTEGER,
  revision INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX due_at ON due (at) WHERE at IS NOT NULL;
