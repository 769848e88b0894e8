-- The steps this book has been through.
CREATE TABLE schema (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL
) STRICT;

-- Whose book it is, and how far it has come: one row.
CREATE TABLE book (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    name_en TEXT,
    currency TEXT NOT NULL,
    utc_offset_minutes INTEGER NOT NULL CHECK (utc_offset_minutes BETWEEN -840 AND 840),
    -- A demo book's date stands still at this day.
    demo_today TEXT CHECK (demo_today IS date(demo_today)),
    created_at TEXT NOT NULL,
    -- The newest feed number given out: to a fact, a version of a file, a rate, a policy, a change of sight.
    feed INTEGER NOT NULL DEFAULT 0 CHECK (feed >= 0)
) STRICT;
