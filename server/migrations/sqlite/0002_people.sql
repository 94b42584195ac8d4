-- Who may do what. Secrets are kept as hashes only.

CREATE TABLE keys (
    id      TEXT PRIMARY KEY,
    role    TEXT NOT NULL CHECK (role IN ('operator', 'payment', 'merchant')),
    member  TEXT,    -- whose shop, for a merchant's key
    hash    TEXT NOT NULL,
    note    TEXT NOT NULL,
    expires INTEGER, -- seconds since 1970
    revoked INTEGER,
    CHECK ((role = 'merchant') = (member IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    hash    TEXT PRIMARY KEY,
    member  TEXT NOT NULL,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
