-- Who has left stays: what they did needs somebody who did it.
ALTER TABLE person ADD COLUMN active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1));
-- A program's token is a person of its own.
ALTER TABLE person ADD COLUMN token INTEGER NOT NULL DEFAULT 0 CHECK (token IN (0, 1));
-- The feed number at which their role changed: a device that knows less gets everything anew.
ALTER TABLE person ADD COLUMN sight_feed INTEGER NOT NULL DEFAULT 0;

-- What makes digests of this book's logins, addresses and codes its own; made when the step is taken.
ALTER TABLE book ADD COLUMN pepper TEXT NOT NULL DEFAULT '';

-- Passwords, in the PHC string format. They never leave the book.
CREATE TABLE password (
    person TEXT PRIMARY KEY REFERENCES person (id),
    hash TEXT NOT NULL CHECK (hash LIKE '$argon2id$%'),
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Second factors: the secret, since when it is asked for, and the step of the last code, so that none is good twice.
CREATE TABLE second_factor (
    person TEXT PRIMARY KEY REFERENCES person (id),
    secret TEXT NOT NULL,
    confirmed_at INTEGER,
    last_step INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE recovery_code (
    person TEXT NOT NULL REFERENCES person (id),
    digest TEXT NOT NULL,
    spent_at INTEGER,
    PRIMARY KEY (person, digest)
) STRICT, WITHOUT ROWID;

-- How often something was tried of late, and until when it must not be tried again. Keys are digests.
CREATE TABLE throttle (
    key TEXT PRIMARY KEY,
    count INTEGER NOT NULL,
    at INTEGER NOT NULL,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX throttle_by_age ON throttle (at);
-- From where somebody came in before. Keys are digests.
CREATE TABLE known_address (
    key TEXT PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What a link does.
ALTER TABLE link ADD COLUMN purpose TEXT NOT NULL DEFAULT 'enter' CHECK (purpose IN ('enter', 'join'));
CREATE INDEX link_of_person ON link (person);
-- What the browser called itself.
ALTER TABLE session ADD COLUMN agent TEXT;
CREATE INDEX session_of_person ON session (person);

-- Tokens of programs. Of a token only its SHA-256 is kept.
CREATE TABLE api_token (
    digest TEXT PRIMARY KEY,
    person TEXT NOT NULL UNIQUE REFERENCES person (id),
    operations TEXT NOT NULL,
    made_by TEXT NOT NULL REFERENCES person (id),
    made_at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    revoked_at INTEGER,
    seen_at INTEGER
) STRICT, WITHOUT ROWID;
