-- Who did what, when, to whom: a chain. Every entry is sealed by the digest of the one before and of its own content
-- (`AuditEntry` in shared/src/record/api/audit.rs); what was written down before is sealed by the step's second half.
DROP TRIGGER audit_stays;
DROP TRIGGER audit_is_kept;
ALTER TABLE audit RENAME TO audit_unsealed;
CREATE TABLE audit (
    number INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    -- Absent: whoever runs the deployment.
    person TEXT REFERENCES person (id),
    role TEXT,
    -- The session by which they asked: the first half of its digest.
    session TEXT,
    action TEXT NOT NULL,
    subject TEXT,
    -- The digest over salt and value of the personal data that belongs to it.
    personal TEXT,
    -- The book's feed number after it.
    feed INTEGER NOT NULL,
    previous TEXT NOT NULL,
    digest TEXT NOT NULL UNIQUE
) STRICT;
CREATE INDEX audit_of_subject ON audit (subject, number) WHERE subject IS NOT NULL;
CREATE TRIGGER audit_follows BEFORE INSERT ON audit
    WHEN NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM audit)
        OR NEW.previous <> coalesce(
            (SELECT digest FROM audit ORDER BY number DESC LIMIT 1),
            '0000000000000000000000000000000000000000000000000000000000000000'
        )
    BEGIN SELECT RAISE(ABORT, 'an audit entry follows on the one before'); END;
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;

-- Personal data of entries, with its salt. Erasing a row leaves the chain whole.
CREATE TABLE audit_personal (
    number INTEGER PRIMARY KEY REFERENCES audit (number),
    salt TEXT NOT NULL,
    value TEXT NOT NULL
) STRICT;
