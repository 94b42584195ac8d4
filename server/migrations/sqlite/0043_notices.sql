-- What members are told, beside the journal. Times are seconds since 1970, except where it says milliseconds.

-- Who wants to be told, of what, and how.
CREATE TABLE subscriptions (
    id       TEXT PRIMARY KEY,
    member   TEXT NOT NULL,
    channel  TEXT NOT NULL CHECK (channel IN ('push', 'wechat', 'email', 'sms')),
    address  TEXT NOT NULL,              -- the endpoint, the openid or the address for e-mail; a telephone number is in the profile
    secrets  TEXT NOT NULL,              -- the key and the secret of a browser, with which messages for it are encrypted
    kinds    TEXT NOT NULL,              -- `,earned,vested,`
    language TEXT NOT NULL CHECK (language IN ('en', 'zh')),
    consents INTEGER NOT NULL DEFAULT 0, -- messages that WeChat still takes: one for each consent
    made     INTEGER NOT NULL,
    lease    INTEGER NOT NULL DEFAULT 0, -- until then some process sends to it; milliseconds, as `due`
    due      INTEGER NOT NULL DEFAULT 0, -- not before then, after a failure
    failures INTEGER NOT NULL DEFAULT 0, -- in a row
    trouble  TEXT NOT NULL DEFAULT ''    -- why it failed last
) STRICT, WITHOUT ROWID;
CREATE INDEX subscriptions_of ON subscriptions (member, id);
-- A browser and a WeChat account are one person's at a time.
CREATE UNIQUE INDEX subscriptions_by_address ON subscriptions (channel, address) WHERE channel IN ('push', 'wechat');

-- What members were told of, each once.
CREATE TABLE notices (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    member  TEXT NOT NULL,
    kind    TEXT NOT NULL,
    subject TEXT NOT NULL, -- with member and kind, what makes it one of its own: a place of the journal, a trade, a day
    day     TEXT NOT NULL,
    detail  TEXT NOT NULL CHECK (json_valid(detail)),
    made    INTEGER NOT NULL,
    UNIQUE (member, kind, subject)
) STRICT;
CREATE INDEX notices_of ON notices (member, number);
CREATE INDEX notices_by_age ON notices (made);

-- What still has to be sent; a row goes when it was.
CREATE TABLE notice_sends (
    subscription TEXT NOT NULL,
    notice       INTEGER NOT NULL,
    kind         TEXT NOT NULL,
    day          TEXT NOT NULL, -- the day whose close it waits for; empty if it is sent at once
    PRIMARY KEY (subscription, notice)
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_sends_by_day ON notice_sends (day, subscription);

-- What happened and nobody was told of yet. A row is stored in the transaction of what happened, and goes in that of its notices.
CREATE TABLE notice_sources (
    kind    TEXT NOT NULL CHECK (kind IN ('close', 'event', 'dispute', 'voucher')),
    subject TEXT NOT NULL,            -- the place, the trade or the voucher
    passed  TEXT NOT NULL DEFAULT '', -- the last member who has its notice, of what concerns everybody
    PRIMARY KEY (kind, subject)
) STRICT, WITHOUT ROWID;

-- Shops that were told that their points are below the deposit, until they are above it again.
CREATE TABLE short_shops (shop TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

-- The key with which push services know this server. It never changes: a browser's subscription is for one key.
CREATE TABLE push_key (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    key TEXT NOT NULL
) STRICT;

CREATE TRIGGER disputes_are_told AFTER INSERT ON disputes WHEN EXISTS (SELECT 1 FROM subscriptions) BEGIN
    INSERT INTO notice_sources (kind, subject) SELECT 'dispute', NEW.trade
        WHERE NOT EXISTS (SELECT 1 FROM notice_sources WHERE kind = 'dispute' AND subject = NEW.trade);
END;
CREATE TRIGGER vouchers_are_told AFTER UPDATE ON vouchers
    WHEN NEW.state = 'used' AND OLD.state <> 'used' AND EXISTS (SELECT 1 FROM subscriptions) BEGIN
    INSERT INTO notice_sources (kind, subject) SELECT 'voucher', NEW.id
        WHERE NOT EXISTS (SELECT 1 FROM notice_sources WHERE kind = 'voucher' AND subject = NEW.id);
END;
CREATE TRIGGER subscriptions_end AFTER DELETE ON subscriptions BEGIN
    DELETE FROM notice_sends WHERE subscription = OLD.id;
END;
