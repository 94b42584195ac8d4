-- As for SQLite.
CREATE TABLE proposals (
    id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner       TEXT NOT NULL,
    request_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    kind        TEXT NOT NULL,
    event       TEXT NOT NULL,
    flags       TEXT NOT NULL,
    staff       TEXT,
    actor       TEXT NOT NULL,
    proposed    BIGINT NOT NULL,
    expires     BIGINT NOT NULL,
    state       TEXT NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'approved', 'settled', 'refused', 'declined')),
    decider     TEXT,
    decided     BIGINT,
    reason      TEXT,
    code        TEXT,
    UNIQUE (owner, request_key)
);
CREATE INDEX proposals_open ON proposals (id) WHERE state IN ('waiting', 'approved');
