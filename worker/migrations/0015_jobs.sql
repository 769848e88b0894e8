-- What the book does by itself on its alarm, and how that went. One row a job: a step that adds a job adds its row.
CREATE TABLE job (
    name TEXT PRIMARY KEY,
    -- When it last did what was due, in seconds since 1970.
    done_at INTEGER,
    -- When it last failed, how often in a row, and why, without what stood in anybody's file.
    failed_at INTEGER,
    failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
    error TEXT CHECK (length(error) <= 300),
    CHECK ((failures > 0) <= (failed_at IS NOT NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO job (name) VALUES ('retest');
