-- As for SQLite.

CREATE TABLE goods (
    id         TEXT COLLATE "C" PRIMARY KEY,
    content    TEXT NOT NULL CHECK (content::json IS NOT NULL),
    first_day  TEXT COLLATE "C" NOT NULL,
    last_day   TEXT COLLATE "C" NOT NULL,
    stock      BIGINT NOT NULL,
    reserved   BIGINT NOT NULL DEFAULT 0 CHECK (reserved >= 0),
    handed_out BIGINT NOT NULL DEFAULT 0 CHECK (handed_out >= 0),
    withdrawn  BIGINT NOT NULL DEFAULT 0,
    picture    TEXT COLLATE "C",
    CHECK (reserved + handed_out <= stock)
);
CREATE INDEX goods_of_picture ON goods (picture) WHERE picture IS NOT NULL;

CREATE TABLE vouchers (
    id         TEXT COLLATE "C" PRIMARY KEY,
    place      BIGINT NOT NULL UNIQUE,
    member     TEXT COLLATE "C" NOT NULL,
    item       TEXT COLLATE "C" NOT NULL,
    state      TEXT COLLATE "C" NOT NULL CHECK (state IN ('open', 'used', 'cancelled', 'expired')),
    code       TEXT COLLATE "C" NOT NULL UNIQUE,
    until      TEXT COLLATE "C" NOT NULL,
    points     TEXT NOT NULL,
    money      TEXT NOT NULL,
    deliver_to TEXT,
    made       BIGINT NOT NULL,
    ended      BIGINT,
    ended_by   TEXT,
    shop       TEXT COLLATE "C",
    used_key   TEXT
);
CREATE INDEX vouchers_of_member ON vouchers (member, place);
CREATE INDEX vouchers_of_item ON vouchers (item, place);
CREATE INDEX vouchers_held ON vouchers (item, member) WHERE state IN ('open', 'used');
CREATE INDEX vouchers_open ON vouchers (until, id) WHERE state = 'open';

CREATE TABLE pictures (
    hash    TEXT COLLATE "C" PRIMARY KEY,
    format  TEXT NOT NULL,
    content BYTEA NOT NULL
);
