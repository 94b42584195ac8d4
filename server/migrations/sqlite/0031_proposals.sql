-- Commands that wait for a second person, and what became of them. Nothing of it is in the journal before it is settled. All times are
-- seconds since 1970.
CREATE TABLE proposals (
    id          INTEGER PRIMARY KEY, -- in their order
    -- The idempotency key under which it is settled: whose it is, the key, and the hash of what was sent with it.
    owner       TEXT NOT NULL,
    request_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    kind        TEXT NOT NULL,
    event       TEXT NOT NULL CHECK (json_valid(event)),
    flags       TEXT NOT NULL CHECK (json_valid(flags)), -- the codes of the red flags that are accepted with it
    staff       TEXT,                                    -- who of the staff proposed it; nothing for a key
    actor       TEXT NOT NULL,                           -- the same, as in the journal
    proposed    INTEGER NOT NULL,
    expires     INTEGER NOT NULL,
    -- `approved` until the event is settled or refused.
    state       TEXT NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'approved', 'settled', 'refused', 'declined')),
    decider     TEXT,    -- who decided, as in the journal
    decided     INTEGER,
    reason      TEXT,    -- why it was declined
    code        TEXT,    -- why the rules refused it
    UNIQUE (owner, request_key)
) STRICT;
CREATE INDEX proposals_open ON proposals (id) WHERE state IN ('waiting', 'approved');
