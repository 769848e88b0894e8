-- Limits and terms that somebody asks for and somebody else grants.
CREATE TABLE application (
    id TEXT PRIMARY KEY,
    customer TEXT NOT NULL REFERENCES customer (id),
    state TEXT NOT NULL CHECK (state IN ('open', 'asked_back', 'granted', 'refused', 'withdrawn')),
    version INTEGER NOT NULL,
    -- What is asked for (`AskedCredit`).
    asked TEXT NOT NULL,
    decision TEXT REFERENCES decision (id),
    assessed INTEGER NOT NULL CHECK (assessed IN (0, 1)),
    made_by TEXT NOT NULL REFERENCES person (id),
    -- Whose turn it is.
    role TEXT,
    date TEXT NOT NULL CHECK (date IS date(date)),
    feed INTEGER NOT NULL,
    decided_by TEXT REFERENCES person (id),
    CHECK ((state IN ('granted', 'refused')) = (decided_by IS NOT NULL)),
    -- Nobody decides what they asked for.
    CHECK (decided_by IS NOT made_by)
) STRICT;
CREATE INDEX application_of_customer ON application (customer, feed);
CREATE INDEX application_by_state ON application (state, feed, id);
CREATE TRIGGER application_is_decided_once BEFORE UPDATE ON application
    WHEN OLD.state IN ('granted', 'refused', 'withdrawn')
    BEGIN SELECT RAISE(ABORT, 'what is decided stays'); END;
CREATE TRIGGER application_is_kept BEFORE DELETE ON application
    BEGIN SELECT RAISE(ABORT, 'applications are kept'); END;

-- All that happened to them.
CREATE TABLE application_step (
    feed INTEGER PRIMARY KEY,
    application TEXT NOT NULL REFERENCES application (id),
    date TEXT NOT NULL CHECK (date IS date(date)),
    kind TEXT NOT NULL,
    person TEXT NOT NULL REFERENCES person (id),
    reason TEXT
) STRICT;
CREATE INDEX application_step_of_application ON application_step (application, feed);
CREATE TRIGGER application_step_stays BEFORE UPDATE ON application_step
    BEGIN SELECT RAISE(ABORT, 'steps are append-only'); END;
CREATE TRIGGER application_step_is_kept BEFORE DELETE ON application_step
    BEGIN SELECT RAISE(ABORT, 'steps are append-only'); END;
