-- What a member sees of its sessions, codes, passkeys and WeChat accounts. All times are seconds since 1970.

ALTER TABLE sessions ADD COLUMN made BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN seen BIGINT NOT NULL DEFAULT 0;            -- right to the hour
ALTER TABLE sessions ADD COLUMN way TEXT NOT NULL DEFAULT 'passkey';   -- how it was opened
ALTER TABLE sessions ADD COLUMN device TEXT NOT NULL DEFAULT 'other';  -- its family
ALTER TABLE sessions ADD COLUMN verified BIGINT NOT NULL DEFAULT 0;        -- when a passkey was last asked for in it; 0 for never

-- Sessions last 30 days; those that no passkey opened came by WeChat, except in a demo.
UPDATE sessions SET made = expires - 2592000, seen = expires - 2592000,
    way = CASE WHEN passkey IS NULL THEN 'wechat' ELSE 'passkey' END;

ALTER TABLE enrolments ADD COLUMN made BIGINT NOT NULL DEFAULT 0;
ALTER TABLE enrolments ADD COLUMN session TEXT; -- which made it; none if the operator did
UPDATE enrolments SET made = expires - 259200;

ALTER TABLE passkeys ADD COLUMN name TEXT NOT NULL DEFAULT ''; -- as the member calls it
ALTER TABLE wechat_accounts ADD COLUMN made BIGINT; -- unknown of older ones

CREATE INDEX sessions_of ON sessions (member);
CREATE INDEX enrolments_of ON enrolments (member);
CREATE INDEX wechat_accounts_of ON wechat_accounts (member);
