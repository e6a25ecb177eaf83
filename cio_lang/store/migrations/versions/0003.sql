-- What the tables of version 2, which were on SQLite alone, lack.

DROP INDEX people_email;
ALTER TABLE people ADD COLUMN lot BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE people ADD COLUMN timezone TEXT;
ALTER TABLE people ADD COLUMN folded TEXT;
ALTER TABLE people ADD COLUMN dates TEXT;
ALTER TABLE people ADD COLUMN changed TEXT NOT NULL DEFAULT '{}';
-- Ids of people who are gone are not given out again.  AUTOINCREMENT changes nothing in how the rows
-- are stored; the table of sequences comes with the first table that has one.
CREATE TABLE changed (x INTEGER PRIMARY KEY AUTOINCREMENT);
PRAGMA writable_schema = ON;
UPDATE sqlite_schema
   SET sql = replace(sql, 'INTEGER PRIMARY KEY', 'INTEGER PRIMARY KEY AUTOINCREMENT')
 WHERE type = 'table' AND name = 'people';
DROP TABLE changed;
PRAGMA writable_schema = RESET;
INSERT INTO sqlite_sequence (name, seq) SELECT 'people', max(id) FROM people;
ALTER TABLE events ADD COLUMN folded TEXT;
ALTER TABLE events ADD COLUMN dates TEXT;
DROP INDEX events_of_name;
CREATE INDEX events_of_name ON events (name, at, person);

CREATE TABLE archives (
  file TEXT NOT NULL,
  tier TEXT NOT NULL,
  bucket INTEGER NOT NULL,
  first_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  rows BIGINT NOT NULL,
  bytes BIGINT NOT NULL,
  sha256 TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  PRIMARY KEY (file)
);

CREATE TABLE forgotten (
  hash TEXT NOT NULL,
  kind TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (hash)
);

CREATE TABLE imports (
  id TEXT NOT NULL,
  file TEXT NOT NULL,
  done BIGINT NOT NULL,
  stored BIGINT NOT NULL,
  rejected BIGINT NOT NULL,
  at BIGINT NOT NULL,
  finished BOOLEAN DEFAULT false NOT NULL,
  PRIMARY KEY (id)
);

CREATE TABLE meta (
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (name)
);

CREATE TABLE segments (
  segment TEXT NOT NULL,
  digest TEXT,
  size BIGINT DEFAULT 0 NOT NULL,
  since BIGINT NOT NULL,
  changed_at BIGINT,
  PRIMARY KEY (segment)
);

CREATE TABLE attribute_changes (
  id INTEGER NOT NULL,
  person BIGINT NOT NULL,
  name TEXT NOT NULL,
  at BIGINT NOT NULL,
  value TEXT,
  PRIMARY KEY (id),
  FOREIGN KEY(person) REFERENCES people (id) ON DELETE CASCADE
);
CREATE INDEX attribute_changes_of_person ON attribute_changes (person, name, at);

CREATE TABLE conflicts (
  id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  owner BIGINT NOT NULL,
  claimant BIGINT NOT NULL,
  at BIGINT NOT NULL,
  settled_at BIGINT,
  how TEXT,
  PRIMARY KEY (id),
  UNIQUE (kind, value, owner, claimant),
  FOREIGN KEY(owner) REFERENCES people (id) ON DELETE CASCADE,
  FOREIGN KEY(claimant) REFERENCES people (id) ON DELETE CASCADE
);

CREATE TABLE identities (
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  person BIGINT NOT NULL,
  since BIGINT NOT NULL,
  PRIMARY KEY (kind, value),
  FOREIGN KEY(person) REFERENCES people (id) ON DELETE CASCADE
);
CREATE INDEX identities_of_person ON identities (person);

CREATE TABLE membership_changes (
  id INTEGER NOT NULL,
  segment TEXT NOT NULL,
  person BIGINT NOT NULL,
  at BIGINT NOT NULL,
  entered BOOLEAN NOT NULL,
  cause TEXT NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(person) REFERENCES people (id) ON DELETE CASCADE
);
CREATE INDEX membership_changes_of_person ON membership_changes (person, at);
CREATE INDEX membership_changes_of_segment ON membership_changes (segment, at);

CREATE TABLE memberships (
  segment TEXT NOT NULL,
  person BIGINT NOT NULL,
  since BIGINT NOT NULL,
  PRIMARY KEY (segment, person),
  FOREIGN KEY(person) REFERENCES people (id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX memberships_of_person ON memberships (person);

CREATE TABLE merges (
  id INTEGER NOT NULL,
  kept BIGINT NOT NULL,
  merged BIGINT NOT NULL,
  "key" TEXT NOT NULL,
  at BIGINT NOT NULL,
  author TEXT DEFAULT '' NOT NULL,
  "before" TEXT NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(kept) REFERENCES people (id) ON DELETE CASCADE
);
CREATE INDEX merges_of_kept ON merges (kept);

CREATE TABLE segment_checks (
  segment TEXT NOT NULL,
  person BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (segment, person),
  FOREIGN KEY(person) REFERENCES people (id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX segment_checks_at ON segment_checks (at);

-- The first of those who share an email has it; the others are in line.
INSERT INTO identities (kind, value, person, since)
  SELECT 'email', email, min(id), created_at FROM people WHERE email IS NOT NULL GROUP BY email;
INSERT INTO conflicts (kind, value, owner, claimant, at)
  SELECT i.kind, i.value, i.person, p.id, p.created_at
  FROM people p JOIN identities i ON i.kind = 'email' AND i.value = p.email
  WHERE i.person <> p.id;
ALTER TABLE people DROP COLUMN email;

-- Since when a value is there was not written down; not later than the last change.
UPDATE people SET changed =
  (SELECT json_group_object(a.key, people.updated_at) FROM json_each(people.attributes) a);
