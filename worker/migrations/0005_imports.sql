-- Files that people brought in: staged, where nobody sees anything of them, or recorded.
CREATE TABLE import (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('customers', 'receivables', 'receipts')),
    mode TEXT NOT NULL,
    -- The day of a list of open items.
    as_of TEXT CHECK (as_of IS date(as_of)),
    state TEXT NOT NULL CHECK (state IN ('staged', 'recorded')),
    person TEXT NOT NULL REFERENCES person (id),
    at INTEGER NOT NULL,
    -- How it was read, and what it comes to.
    file TEXT NOT NULL,
    preview TEXT NOT NULL,
    -- By what it was planned: as long as neither moves, the plan stands.
    planned_feed INTEGER NOT NULL,
    planned_on TEXT NOT NULL CHECK (planned_on IS date(planned_on)),
    plan_digest TEXT NOT NULL,
    -- The book's feed number after it was recorded.
    feed INTEGER,
    CHECK ((state = 'recorded') = (feed IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX import_by_age ON import (at);

-- Rows of a staged file, in parts.
CREATE TABLE import_part (
    import TEXT NOT NULL,
    part INTEGER NOT NULL,
    at INTEGER NOT NULL,
    rows TEXT NOT NULL,
    PRIMARY KEY (import, part)
) STRICT, WITHOUT ROWID;

-- What a staged file would record: customers' files, then facts, in order.
CREATE TABLE import_plan (
    import TEXT NOT NULL,
    part INTEGER NOT NULL,
    customers TEXT,
    facts TEXT,
    PRIMARY KEY (import, part),
    CHECK ((customers IS NULL) <> (facts IS NULL))
) STRICT, WITHOUT ROWID;

-- How files with known column names were read last, by the signature of the names.
CREATE TABLE import_mapping (
    source TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    document TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Files name customers by number, else by name.
CREATE INDEX customer_by_name ON customer (file ->> '$.name');
