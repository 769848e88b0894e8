-- Who may sign in. A customer's portal is a person of its own, so that everything done has someone who did it.
CREATE TABLE person (
    id TEXT PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    customer TEXT UNIQUE,
    -- When the book learned of them; zero for a portal, of whom no device is told.
    feed INTEGER NOT NULL,
    CHECK ((role = 'customer') = (customer IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- Links that open a door once. Of a token only its SHA-256 is kept.
CREATE TABLE link (
    digest TEXT PRIMARY KEY,
    door TEXT NOT NULL CHECK (door IN ('field', 'desk', 'portal')),
    person TEXT NOT NULL REFERENCES person (id),
    made_at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    spent_at INTEGER,
    -- The write that made it: its repetition makes another link and ends this one.
    key TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX link_of_key ON link (key) WHERE key IS NOT NULL;

-- Who is signed in. It ends when it is not used, when its time is over, or when someone ends it.
CREATE TABLE session (
    digest TEXT PRIMARY KEY,
    door TEXT NOT NULL CHECK (door IN ('field', 'desk', 'portal')),
    person TEXT NOT NULL REFERENCES person (id),
    made_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    ended_at INTEGER
) STRICT, WITHOUT ROWID;

-- Every write that was answered, by the key that its maker gave it, so that a retry gets the same answer.
CREATE TABLE idempotency (
    key TEXT PRIMARY KEY,
    person TEXT NOT NULL REFERENCES person (id),
    -- SHA-256 over method, path and body.
    request TEXT NOT NULL,
    status INTEGER NOT NULL,
    -- Absent when the answer holds a secret, which is not kept.
    answer TEXT,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX idempotency_by_age ON idempotency (at);

-- Who did what, when, to whom.
CREATE TABLE audit (
    number INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    person TEXT NOT NULL REFERENCES person (id),
    role TEXT NOT NULL,
    operation TEXT NOT NULL,
    subject TEXT,
    -- The book's feed number after it.
    feed INTEGER NOT NULL
) STRICT;
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
