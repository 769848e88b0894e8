-- Pieces of customers' files: the version of each that stands. The trigger below keeps it in step.
CREATE TABLE piece (
    id TEXT PRIMARY KEY,
    customer TEXT NOT NULL REFERENCES customer (id),
    kind TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    feed INTEGER NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('stands', 'withdrawn', 'erased'))
) STRICT, WITHOUT ROWID;
CREATE INDEX piece_of_customer ON piece (customer, feed);
CREATE INDEX piece_that_binds ON piece (kind, customer) WHERE kind IN ('relation', 'responsible', 'group_limit');

-- All versions of the pieces.
CREATE TABLE piece_version (
    feed INTEGER PRIMARY KEY,
    piece TEXT NOT NULL,
    customer TEXT NOT NULL REFERENCES customer (id),
    kind TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    state TEXT NOT NULL CHECK (state IN ('stands', 'withdrawn', 'erased')),
    -- From when it holds; the day it was written down, where it has none of its own.
    dated TEXT NOT NULL CHECK (dated IS date(dated)),
    recorded TEXT NOT NULL CHECK (recorded IS date(recorded)),
    person TEXT NOT NULL REFERENCES person (id),
    -- What it says. That of a piece about a person stands apart, and here is the digest over salt and value.
    body TEXT CHECK (json_valid(body) AND body ->> '$.kind' = kind AND length(body) <= 65536),
    personal TEXT CHECK (length(personal) = 64),
    reason TEXT CHECK (length(reason) BETWEEN 1 AND 500),
    UNIQUE (piece, version),
    CHECK ((state = 'stands') = ((body IS NULL) <> (personal IS NULL))),
    CHECK ((state = 'stands') = (reason IS NULL))
) STRICT;
CREATE TRIGGER piece_version_follows BEFORE INSERT ON piece_version
    WHEN NEW.version <> 1 + coalesce((SELECT version FROM piece WHERE id = NEW.piece), 0)
        OR (NEW.version = 1 AND NEW.state <> 'stands')
        OR EXISTS (
            SELECT 1 FROM piece WHERE id = NEW.piece AND (
                customer <> NEW.customer OR kind <> NEW.kind OR state = 'erased'
                OR (state = 'withdrawn' AND NEW.state <> 'erased')
            )
        )
    BEGIN SELECT RAISE(ABORT, 'a version follows on the one before'); END;
CREATE TRIGGER piece_version_stands AFTER INSERT ON piece_version BEGIN
    INSERT INTO piece (id, customer, kind, version, feed, state)
    VALUES (NEW.piece, NEW.customer, NEW.kind, NEW.version, NEW.feed, NEW.state)
    ON CONFLICT (id) DO UPDATE SET version = excluded.version, feed = excluded.feed, state = excluded.state;
END;
CREATE TRIGGER piece_version_stays BEFORE UPDATE ON piece_version
    BEGIN SELECT RAISE(ABORT, 'versions are append-only'); END;
CREATE TRIGGER piece_version_is_kept BEFORE DELETE ON piece_version
    BEGIN SELECT RAISE(ABORT, 'versions are append-only'); END;
CREATE TRIGGER piece_is_kept BEFORE DELETE ON piece BEGIN SELECT RAISE(ABORT, 'pieces are kept'); END;

-- Personal data of versions, with its salt. Erasing a row leaves the versions whole.
CREATE TABLE piece_personal (
    feed INTEGER PRIMARY KEY REFERENCES piece_version (feed),
    salt TEXT NOT NULL,
    value TEXT NOT NULL CHECK (json_valid(value) AND length(value) <= 65536)
) STRICT;
CREATE TRIGGER piece_personal_stays BEFORE UPDATE ON piece_personal
    BEGIN SELECT RAISE(ABORT, 'personal data is kept or erased'); END;

-- Steps in a customer's life: asked for by one person, decided by another.
CREATE TABLE step (
    id TEXT PRIMARY KEY,
    customer TEXT NOT NULL REFERENCES customer (id),
    from_stage TEXT NOT NULL,
    to_stage TEXT NOT NULL CHECK (to_stage <> from_stage),
    reason TEXT NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    asked_by TEXT NOT NULL REFERENCES person (id),
    asked TEXT NOT NULL CHECK (asked IS date(asked)),
    feed INTEGER NOT NULL UNIQUE,
    approved INTEGER CHECK (approved IN (0, 1)),
    decided_by TEXT REFERENCES person (id) CHECK (decided_by <> asked_by),
    decided TEXT CHECK (decided IS date(decided)),
    decided_reason TEXT CHECK (length(decided_reason) BETWEEN 1 AND 500),
    CHECK ((approved IS NULL) = (decided_by IS NULL)),
    CHECK ((approved IS NULL) = (decided IS NULL)),
    CHECK ((approved IS NULL) = (decided_reason IS NULL))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX step_waiting ON step (customer) WHERE approved IS NULL;
CREATE INDEX step_of_customer ON step (customer, feed);
CREATE TRIGGER step_stays BEFORE UPDATE ON step
    WHEN OLD.approved IS NOT NULL OR NEW.id <> OLD.id OR NEW.customer <> OLD.customer OR NEW.from_stage <> OLD.from_stage
        OR NEW.to_stage <> OLD.to_stage OR NEW.reason <> OLD.reason OR NEW.asked_by <> OLD.asked_by
        OR NEW.asked <> OLD.asked OR NEW.feed <> OLD.feed
    BEGIN SELECT RAISE(ABORT, 'a step is decided once'); END;
CREATE TRIGGER step_is_kept BEFORE DELETE ON step BEGIN SELECT RAISE(ABORT, 'steps are kept'); END;

-- The parts of standings that follow from files and groups: on which day, by which version of the policy and up to which
-- rate they were read last. An absent day: something that they follow from has moved since, and whoever looks reads anew.
CREATE TABLE further (
    customer TEXT PRIMARY KEY REFERENCES customer (id),
    as_of TEXT CHECK (as_of IS date(as_of)),
    policy INTEGER,
    rates INTEGER,
    -- The version that stands; absent while nothing is kept.
    feed INTEGER
) STRICT, WITHOUT ROWID;
-- What was kept, from which feed number on: what a device that came so far knew.
CREATE TABLE further_version (
    customer TEXT NOT NULL REFERENCES customer (id),
    feed INTEGER NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (customer, feed)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER further_version_stays BEFORE UPDATE ON further_version
    BEGIN SELECT RAISE(ABORT, 'versions are append-only'); END;

-- Who belongs together, by who controls them in the end; whoever stands alone isn't here.
CREATE TABLE group_member (
    customer TEXT PRIMARY KEY REFERENCES customer (id),
    head TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX group_member_of ON group_member (head);
