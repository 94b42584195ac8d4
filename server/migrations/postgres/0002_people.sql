-- Who may do what. Secrets are kept as hashes only.

CREATE TABLE keys (
    id      TEXT COLLATE "C" PRIMARY KEY,
    role    TEXT NOT NULL CHECK (role IN ('operator', 'payment', 'merchant')),
    member  TEXT,    -- whose shop, for a merchant's key
    hash    TEXT COLLATE "C" NOT NULL,
    note    TEXT NOT NULL,
    expires BIGINT, -- seconds since 1970
    revoked BIGINT,
    CHECK ((role = 'merchant') = (member IS NOT NULL))
);

CREATE TABLE sessions (
    hash    TEXT COLLATE "C" PRIMARY KEY,
    member  TEXT NOT NULL,
    expires BIGINT NOT NULL
);
