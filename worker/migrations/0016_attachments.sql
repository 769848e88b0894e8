-- What an admin sets for the whole book. Until then nothing stands here.
CREATE TABLE settings (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    version INTEGER NOT NULL CHECK (version >= 1),
    attached_bytes INTEGER NOT NULL CHECK (attached_bytes BETWEEN 1048576 AND 8589934592)
) STRICT;

-- The content of attached files, by its SHA-256: the same file twice is kept once.
CREATE TABLE content (
    digest TEXT PRIMARY KEY CHECK (length(digest) = 64),
    bytes INTEGER NOT NULL CHECK (bytes BETWEEN 1 AND 10485760),
    parts INTEGER NOT NULL CHECK (parts BETWEEN 1 AND 40),
    -- When a part of it last came in, in seconds since 1970.
    at INTEGER NOT NULL,
    -- It is whole from the moment when it is first attached; what nothing was attached by for an hour is swept.
    whole INTEGER NOT NULL DEFAULT 0 CHECK (whole IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE INDEX content_waits ON content (at) WHERE whole = 0;

CREATE TABLE content_part (
    digest TEXT NOT NULL REFERENCES content (digest),
    part INTEGER NOT NULL CHECK (part BETWEEN 1 AND 40),
    data BLOB NOT NULL CHECK (length(data) BETWEEN 1 AND 262144),
    PRIMARY KEY (digest, part)
) STRICT;
CREATE TRIGGER content_part_stays BEFORE UPDATE ON content_part
    BEGIN SELECT RAISE(ABORT, 'content never changes'); END;

-- What they are attached to. Of one that was removed it stays that it was there, and nothing that it said.
CREATE TABLE attachment (
    id TEXT PRIMARY KEY,
    customer TEXT NOT NULL REFERENCES customer (id),
    attached_to TEXT NOT NULL CHECK (attached_to IN ('customer', 'application', 'piece', 'decision')),
    object TEXT NOT NULL,
    name TEXT CHECK (length(name) BETWEEN 1 AND 200),
    kind TEXT NOT NULL CHECK (kind IN ('pdf', 'png', 'jpeg', 'xlsx', 'docx', 'ofd', 'text')),
    bytes INTEGER NOT NULL,
    digest TEXT NOT NULL,
    added_by TEXT NOT NULL REFERENCES person (id),
    added_at INTEGER NOT NULL,
    removed_by TEXT REFERENCES person (id),
    removed_at INTEGER,
    feed INTEGER NOT NULL UNIQUE,
    CHECK ((removed_by IS NULL) = (removed_at IS NULL) AND (removed_by IS NULL) = (name IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX attachment_of_customer ON attachment (customer, feed);
CREATE INDEX attachment_of_object ON attachment (object) WHERE removed_by IS NULL;
CREATE INDEX attachment_of_content ON attachment (digest) WHERE removed_by IS NULL;
CREATE TRIGGER attachment_has_content BEFORE INSERT ON attachment
    WHEN NEW.removed_by IS NULL AND NOT EXISTS (SELECT 1 FROM content WHERE digest = NEW.digest AND whole = 1)
    BEGIN SELECT RAISE(ABORT, 'what is attached is there'); END;
CREATE TRIGGER attachment_stays BEFORE UPDATE OF id, customer, attached_to, object, kind, bytes, digest, added_by, added_at ON attachment
    BEGIN SELECT RAISE(ABORT, 'an attachment is removed, never changed'); END;
CREATE TRIGGER attachment_is_removed_once BEFORE UPDATE ON attachment WHEN OLD.removed_by IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'what was removed stays removed'); END;
CREATE TRIGGER attachment_is_kept BEFORE DELETE ON attachment
    BEGIN SELECT RAISE(ABORT, 'that it was there stays'); END;
CREATE TRIGGER content_is_kept BEFORE DELETE ON content
    WHEN EXISTS (SELECT 1 FROM attachment WHERE digest = OLD.digest AND removed_by IS NULL)
    BEGIN SELECT RAISE(ABORT, 'what is attached is there'); END;

INSERT INTO job (name) VALUES ('sweep');
