-- Credit set aside for devices. What is reserved of an open lease counts among the customer's orders to come. Times are
-- minutes since 1970.
CREATE TABLE lease (
    id TEXT PRIMARY KEY,
    customer TEXT NOT NULL REFERENCES customer (id),
    person TEXT NOT NULL REFERENCES person (id),
    device TEXT NOT NULL CHECK (length(device) BETWEEN 1 AND 100),
    policy TEXT NOT NULL,
    currency TEXT NOT NULL,
    minor INTEGER NOT NULL CHECK (minor > 0),
    honoured_minor INTEGER NOT NULL DEFAULT 0 CHECK (honoured_minor BETWEEN 0 AND minor),
    given INTEGER NOT NULL,
    ends INTEGER NOT NULL CHECK (ends > given),
    reserved_until INTEGER NOT NULL CHECK (reserved_until >= ends),
    state TEXT NOT NULL CHECK (state IN ('open', 'spent', 'returned', 'expired')),
    feed INTEGER NOT NULL UNIQUE,
    CHECK (state <> 'spent' OR honoured_minor = minor)
) STRICT, WITHOUT ROWID;
CREATE INDEX lease_reserves ON lease (customer) WHERE state = 'open';
CREATE INDEX lease_runs_out ON lease (reserved_until) WHERE state = 'open';
CREATE TRIGGER lease_stays BEFORE UPDATE OF id, customer, person, device, policy, currency, minor, given, ends, reserved_until ON lease
    BEGIN SELECT RAISE(ABORT, 'a lease never changes'); END;
CREATE TRIGGER lease_ends BEFORE UPDATE ON lease WHEN OLD.state <> 'open'
    BEGIN SELECT RAISE(ABORT, 'a lease that ended stays ended'); END;
CREATE TRIGGER lease_is_kept BEFORE DELETE ON lease BEGIN SELECT RAISE(ABORT, 'leases are kept'); END;

-- What was approved on them and honoured.
CREATE TABLE lease_approval (
    order_id TEXT PRIMARY KEY REFERENCES order_entry (id),
    lease TEXT NOT NULL REFERENCES lease (id),
    made INTEGER NOT NULL,
    delivered INTEGER NOT NULL CHECK (delivered >= made),
    minor INTEGER NOT NULL CHECK (minor >= 0),
    flagged INTEGER NOT NULL CHECK (flagged IN (0, 1)),
    feed INTEGER NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;
CREATE INDEX lease_approval_of_lease ON lease_approval (lease, feed);
CREATE TRIGGER lease_approval_stays BEFORE UPDATE ON lease_approval
    BEGIN SELECT RAISE(ABORT, 'what was honoured stays'); END;
CREATE TRIGGER lease_approval_is_kept BEFORE DELETE ON lease_approval
    BEGIN SELECT RAISE(ABORT, 'what was honoured stays'); END;

INSERT INTO job (name) VALUES ('leases');
