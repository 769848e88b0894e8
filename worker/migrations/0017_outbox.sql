-- Where messages go. Without a secret none does: it is in no export.
ALTER TABLE settings ADD COLUMN hook_url TEXT CHECK (length(hook_url) BETWEEN 1 AND 500);
ALTER TABLE settings ADD COLUMN hook_secret TEXT CHECK (length(hook_secret) BETWEEN 32 AND 200);

-- What goes out, written by what causes it and sent afterwards.
CREATE TABLE message (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    customer TEXT REFERENCES customer (id),
    kind TEXT NOT NULL,
    -- The bytes that are sent and signed, the same at every try.
    document TEXT NOT NULL CHECK (json_valid(document)),
    made_at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'failed', 'sent', 'given_up', 'cancelled')),
    tries INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
    -- When it is tried next; on its way it already stands where it is tried again if nobody comes back to tell.
    next_at INTEGER,
    done_at INTEGER,
    fault TEXT CHECK (json_valid(fault)),
    CHECK ((state IN ('queued', 'failed')) = (next_at IS NOT NULL) AND (next_at IS NULL) = (done_at IS NOT NULL))
) STRICT;
CREATE INDEX message_due ON message (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX message_done ON message (done_at) WHERE done_at IS NOT NULL;
CREATE INDEX message_by_state ON message (state, number);
CREATE TRIGGER message_stays BEFORE UPDATE OF number, id, customer, kind, document, made_at ON message
    BEGIN SELECT RAISE(ABORT, 'what goes out never changes'); END;
CREATE TRIGGER message_ends BEFORE UPDATE ON message WHEN OLD.state IN ('sent', 'cancelled')
    BEGIN SELECT RAISE(ABORT, 'what was sent or called off stays so'); END;
CREATE TRIGGER message_is_kept BEFORE DELETE ON message WHEN OLD.done_at IS NULL
    BEGIN SELECT RAISE(ABORT, 'what is to be sent is kept'); END;

INSERT INTO job (name) VALUES ('deliver');
