-- Customers: the newest version of each file, and what it is found and guarded by.
CREATE TABLE customer (
    id TEXT PRIMARY KEY,
    feed INTEGER NOT NULL,
    code TEXT NOT NULL UNIQUE,
    salesperson TEXT REFERENCES person (id),
    search TEXT NOT NULL,
    file TEXT NOT NULL
) STRICT;
CREATE INDEX customer_of_salesperson ON customer (salesperson);

-- All versions of the files.
CREATE TABLE customer_version (
    customer TEXT NOT NULL REFERENCES customer (id),
    feed INTEGER NOT NULL,
    file TEXT NOT NULL,
    PRIMARY KEY (customer, feed)
) STRICT;
CREATE TRIGGER customer_version_stays BEFORE UPDATE ON customer_version
    BEGIN SELECT RAISE(ABORT, 'versions are append-only'); END;
CREATE TRIGGER customer_version_is_kept BEFORE DELETE ON customer_version
    BEGIN SELECT RAISE(ABORT, 'versions are append-only'); END;

-- Customers who went out of a salesperson's sight, for the devices that still hold them.
CREATE TABLE out_of_sight (
    person TEXT NOT NULL REFERENCES person (id),
    feed INTEGER NOT NULL,
    customer TEXT NOT NULL REFERENCES customer (id),
    PRIMARY KEY (person, feed)
) STRICT, WITHOUT ROWID;

-- The ledger: facts as they were recorded. Everything below this table follows from it.
CREATE TABLE fact (
    feed INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    customer TEXT NOT NULL REFERENCES customer (id),
    date TEXT NOT NULL CHECK (date IS date(date)),
    kind TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX fact_of_customer ON fact (customer);
CREATE INDEX fact_granted ON fact (customer, kind, date)
    WHERE kind IN ('graded', 'limit_granted', 'terms_granted', 'frozen');
CREATE TRIGGER fact_stays BEFORE UPDATE ON fact BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER fact_is_kept BEFORE DELETE ON fact BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

-- Documents, with what is open on them.
CREATE TABLE item (
    feed INTEGER PRIMARY KEY REFERENCES fact (feed),
    id TEXT NOT NULL UNIQUE,
    customer TEXT NOT NULL REFERENCES customer (id),
    document TEXT NOT NULL CHECK (document IN ('invoice', 'debit_note', 'credit_note')),
    number TEXT NOT NULL,
    date TEXT NOT NULL,
    due TEXT NOT NULL,
    currency TEXT NOT NULL,
    minor INTEGER NOT NULL,
    open_minor INTEGER NOT NULL,
    disputed INTEGER NOT NULL DEFAULT 0 CHECK (disputed IN (0, 1)),
    opening INTEGER NOT NULL CHECK (opening IN (0, 1)),
    order_id TEXT,
    UNIQUE (customer, number),
    CHECK (document <> 'credit_note' OR minor <= 0)
) STRICT;
CREATE INDEX item_open ON item (customer, currency, due, disputed, document, open_minor) WHERE open_minor <> 0;
CREATE INDEX item_of_order ON item (order_id) WHERE order_id IS NOT NULL;

-- Money that came in, with what is not applied of it.
CREATE TABLE receipt (
    feed INTEGER PRIMARY KEY REFERENCES fact (feed),
    id TEXT NOT NULL UNIQUE,
    customer TEXT NOT NULL REFERENCES customer (id),
    date TEXT NOT NULL,
    currency TEXT NOT NULL,
    minor INTEGER NOT NULL CHECK (minor >= 0),
    unapplied_minor INTEGER NOT NULL CHECK (unapplied_minor BETWEEN 0 AND minor)
) STRICT;
CREATE INDEX receipt_of_customer ON receipt (customer);
CREATE INDEX receipt_unapplied ON receipt (customer, currency, unapplied_minor) WHERE unapplied_minor <> 0;

-- What was applied to which document: by how much its open amount falls. A credit note that is used up has a row of its own.
CREATE TABLE allocation (
    feed INTEGER NOT NULL REFERENCES fact (feed),
    item TEXT NOT NULL REFERENCES item (id),
    date TEXT NOT NULL,
    minor INTEGER NOT NULL,
    receipt TEXT REFERENCES receipt (id),
    PRIMARY KEY (feed, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX allocation_of_item ON allocation (item);

-- Disputes opened and closed.
CREATE TABLE dispute (
    item TEXT NOT NULL REFERENCES item (id),
    date TEXT NOT NULL,
    feed INTEGER NOT NULL REFERENCES fact (feed),
    open INTEGER NOT NULL CHECK (open IN (0, 1)),
    PRIMARY KEY (item, date, feed)
) STRICT, WITHOUT ROWID;

-- Orders that use credit, with what no document has used up.
CREATE TABLE ordered (
    id TEXT PRIMARY KEY,
    feed INTEGER NOT NULL REFERENCES fact (feed),
    customer TEXT NOT NULL REFERENCES customer (id),
    date TEXT NOT NULL,
    currency TEXT NOT NULL,
    left_minor INTEGER NOT NULL,
    ended INTEGER NOT NULL DEFAULT 0 CHECK (ended IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE INDEX ordered_open ON ordered (customer, currency, date, left_minor) WHERE ended = 0 AND left_minor > 0;

-- Standings, kept in step with the facts in the transaction that records them. Stage and currency stand in the file, rates in
-- their own table; what is here follows from facts alone.
CREATE TABLE standing (
    customer TEXT PRIMARY KEY REFERENCES customer (id),
    -- The newest fact of the customer.
    feed INTEGER NOT NULL DEFAULT 0,
    -- Rises with every fact that a journal is laid out from: a document, money, an application, a dispute.
    journal_feed INTEGER NOT NULL DEFAULT 0,
    grade TEXT,
    credit_limit TEXT,
    terms TEXT,
    frozen TEXT,
    -- [currency, due, disputed, documents, minor], [currency, date, minor], [currency, minor]
    open TEXT NOT NULL DEFAULT '[]',
    orders TEXT NOT NULL DEFAULT '[]',
    unapplied TEXT NOT NULL DEFAULT '[]'
) STRICT;
CREATE INDEX standing_by_feed ON standing (feed);

-- Exchange rates as they were published.
CREATE TABLE rate (
    feed INTEGER PRIMARY KEY,
    date TEXT NOT NULL,
    from_currency TEXT NOT NULL,
    to_currency TEXT NOT NULL CHECK (to_currency <> from_currency),
    rate TEXT NOT NULL,
    source TEXT NOT NULL
) STRICT;
CREATE TRIGGER rate_stays BEFORE UPDATE ON rate BEGIN SELECT RAISE(ABORT, 'rates are append-only'); END;
CREATE TRIGGER rate_is_kept BEFORE DELETE ON rate BEGIN SELECT RAISE(ABORT, 'rates are append-only'); END;
