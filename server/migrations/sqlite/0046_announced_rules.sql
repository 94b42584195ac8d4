-- Rules that hold from a later day. They are settled with the close of the day before, in its transaction, or refused there; nothing of
-- them is in the journal before.
CREATE TABLE announced_rules (
    id          INTEGER PRIMARY KEY, -- in their order
    -- The idempotency key of the request: whose it is, the key, and the hash of what was sent with it.
    owner       TEXT NOT NULL,
    request_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    event       TEXT NOT NULL CHECK (json_valid(event)),
    flags       TEXT NOT NULL CHECK (json_valid(flags)), -- the codes of the red flags that are accepted with it
    based_on    TEXT NOT NULL,                           -- the fingerprint of the rules that it changes
    begins      TEXT NOT NULL,                           -- the first day on which they hold
    actor       TEXT NOT NULL,                           -- who announced them, as the journal will have it
    announced   INTEGER NOT NULL,                        -- seconds since 1970
    state       TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'adopted', 'refused', 'withdrawn')),
    code        TEXT,                                    -- why they were refused
    UNIQUE (owner, request_key)
) STRICT;
CREATE UNIQUE INDEX announced_rules_waiting ON announced_rules (state) WHERE state = 'waiting';

-- The day from which proposed rules are to hold, if they are to be announced.
ALTER TABLE proposals ADD COLUMN begins TEXT;

-- Members are told of them: another kind of source. A constraint is changed with its table, and a table without the triggers that name it.
DROP TRIGGER disputes_are_told;
DROP TRIGGER vouchers_are_told;
CREATE TABLE sources_of_notices (
    kind    TEXT NOT NULL CHECK (kind IN ('close', 'event', 'dispute', 'voucher', 'announced')),
    subject TEXT NOT NULL,            -- the place, the trade, the voucher or the announced rules
    passed  TEXT NOT NULL DEFAULT '', -- the last member who has its notice, of what concerns everybody
    PRIMARY KEY (kind, subject)
) STRICT, WITHOUT ROWID;
INSERT INTO sources_of_notices (kind, subject, passed) SELECT kind, subject, passed FROM notice_sources;
DROP TABLE notice_sources;
ALTER TABLE sources_of_notices RENAME TO notice_sources;
CREATE TRIGGER disputes_are_told AFTER INSERT ON disputes WHEN EXISTS (SELECT 1 FROM subscriptions) BEGIN
    INSERT INTO notice_sources (kind, subject) SELECT 'dispute', NEW.trade
        WHERE NOT EXISTS (SELECT 1 FROM notice_sources WHERE kind = 'dispute' AND subject = NEW.trade);
END;
CREATE TRIGGER vouchers_are_told AFTER UPDATE ON vouchers
    WHEN NEW.state = 'used' AND OLD.state <> 'used' AND EXISTS (SELECT 1 FROM subscriptions) BEGIN
    INSERT INTO notice_sources (kind, subject) SELECT 'voucher', NEW.id
        WHERE NOT EXISTS (SELECT 1 FROM notice_sources WHERE kind = 'voucher' AND subject = NEW.id);
END;
