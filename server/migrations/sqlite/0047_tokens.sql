-- Keys that only read, and tokens: sessions of a member for an app of somebody else's, which end with the key that made them.
CREATE TABLE new_keys (
    id      TEXT PRIMARY KEY,
    role    TEXT NOT NULL CHECK (role IN ('operator', 'payment', 'merchant', 'read')),
    member  TEXT,    -- whose shop, for a merchant's key
    hash    TEXT NOT NULL,
    note    TEXT NOT NULL,
    expires INTEGER, -- seconds since 1970
    revoked INTEGER,
    CHECK ((role = 'merchant') = (member IS NOT NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO new_keys (id, role, member, hash, note, expires, revoked)
    SELECT id, role, member, hash, note, expires, revoked FROM keys;
DROP TABLE keys;
ALTER TABLE new_keys RENAME TO keys;

ALTER TABLE sessions ADD COLUMN api_key TEXT; -- which made the token: it ends with it
CREATE INDEX sessions_by_key ON sessions (api_key) WHERE api_key IS NOT NULL;
