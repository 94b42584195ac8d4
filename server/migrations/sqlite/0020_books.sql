-- The journal is the truth: everything else follows from it, and `gongxiang audit` compares every row with it.

-- The numbers of the scheme, without the flows that the shards have not handed over.
CREATE TABLE head (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    head     TEXT NOT NULL CHECK (json_valid(head)),
    rules    INTEGER NOT NULL, -- the version in force
    eras     INTEGER NOT NULL  -- how many eras have ended
) STRICT;

-- Writers: each takes the row of its shard, or all of them to be alone.
CREATE TABLE shards (
    shard INTEGER PRIMARY KEY,
    clock INTEGER NOT NULL,
    flow  TEXT NOT NULL CHECK (json_valid(flow))
) STRICT;

-- Every rule set that was ever in force; version 1 is the one with which the book was opened.
CREATE TABLE rules (
    version INTEGER PRIMARY KEY,
    place   INTEGER NOT NULL, -- of its adoption; 0 for the first
    rules   TEXT NOT NULL CHECK (json_valid(rules))
) STRICT;

-- The last `acc` of each era that ended.
CREATE TABLE eras (
    era INTEGER PRIMARY KEY,
    acc TEXT NOT NULL
) STRICT;

-- Every accepted event.
CREATE TABLE journal (
    place   INTEGER PRIMARY KEY CHECK (place > 0), -- clock, shard and number in the group
    day     TEXT NOT NULL,
    kind    TEXT NOT NULL,
    event   TEXT NOT NULL CHECK (json_valid(event)),
    receipt TEXT NOT NULL CHECK (json_valid(receipt)),
    at      TEXT NOT NULL,
    actor   TEXT NOT NULL,
    -- The codes of the red flags that whoever adopted rules accepted by name: beside the event, whose grammar is the contract's.
    accepted_flags TEXT NOT NULL CHECK (json_valid(accepted_flags)),
    version INTEGER NOT NULL -- of the row's shape, its receipt included
) STRICT;

-- What the receipts moved.
CREATE TABLE postings (
    place    INTEGER NOT NULL,
    line     INTEGER NOT NULL,
    day      TEXT NOT NULL,
    giver    TEXT NOT NULL,
    receiver TEXT NOT NULL,
    asset    TEXT NOT NULL,
    amount   TEXT NOT NULL,
    rule     TEXT NOT NULL,
    why      TEXT NOT NULL, -- a reason's tag and numbers; words are made of it where it is shown
    PRIMARY KEY (place, line)
) STRICT, WITHOUT ROWID;
-- Only members have statements: what the escrow gives and gets is found by its place.
CREATE INDEX postings_by_giver    ON postings (giver, place, line)    WHERE giver    LIKE 'member %';
CREATE INDEX postings_by_receiver ON postings (receiver, place, line) WHERE receiver LIKE 'member %';

-- Every account as it was last settled; the columns before it are those by which it is found.
CREATE TABLE accounts (
    member   TEXT PRIMARY KEY,
    referrer TEXT,
    shop     TEXT, -- the city of the shop
    city     TEXT, -- of which it is the partner
    clock    INTEGER NOT NULL,
    account  TEXT NOT NULL CHECK (json_valid(account)),
    -- What of the member's is open, for the server's limits: offers that want something, trades that it took, orders of its shop.
    open_offers INTEGER NOT NULL DEFAULT 0,
    open_trades INTEGER NOT NULL DEFAULT 0,
    open_orders INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX partners ON accounts (city) WHERE city IS NOT NULL;

-- With a row number of its own, in the order in which orders were placed: what is placed together is written to the same pages, and
-- ids are random.
CREATE TABLE orders (
    id       TEXT PRIMARY KEY,
    merchant TEXT NOT NULL,
    due      TEXT, -- only while it is pending
    sequence INTEGER NOT NULL, -- the number of the order, which its content has too
    clock    INTEGER NOT NULL,
    content  TEXT NOT NULL CHECK (json_valid(content))
) STRICT;
CREATE INDEX orders_by_due ON orders (due, sequence) WHERE due IS NOT NULL;
CREATE INDEX orders_by_merchant ON orders (merchant, sequence);

CREATE TABLE offers (
    id      TEXT PRIMARY KEY,
    owner   TEXT NOT NULL,
    wants   INTEGER NOT NULL, -- 1 while it is open and not taken whole
    clock   INTEGER NOT NULL,
    content TEXT NOT NULL CHECK (json_valid(content)),
    open_trades INTEGER NOT NULL DEFAULT 0 -- trades of it that are not finished
) STRICT, WITHOUT ROWID;
CREATE INDEX offers_that_want ON offers (id) WHERE wants = 1;

CREATE TABLE trades (
    id      TEXT PRIMARY KEY,
    offer   TEXT NOT NULL,
    owner   TEXT NOT NULL, -- of the offer
    taker   TEXT NOT NULL,
    unpaid  TEXT, -- the day on which it was taken, while it is `taken`
    paid    TEXT, -- the same while it is `paid`
    sequence INTEGER NOT NULL,
    clock   INTEGER NOT NULL,
    content TEXT NOT NULL CHECK (json_valid(content))
) STRICT, WITHOUT ROWID;
CREATE INDEX trades_by_owner  ON trades (owner, id);
CREATE INDEX trades_by_taker  ON trades (taker, id);
CREATE INDEX trades_by_unpaid ON trades (unpaid, sequence) WHERE unpaid IS NOT NULL;
CREATE INDEX trades_that_are_paid ON trades (id) WHERE paid IS NOT NULL;

-- Packs that may come back, or did.
CREATE TABLE purchases (
    id       TEXT PRIMARY KEY,
    member   TEXT NOT NULL,
    due      TEXT, -- only while it may come back
    sequence INTEGER NOT NULL,
    clock    INTEGER NOT NULL,
    content  TEXT NOT NULL CHECK (json_valid(content))
) STRICT;
CREATE INDEX purchases_by_due ON purchases (due, sequence) WHERE due IS NOT NULL;

-- Redemptions that have an id, and can be cancelled.
CREATE TABLE redemptions (
    id      TEXT PRIMARY KEY,
    member  TEXT NOT NULL,
    clock   INTEGER NOT NULL,
    content TEXT NOT NULL CHECK (json_valid(content))
) STRICT, WITHOUT ROWID;

CREATE TABLE days (
    day    TEXT PRIMARY KEY,
    record TEXT NOT NULL CHECK (json_valid(record))
) STRICT, WITHOUT ROWID;

-- The first outcome of every key: the place of the event, or the refusal.
CREATE TABLE answers (
    scope       TEXT NOT NULL,
    key         TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    place       INTEGER,
    refusal     TEXT CHECK (json_valid(refusal)),
    refused     INTEGER, -- when, in seconds since 1970, if the refusal is forgotten after a time
    PRIMARY KEY (scope, key),
    CHECK ((place IS NULL) <> (refusal IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX answers_by_refusal ON answers (refused) WHERE refused IS NOT NULL;

CREATE TRIGGER journal_is_not_changed  BEFORE UPDATE ON journal  BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_is_not_deleted  BEFORE DELETE ON journal  BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER postings_are_not_changed BEFORE UPDATE ON postings BEGIN SELECT RAISE(ABORT, 'postings are append-only'); END;
CREATE TRIGGER postings_are_not_deleted BEFORE DELETE ON postings BEGIN SELECT RAISE(ABORT, 'postings are append-only'); END;
CREATE TRIGGER rules_are_not_changed   BEFORE UPDATE ON rules    BEGIN SELECT RAISE(ABORT, 'the history of the rules never changes'); END;
CREATE TRIGGER rules_are_not_deleted   BEFORE DELETE ON rules    BEGIN SELECT RAISE(ABORT, 'the history of the rules never changes'); END;
CREATE TRIGGER days_are_not_changed    BEFORE UPDATE ON days     BEGIN SELECT RAISE(ABORT, 'a closed day never changes'); END;
CREATE TRIGGER days_are_not_deleted    BEFORE DELETE ON days     BEGIN SELECT RAISE(ABORT, 'a closed day never changes'); END;
CREATE TRIGGER eras_are_not_changed    BEFORE UPDATE ON eras     BEGIN SELECT RAISE(ABORT, 'an era that ended never changes'); END;
CREATE TRIGGER eras_are_not_deleted    BEFORE DELETE ON eras     BEGIN SELECT RAISE(ABORT, 'an era that ended never changes'); END;
CREATE TRIGGER answers_are_not_changed BEFORE UPDATE ON answers  BEGIN SELECT RAISE(ABORT, 'a first answer never changes'); END;
CREATE TRIGGER accounts_are_not_deleted BEFORE DELETE ON accounts BEGIN SELECT RAISE(ABORT, 'an account is never deleted'); END;
