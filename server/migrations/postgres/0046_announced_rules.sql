-- As for SQLite.
CREATE TABLE announced_rules (
    id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner       TEXT NOT NULL,
    request_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    event       TEXT NOT NULL,
    flags       TEXT NOT NULL,
    based_on    TEXT NOT NULL,
    begins      TEXT COLLATE "C" NOT NULL,
    actor       TEXT NOT NULL,
    announced   BIGINT NOT NULL,
    state       TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'adopted', 'refused', 'withdrawn')),
    code        TEXT,
    UNIQUE (owner, request_key)
);
CREATE UNIQUE INDEX announced_rules_waiting ON announced_rules (state) WHERE state = 'waiting';

ALTER TABLE proposals ADD COLUMN begins TEXT;

ALTER TABLE notice_sources DROP CONSTRAINT notice_sources_kind_check;
ALTER TABLE notice_sources ADD CONSTRAINT notice_sources_kind_check
    CHECK (kind IN ('close', 'event', 'dispute', 'voucher', 'announced'));
