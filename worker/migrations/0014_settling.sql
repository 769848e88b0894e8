-- Ledgers that sums alone don't tell: money came back or a bill was refused, something was written off or recovered, a
-- document is on instalments or disputed in part. What follows from them is read from their facts, whole.
CREATE TABLE settling (
    customer TEXT PRIMARY KEY REFERENCES customer (id)
) STRICT, WITHOUT ROWID;

-- What such a ledger says besides: bills that can come back, what stands by itself, disputes that were accepted.
ALTER TABLE standing ADD COLUMN parts TEXT;

-- Write-offs that were asked for, with what is said to them. An approved one is a fact of the ledger.
CREATE TABLE write_off (
    id TEXT PRIMARY KEY,
    customer TEXT NOT NULL REFERENCES customer (id),
    item TEXT NOT NULL REFERENCES item (id),
    currency TEXT NOT NULL,
    minor INTEGER NOT NULL CHECK (minor > 0),
    reason TEXT NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    asked_by TEXT NOT NULL REFERENCES person (id),
    asked TEXT NOT NULL CHECK (asked IS date(asked)),
    feed INTEGER NOT NULL UNIQUE,
    ended TEXT CHECK (ended IN ('approved', 'refused'))
) STRICT, WITHOUT ROWID;
CREATE INDEX write_off_of_customer ON write_off (customer);
CREATE UNIQUE INDEX write_off_waits ON write_off (item) WHERE ended IS NULL;
CREATE TRIGGER write_off_is_kept BEFORE DELETE ON write_off
    BEGIN SELECT RAISE(ABORT, 'what was asked for is kept'); END;

CREATE TABLE write_off_word (
    write_off TEXT NOT NULL REFERENCES write_off (id),
    feed INTEGER NOT NULL,
    person TEXT NOT NULL REFERENCES person (id),
    date TEXT NOT NULL CHECK (date IS date(date)),
    agrees INTEGER NOT NULL CHECK (agrees IN (0, 1)),
    reason TEXT NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    PRIMARY KEY (write_off, feed)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER write_off_word_stays BEFORE UPDATE ON write_off_word
    BEGIN SELECT RAISE(ABORT, 'what was said stays'); END;
CREATE TRIGGER write_off_word_is_kept BEFORE DELETE ON write_off_word
    BEGIN SELECT RAISE(ABORT, 'what was said stays'); END;
