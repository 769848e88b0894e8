-- The policy's versions. The one in force is the one approved last.
CREATE TABLE policy_version (
    version INTEGER PRIMARY KEY,
    digest TEXT NOT NULL,
    document TEXT NOT NULL,
    -- Absent: the policy that the book began with.
    drafted_by TEXT REFERENCES person (id),
    drafted_at INTEGER NOT NULL,
    approved_by TEXT REFERENCES person (id),
    approved_at INTEGER,
    -- When the book learned that it is in force.
    feed INTEGER UNIQUE,
    CHECK ((approved_at IS NULL) = (feed IS NULL)),
    -- Nobody approves what they drafted.
    CHECK (approved_by IS NULL OR approved_by IS NOT drafted_by)
) STRICT;
CREATE TRIGGER policy_version_stays BEFORE UPDATE OF version, digest, document, drafted_by, drafted_at ON policy_version
    BEGIN SELECT RAISE(ABORT, 'a version of the policy never changes'); END;
CREATE TRIGGER policy_version_is_kept BEFORE DELETE ON policy_version
    BEGIN SELECT RAISE(ABORT, 'a version of the policy never changes'); END;

-- Decisions as they were made: the bytes that their digest is over, and the replay's input.
CREATE TABLE decision (
    id TEXT PRIMARY KEY,
    customer TEXT NOT NULL REFERENCES customer (id),
    kind TEXT NOT NULL CHECK (kind IN ('order_check', 'assessment')),
    date TEXT NOT NULL,
    policy_version INTEGER NOT NULL REFERENCES policy_version (version),
    digest TEXT NOT NULL,
    document TEXT NOT NULL,
    -- The book's feed number when it was made.
    feed INTEGER NOT NULL
) STRICT;
CREATE INDEX decision_of_customer ON decision (customer, kind, feed);
CREATE TRIGGER decision_stays BEFORE UPDATE ON decision BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER decision_is_kept BEFORE DELETE ON decision BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;

-- Orders that were put to the book, and what became of them.
CREATE TABLE order_entry (
    id TEXT PRIMARY KEY,
    customer TEXT NOT NULL REFERENCES customer (id),
    status TEXT NOT NULL CHECK (status IN ('confirmed', 'held', 'refused', 'cancelled')),
    decision TEXT NOT NULL REFERENCES decision (id),
    date TEXT NOT NULL,
    -- The order as it was asked for, and the answer that was given.
    document TEXT NOT NULL,
    confirmation TEXT NOT NULL,
    feed INTEGER NOT NULL
) STRICT;
CREATE INDEX order_entry_of_customer ON order_entry (customer, feed);

-- What an assessment would look at, as it was last read. Droppable: it is read again when anything that it stands on moved.
CREATE TABLE evidence (
    customer TEXT PRIMARY KEY REFERENCES customer (id),
    -- The digest over what it was read from.
    basis TEXT NOT NULL,
    document TEXT NOT NULL
) STRICT;
