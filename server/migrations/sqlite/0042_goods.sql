-- Goods for points, beside the journal (src/ledger/goods.rs says what is written together). Times are seconds since 1970.

-- What members can have for points. Of `stock` pieces, `reserved` wait for their members and `handed_out` are with them.
CREATE TABLE goods (
    id         TEXT PRIMARY KEY,
    content    TEXT NOT NULL CHECK (json_valid(content)),
    first_day  TEXT NOT NULL, -- the days of the scheme on which it is offered, both included
    last_day   TEXT NOT NULL,
    stock      INTEGER NOT NULL,
    reserved   INTEGER NOT NULL DEFAULT 0 CHECK (reserved >= 0),
    handed_out INTEGER NOT NULL DEFAULT 0 CHECK (handed_out >= 0),
    withdrawn  INTEGER NOT NULL DEFAULT 0,
    picture    TEXT,          -- the hash of one of the pictures
    CHECK (reserved + handed_out <= stock)
) STRICT, WITHOUT ROWID;
CREATE INDEX goods_of_picture ON goods (picture) WHERE picture IS NOT NULL;

-- A piece that a member paid for with points: the redemption has the same id.
CREATE TABLE vouchers (
    id         TEXT PRIMARY KEY,
    place      INTEGER NOT NULL UNIQUE, -- of the redemption in the journal
    member     TEXT NOT NULL,
    item       TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('open', 'used', 'cancelled', 'expired')),
    code       TEXT NOT NULL UNIQUE,    -- the hash of the code
    until      TEXT NOT NULL,           -- the last day on which it can be used
    points     TEXT NOT NULL,
    money      TEXT NOT NULL,
    deliver_to TEXT,                    -- where it is to be sent, while it is open
    made       INTEGER NOT NULL,
    ended      INTEGER,
    ended_by   TEXT,
    shop       TEXT,                    -- where it was handed out
    used_key   TEXT                     -- the hash of the request that used it
) STRICT, WITHOUT ROWID;
CREATE INDEX vouchers_of_member ON vouchers (member, place);
CREATE INDEX vouchers_of_item ON vouchers (item, place);
CREATE INDEX vouchers_held ON vouchers (item, member) WHERE state IN ('open', 'used');
CREATE INDEX vouchers_open ON vouchers (until, id) WHERE state = 'open';

CREATE TABLE pictures (
    hash    TEXT PRIMARY KEY,
    format  TEXT NOT NULL,
    content BLOB NOT NULL
) STRICT;
