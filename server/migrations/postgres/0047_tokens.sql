-- Keys that only read, and tokens: sessions of a member for an app of somebody else's, which end with the key that made them.
ALTER TABLE keys DROP CONSTRAINT keys_role_check;
ALTER TABLE keys ADD CONSTRAINT keys_role_check CHECK (role IN ('operator', 'payment', 'merchant', 'read'));

ALTER TABLE sessions ADD COLUMN api_key TEXT COLLATE "C"; -- which made the token: it ends with it
CREATE INDEX sessions_by_key ON sessions (api_key) WHERE api_key IS NOT NULL;
