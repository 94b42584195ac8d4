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
    expires INTEGER NOT NULL,
    passkey TEXT -- which opened it: it ends with it
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_passkey ON sessions (passkey);

-- How members sign in. Secrets are kept as hashes only, and so is who somebody is at WeChat.

CREATE TABLE passkeys (
    id      TEXT PRIMARY KEY, -- a hash of the credential's own id
    member  TEXT NOT NULL,
    handle  TEXT NOT NULL,    -- under which authenticators know the member; the same for all passkeys of one
    passkey TEXT NOT NULL,    -- public key and counter
    made    INTEGER NOT NULL, -- seconds since 1970, as all below
    used    INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX passkeys_of ON passkeys (member);

-- What was begun and not finished; a row goes when it is finished, however that ends.
CREATE TABLE ceremonies (
    hash    TEXT PRIMARY KEY,
    content TEXT NOT NULL,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ceremonies_by_end ON ceremonies (expires);

-- Codes that let somebody in as a member for the first time; a row goes when it is used.
CREATE TABLE enrolments (
    hash    TEXT PRIMARY KEY,
    member  TEXT NOT NULL,
    expires INTEGER NOT NULL,
    passkey TEXT -- of the session that made it: it ends with it
) STRICT, WITHOUT ROWID;

CREATE TABLE wechat_accounts (
    hash   TEXT PRIMARY KEY, -- of the app's id and the openid
    member TEXT NOT NULL
) STRICT, WITHOUT ROWID;
