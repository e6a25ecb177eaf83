-- What cio 0.1 of November 2026 wrote: `sqlite3 cio.db .dump`, with the pragmas of its header.
PRAGMA application_id = 1667854129;
PRAGMA user_version = 2;
BEGIN TRANSACTION;
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
INSERT INTO "deployments" VALUES(1,'journey','greet','sha256:7b1cbdb7f26cc9e265ef42df176ac91dcb768ec9e29b47c97a8e869c3dd2112f',1,1772362800000000,'','',1);
CREATE TABLE documents (
  digest TEXT PRIMARY KEY,
  kind   TEXT NOT NULL,
  name   TEXT NOT NULL,
  title  TEXT NOT NULL,
  body   TEXT NOT NULL
);
INSERT INTO "documents" VALUES('sha256:7b1cbdb7f26cc9e265ef42df176ac91dcb768ec9e29b47c97a8e869c3dd2112f','journey','greet','Greet','cio: 1
kind: journey
name: greet
title: Greet
source:
  file: journeys/a.journey
  digest: sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
behaviour: sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
entry: {event: signed_up}
reentry: {allow: every_time}
start: hello
nodes: {hello: {send: {channels: [push, email], text: "Hi, there"}}}
');
CREATE TABLE due (
  person   INTEGER PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,
  at       INTEGER,
  revision INTEGER NOT NULL DEFAULT 0
);
INSERT INTO "due" VALUES(1,1772348400000000,5);
INSERT INTO "due" VALUES(2,1772337600000000,2);
INSERT INTO "due" VALUES(3,1772362800000000,2);
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
INSERT INTO "events" VALUES(1,1,'o-1','order_placed',1772348400000000,1772348400000000,'{"amount":12.5,"Coupon":"SUMMER"}',0);
INSERT INTO "events" VALUES(2,1,'ce6427aff493999c','order_placed',1772352000000000,1772352000000000,'{"amount":1,"ship_on":"2026-03-05"}',0);
INSERT INTO "events" VALUES(3,2,'20935c8de41069a7','signed_up',1772355600000000,1772355600000000,'{}',0);
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
INSERT INTO "outbox" VALUES('m-run-1',1,'run-1','greet','hello',1,'["push", "email"]',NULL,NULL,'Hi, there',NULL,1772366400000000,'queued',NULL,NULL,NULL,NULL,0,0,0,0,NULL,NULL);
CREATE TABLE people (
  id         INTEGER PRIMARY KEY,
  key        TEXT NOT NULL UNIQUE,
  email      TEXT,                          -- the attribute `email`, case folded
  attributes TEXT NOT NULL DEFAULT '{}',
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);
INSERT INTO "people" VALUES(1,'ann','ann@example.com','{"email":"ann@example.com","plan":"Pro","seats":4,"trial_ends_at":"2026-03-14"}',1772334000000000,1772366400000000);
INSERT INTO "people" VALUES(2,'bob','ann@example.com','{"email":"ann@example.com","phone":"+49 170 1234567","city":"Köln","timezone":"Asia/Tokyo"}',1772337600000000,1772337600000000);
INSERT INTO "people" VALUES(3,'cid',NULL,'{}',1772366400000000,1772366400000000);
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
INSERT INTO "runs" VALUES('run-1',1,'greet','sha256:7b1cbdb7f26cc9e265ef42df176ac91dcb768ec9e29b47c97a8e869c3dd2112f',1772366400000000,NULL,'hello','{"hello":1}',NULL,'live',NULL,NULL,NULL,NULL);
CREATE TABLE standings (
  person   INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  journey  TEXT NOT NULL,
  matching INTEGER NOT NULL,
  PRIMARY KEY (person, journey)
) WITHOUT ROWID;
CREATE INDEX people_email ON people (email) WHERE email IS NOT NULL;
CREATE INDEX events_of_person ON events (person, name, at);
CREATE INDEX events_of_name ON events (name, at);
CREATE INDEX events_to_handle ON events (person, at) WHERE handled = 0;
CREATE UNIQUE INDEX deployments_active ON deployments (kind, name) WHERE active = 1;
CREATE INDEX runs_of_person ON runs (person, journey, entered_at);
CREATE INDEX runs_of_journey ON runs (journey, status);
CREATE INDEX outbox_waiting ON outbox (made_at, id) WHERE status IN ('queued', 'deferred');
CREATE INDEX outbox_attempting ON outbox (lease_until) WHERE status = 'attempting';
CREATE INDEX outbox_of_person ON outbox (person, made_at);
CREATE INDEX outbox_of_journey ON outbox (journey, node, status);
CREATE INDEX decisions_of_person ON decisions (person, at);
CREATE INDEX due_at ON due (at) WHERE at IS NOT NULL;
COMMIT;
