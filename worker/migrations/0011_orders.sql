-- What is known of an order besides, who asked for it, and what waits of it.
ALTER TABLE order_entry ADD COLUMN asked_by TEXT REFERENCES person (id);
-- Rises with every step.
ALTER TABLE order_entry ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
-- What whoever asked said of it (`OrderAround`), and the checkpoint at which it was put to the book.
ALTER TABLE order_entry ADD COLUMN around TEXT NOT NULL DEFAULT '{}';
ALTER TABLE order_entry ADD COLUMN asked_at TEXT;
-- The last day of the authorisation by which it was let through, as long as nothing came of it.
ALTER TABLE order_entry ADD COLUMN until TEXT CHECK (until IS date(until));
-- Who holds it by hand, since when and why (`HeldByHand`).
ALTER TABLE order_entry ADD COLUMN by_hand TEXT;
-- The checkpoint at which a confirmed order waits, and the order that it is to become.
ALTER TABLE order_entry ADD COLUMN waits TEXT;
ALTER TABLE order_entry ADD COLUMN change TEXT CHECK (change IS NULL OR waits IS NOT NULL);
-- Up to which arrival of money it was judged again.
ALTER TABLE order_entry ADD COLUMN retested INTEGER NOT NULL DEFAULT 0;
UPDATE order_entry SET asked_by = (
    SELECT person FROM audit WHERE action = 'confirm_order' AND subject = order_entry.id ORDER BY number DESC LIMIT 1
);
-- A customer's orders as they came in.
DROP INDEX order_entry_of_customer;
CREATE INDEX order_entry_of_customer ON order_entry (customer);
CREATE INDEX order_entry_by_feed ON order_entry (feed, id);
CREATE INDEX order_entry_held ON order_entry (customer, feed) WHERE status = 'held';
CREATE INDEX order_entry_waiting ON order_entry (feed, until)
    WHERE status = 'confirmed' AND (until IS NOT NULL OR by_hand IS NOT NULL OR waits IS NOT NULL);

-- All that happened to orders since this step.
CREATE TABLE order_step (
    feed INTEGER PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES order_entry (id),
    customer TEXT NOT NULL REFERENCES customer (id),
    date TEXT NOT NULL CHECK (date IS date(date)),
    kind TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('confirmed', 'held', 'refused', 'cancelled')),
    checkpoint TEXT,
    decision TEXT REFERENCES decision (id),
    -- Absent where the book did it by itself.
    person TEXT REFERENCES person (id),
    reason TEXT,
    number TEXT
) STRICT;
CREATE INDEX order_step_of_order ON order_step (order_id, feed);
CREATE TRIGGER order_step_stays BEFORE UPDATE ON order_step BEGIN SELECT RAISE(ABORT, 'steps are append-only'); END;
CREATE TRIGGER order_step_is_kept BEFORE DELETE ON order_step BEGIN SELECT RAISE(ABORT, 'steps are append-only'); END;

-- Releases as they were given.
CREATE TABLE release (
    number TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES order_entry (id),
    feed INTEGER NOT NULL UNIQUE REFERENCES order_step (feed),
    given_by TEXT NOT NULL REFERENCES person (id),
    asked_by TEXT REFERENCES person (id),
    document TEXT NOT NULL,
    -- Nobody releases what they asked for.
    CHECK (given_by IS NOT asked_by)
) STRICT, WITHOUT ROWID;
CREATE INDEX release_of_order ON release (order_id, feed);
CREATE TRIGGER release_stays BEFORE UPDATE ON release BEGIN SELECT RAISE(ABORT, 'releases are append-only'); END;
CREATE TRIGGER release_is_kept BEFORE DELETE ON release BEGIN SELECT RAISE(ABORT, 'releases are append-only'); END;

-- Customers whose held orders are still to be judged again, and since which feed number.
CREATE TABLE retest_due (
    customer TEXT PRIMARY KEY REFERENCES customer (id),
    feed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- When an order is to be carried out, and until when one that was released counts.
ALTER TABLE ordered ADD COLUMN planned TEXT CHECK (planned IS date(planned));
ALTER TABLE ordered ADD COLUMN until TEXT CHECK (until IS date(until));
CREATE TRIGGER ordered_stays_with_customer BEFORE UPDATE OF customer ON ordered WHEN NEW.customer <> OLD.customer
    BEGIN SELECT RAISE(ABORT, 'an order stays with its customer'); END;
DROP INDEX ordered_open;
CREATE INDEX ordered_open ON ordered (customer, currency, date, planned, until, left_minor) WHERE ended = 0 AND left_minor > 0;
CREATE INDEX fact_order_timed ON fact (body ->> '$.order', date, feed) WHERE kind = 'order_timed';
-- [currency, date, minor, planned, until]
UPDATE standing SET orders = (
    SELECT coalesce(json_group_array(json_array(value ->> 0, value ->> 1, value ->> 2, NULL, NULL)), '[]')
    FROM json_each(standing.orders)
);

-- Temporary limits.
ALTER TABLE standing ADD COLUMN temporary TEXT;
CREATE INDEX fact_temporary ON fact (customer, date, feed) WHERE kind = 'temporary_granted';
