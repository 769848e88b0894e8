-- Where an import's facts begin; they end with its feed number. Unknown for imports recorded before this step.
ALTER TABLE import ADD COLUMN first_feed INTEGER;
-- An import that was undone keeps its line: who undid it, when, and the book's feed number after it.
ALTER TABLE import ADD COLUMN undone_by TEXT REFERENCES person (id);
ALTER TABLE import ADD COLUMN undone_at INTEGER;
ALTER TABLE import ADD COLUMN undone_feed INTEGER CHECK ((undone_feed IS NULL) = (undone_by IS NULL));

-- Facts that no longer count: those of one customer between two feed numbers. The facts themselves stay.
CREATE TABLE withdrawn (
    feed INTEGER PRIMARY KEY REFERENCES fact (feed),
    customer TEXT NOT NULL REFERENCES customer (id),
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    CHECK (first <= last AND last < feed)
) STRICT;
CREATE INDEX withdrawn_of_customer ON withdrawn (customer);

-- Whether money was applied to anything.
CREATE INDEX allocation_of_receipt ON allocation (receipt) WHERE receipt IS NOT NULL;
