-- The steps this book has been through.
CREATE TABLE schema (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL
) STRICT;

-- Whose book it is: one row.
CREATE TABLE book (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    demo INTEGER NOT NULL CHECK (demo IN (0, 1)),
    created_at TEXT NOT NULL
) STRICT;
