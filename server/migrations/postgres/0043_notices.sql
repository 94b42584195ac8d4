-- As for SQLite.

CREATE TABLE subscriptions (
    id       TEXT COLLATE "C" PRIMARY KEY,
    member   TEXT COLLATE "C" NOT NULL,
    channel  TEXT COLLATE "C" NOT NULL CHECK (channel IN ('push', 'wechat', 'email', 'sms')),
    address  TEXT COLLATE "C" NOT NULL,
    secrets  TEXT NOT NULL,
    kinds    TEXT NOT NULL,
    language TEXT NOT NULL CHECK (language IN ('en', 'zh')),
    consents BIGINT NOT NULL DEFAULT 0,
    made     BIGINT NOT NULL,
    lease    BIGINT NOT NULL DEFAULT 0,
    due      BIGINT NOT NULL DEFAULT 0,
    failures BIGINT NOT NULL DEFAULT 0,
    trouble  TEXT NOT NULL DEFAULT ''
);
CREATE INDEX subscriptions_of ON subscriptions (member, id);
CREATE UNIQUE INDEX subscriptions_by_address ON subscriptions (channel, address) WHERE channel IN ('push', 'wechat');

CREATE TABLE notices (
    number  BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    member  TEXT COLLATE "C" NOT NULL,
    kind    TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    day     TEXT COLLATE "C" NOT NULL,
    detail  TEXT NOT NULL CHECK (detail::json IS NOT NULL),
    made    BIGINT NOT NULL,
    UNIQUE (member, kind, subject)
);
CREATE INDEX notices_of ON notices (member, number);
CREATE INDEX notices_by_age ON notices (made);

CREATE TABLE notice_sends (
    subscription TEXT COLLATE "C" NOT NULL,
    notice       BIGINT NOT NULL,
    kind         TEXT COLLATE "C" NOT NULL,
    day          TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (subscription, notice)
);
CREATE INDEX notice_sends_by_day ON notice_sends (day, subscription);

CREATE TABLE notice_sources (
    kind    TEXT COLLATE "C" NOT NULL CHECK (kind IN ('close', 'event', 'dispute', 'voucher')),
    subject TEXT COLLATE "C" NOT NULL,
    passed  TEXT COLLATE "C" NOT NULL DEFAULT '',
    PRIMARY KEY (kind, subject)
);

CREATE TABLE short_shops (shop TEXT COLLATE "C" PRIMARY KEY);

CREATE TABLE push_key (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    key TEXT NOT NULL
);

CREATE FUNCTION tell_of_dispute() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO notice_sources (kind, subject) SELECT 'dispute', NEW.trade WHERE EXISTS (SELECT 1 FROM subscriptions)
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER disputes_are_told AFTER INSERT ON disputes FOR EACH ROW EXECUTE FUNCTION tell_of_dispute();

CREATE FUNCTION tell_of_voucher() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO notice_sources (kind, subject) SELECT 'voucher', NEW.id WHERE EXISTS (SELECT 1 FROM subscriptions)
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER vouchers_are_told AFTER UPDATE ON vouchers FOR EACH ROW
    WHEN (NEW.state = 'used' AND OLD.state <> 'used') EXECUTE FUNCTION tell_of_voucher();

CREATE FUNCTION end_subscription() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM notice_sends WHERE subscription = OLD.id;
    RETURN NULL;
END $$;
CREATE TRIGGER subscriptions_end AFTER DELETE ON subscriptions FOR EACH ROW EXECUTE FUNCTION end_subscription();
