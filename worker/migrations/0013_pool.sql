-- Banks' files: staged, where nobody sees anything of them, or recorded.
CREATE TABLE bank_file (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    digest TEXT NOT NULL CHECK (length(digest) = 64),
    format TEXT NOT NULL CHECK (format IN ('mt940', 'camt053', 'table')),
    state TEXT NOT NULL CHECK (state IN ('staged', 'recorded')),
    person TEXT NOT NULL REFERENCES person (id),
    at INTEGER NOT NULL,
    -- All about it but its entries, and what it would do.
    file TEXT NOT NULL,
    preview TEXT NOT NULL,
    -- How many receipts it brought, and the book's feed number after them.
    brought INTEGER,
    feed INTEGER,
    CHECK ((state = 'recorded') = (feed IS NOT NULL) AND (feed IS NULL) = (brought IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX bank_file_by_age ON bank_file (at);

-- Entries of a staged file, some hundred to a row.
CREATE TABLE bank_entries (
    file TEXT NOT NULL REFERENCES bank_file (id),
    part INTEGER NOT NULL,
    entries TEXT NOT NULL,
    PRIMARY KEY (file, part)
) STRICT, WITHOUT ROWID;

-- Receipts to be claimed, as the bank told of them.
CREATE TABLE pool (
    feed INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    file TEXT NOT NULL REFERENCES bank_file (id),
    date TEXT NOT NULL CHECK (date IS date(date)),
    currency TEXT NOT NULL,
    minor INTEGER NOT NULL CHECK (minor > 0),
    account TEXT,
    body TEXT NOT NULL CHECK (json_valid(body))
) STRICT;
CREATE INDEX pool_of_account ON pool (account) WHERE account IS NOT NULL;
CREATE TRIGGER pool_stays BEFORE UPDATE ON pool BEGIN SELECT RAISE(ABORT, 'the pool is append-only'); END;
CREATE TRIGGER pool_is_kept BEFORE DELETE ON pool BEGIN SELECT RAISE(ABORT, 'the pool is append-only'); END;

-- What became of them: claimed for a customer, whose ledger then holds the money, or set aside with a reason. Once each.
CREATE TABLE pool_end (
    receipt TEXT PRIMARY KEY REFERENCES pool (id),
    customer TEXT REFERENCES customer (id),
    reason TEXT CHECK (length(reason) BETWEEN 1 AND 500),
    person TEXT NOT NULL REFERENCES person (id),
    at INTEGER NOT NULL,
    feed INTEGER NOT NULL,
    CHECK ((customer IS NULL) <> (reason IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX pool_end_by_feed ON pool_end (feed);
CREATE TRIGGER pool_end_is_of_the_ledger BEFORE INSERT ON pool_end
    WHEN NEW.customer IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM receipt JOIN pool ON pool.id = receipt.id
        WHERE receipt.id = NEW.receipt AND receipt.customer = NEW.customer AND receipt.date = pool.date
            AND receipt.currency = pool.currency AND receipt.minor = pool.minor
    )
    BEGIN SELECT RAISE(ABORT, 'what is claimed stands in the ledger as the bank told of it'); END;
CREATE TRIGGER pool_end_stays BEFORE UPDATE ON pool_end BEGIN SELECT RAISE(ABORT, 'the pool is append-only'); END;
CREATE TRIGGER pool_end_is_kept BEFORE DELETE ON pool_end BEGIN SELECT RAISE(ABORT, 'the pool is append-only'); END;
