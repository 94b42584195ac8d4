-- As for SQLite, column by column; ids sort by their bytes here too.
-- The journal is the truth: everything else follows from it, and `gongxiang audit` compares every row with it.

-- The numbers of the scheme, without the flows that the shards have not handed over.
CREATE TABLE head (
    only_row BIGINT PRIMARY KEY CHECK (only_row = 1),
    head     TEXT NOT NULL CHECK (head::json IS NOT NULL),
    rules    BIGINT NOT NULL, -- the version in force
    eras     BIGINT NOT NULL  -- how many eras have ended
);

-- Writers: each takes the row of its shard, or all of them to be alone.
CREATE TABLE shards (
    shard BIGINT PRIMARY KEY,
    clock BIGINT NOT NULL,
    flow  TEXT NOT NULL CHECK (flow::json IS NOT NULL)
);

-- Every rule set that was ever in force; version 1 is the one with which the book was opened.
CREATE TABLE rules (
    version BIGINT PRIMARY KEY,
    place   BIGINT NOT NULL, -- of its adoption; 0 for the first
    rules   TEXT NOT NULL CHECK (rules::json IS NOT NULL)
);

-- The last `acc` of each era that ended.
CREATE TABLE eras (
    era BIGINT PRIMARY KEY,
    acc TEXT NOT NULL
);

-- Every accepted event.
CREATE TABLE journal (
    place   BIGINT PRIMARY KEY CHECK (place > 0), -- clock, shard and number in the group
    day     TEXT COLLATE "C" NOT NULL,
    kind    TEXT NOT NULL,
    event   TEXT NOT NULL CHECK (event::json IS NOT NULL),
    receipt TEXT NOT NULL CHECK (receipt::json IS NOT NULL),
    at      TEXT NOT NULL,
    actor   TEXT NOT NULL,
    -- The codes of the red flags that whoever adopted rules accepted by name: beside the event, whose grammar is the contract's.
    accepted_flags TEXT NOT NULL CHECK (accepted_flags::json IS NOT NULL),
    version BIGINT NOT NULL -- of the row's shape, its receipt included
);

-- What the receipts moved.
CREATE TABLE postings (
    place    BIGINT NOT NULL,
    line     BIGINT NOT NULL,
    day      TEXT COLLATE "C" NOT NULL,
    giver    TEXT COLLATE "C" NOT NULL,
    receiver TEXT COLLATE "C" NOT NULL,
    asset    TEXT NOT NULL,
    amount   TEXT NOT NULL,
    rule     TEXT NOT NULL,
    why      TEXT NOT NULL, -- a reason's tag and numbers; words are made of it where it is shown
    PRIMARY KEY (place, line)
);
-- Only members have statements: what the escrow gives and gets is found by its place.
CREATE INDEX postings_by_giver    ON postings (giver, place, line)    WHERE giver    LIKE 'member %';
CREATE INDEX postings_by_receiver ON postings (receiver, place, line) WHERE receiver LIKE 'member %';

-- Every account as it was last settled; the columns before it are those by which it is found.
CREATE TABLE accounts (
    member   TEXT COLLATE "C" PRIMARY KEY,
    referrer TEXT,
    shop     TEXT, -- the city of the shop
    city     TEXT, -- of which it is the partner
    clock    BIGINT NOT NULL,
    account  TEXT NOT NULL CHECK (account::json IS NOT NULL),
    -- What of the member's is open, for the server's limits: offers that want something, trades that it took, orders of its shop.
    open_offers BIGINT NOT NULL DEFAULT 0,
    open_trades BIGINT NOT NULL DEFAULT 0,
    open_orders BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX partners ON accounts (city) WHERE city IS NOT NULL;

CREATE TABLE orders (
    id       TEXT COLLATE "C" PRIMARY KEY,
    merchant TEXT NOT NULL,
    due      TEXT, -- only while it is pending
    sequence BIGINT NOT NULL, -- the number of the order, which its content has too
    clock    BIGINT NOT NULL,
    content  TEXT NOT NULL CHECK (content::json IS NOT NULL)
);
CREATE INDEX orders_by_due ON orders (due, sequence) WHERE due IS NOT NULL;
CREATE INDEX orders_by_merchant ON orders (merchant, sequence);

CREATE TABLE offers (
    id      TEXT COLLATE "C" PRIMARY KEY,
    owner   TEXT COLLATE "C" NOT NULL,
    wants   BIGINT NOT NULL, -- 1 while it is open and not taken whole
    clock   BIGINT NOT NULL,
    content TEXT NOT NULL CHECK (content::json IS NOT NULL),
    open_trades BIGINT NOT NULL DEFAULT 0 -- trades of it that are not finished
);
CREATE INDEX offers_that_want ON offers (id) WHERE wants = 1;

CREATE TABLE trades (
    id      TEXT COLLATE "C" PRIMARY KEY,
    offer   TEXT NOT NULL,
    owner   TEXT COLLATE "C" NOT NULL, -- of the offer
    taker   TEXT COLLATE "C" NOT NULL,
    unpaid  TEXT, -- the day on which it was taken, while it is `taken`
    paid    TEXT, -- the same while it is `paid`
    sequence BIGINT NOT NULL,
    clock   BIGINT NOT NULL,
    content TEXT NOT NULL CHECK (content::json IS NOT NULL)
);
CREATE INDEX trades_by_owner  ON trades (owner, id);
CREATE INDEX trades_by_taker  ON trades (taker, id);
CREATE INDEX trades_by_unpaid ON trades (unpaid, sequence) WHERE unpaid IS NOT NULL;
CREATE INDEX trades_that_are_paid ON trades (id) WHERE paid IS NOT NULL;

-- Packs that may come back, or did.
CREATE TABLE purchases (
    id       TEXT COLLATE "C" PRIMARY KEY,
    member   TEXT NOT NULL,
    due      TEXT, -- only while it may come back
    sequence BIGINT NOT NULL,
    clock    BIGINT NOT NULL,
    content  TEXT NOT NULL CHECK (content::json IS NOT NULL)
);
CREATE INDEX purchases_by_due ON purchases (due, sequence) WHERE due IS NOT NULL;

-- Redemptions that have an id, and can be cancelled.
CREATE TABLE redemptions (
    id      TEXT COLLATE "C" PRIMARY KEY,
    member  TEXT NOT NULL,
    clock   BIGINT NOT NULL,
    content TEXT NOT NULL CHECK (content::json IS NOT NULL)
);

CREATE TABLE days (
    day    TEXT COLLATE "C" PRIMARY KEY,
    record TEXT NOT NULL CHECK (record::json IS NOT NULL)
);

-- The first outcome of every key: the place of the event, or the refusal.
CREATE TABLE answers (
    scope       TEXT COLLATE "C" NOT NULL,
    key         TEXT COLLATE "C" NOT NULL,
    fingerprint TEXT NOT NULL,
    place       BIGINT,
    refusal     TEXT CHECK (refusal IS NULL OR refusal::json IS NOT NULL),
    refused     BIGINT, -- when, in seconds since 1970, if the refusal is forgotten after a time
    PRIMARY KEY (scope, key),
    CHECK ((place IS NULL) <> (refusal IS NULL))
);

CREATE INDEX answers_by_refusal ON answers (refused) WHERE refused IS NOT NULL;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END
$$;

CREATE TRIGGER journal_is_not_changed BEFORE UPDATE ON journal FOR EACH ROW EXECUTE FUNCTION refuse_change('the journal is append-only');
CREATE TRIGGER journal_is_not_deleted BEFORE DELETE ON journal FOR EACH ROW EXECUTE FUNCTION refuse_change('the journal is append-only');
CREATE TRIGGER postings_are_not_changed BEFORE UPDATE ON postings FOR EACH ROW EXECUTE FUNCTION refuse_change('postings are append-only');
CREATE TRIGGER postings_are_not_deleted BEFORE DELETE ON postings FOR EACH ROW EXECUTE FUNCTION refuse_change('postings are append-only');
CREATE TRIGGER rules_are_not_changed BEFORE UPDATE ON rules FOR EACH ROW EXECUTE FUNCTION refuse_change('the history of the rules never changes');
CREATE TRIGGER rules_are_not_deleted BEFORE DELETE ON rules FOR EACH ROW EXECUTE FUNCTION refuse_change('the history of the rules never changes');
CREATE TRIGGER days_are_not_changed BEFORE UPDATE ON days FOR EACH ROW EXECUTE FUNCTION refuse_change('a closed day never changes');
CREATE TRIGGER days_are_not_deleted BEFORE DELETE ON days FOR EACH ROW EXECUTE FUNCTION refuse_change('a closed day never changes');
CREATE TRIGGER eras_are_not_changed BEFORE UPDATE ON eras FOR EACH ROW EXECUTE FUNCTION refuse_change('an era that ended never changes');
CREATE TRIGGER eras_are_not_deleted BEFORE DELETE ON eras FOR EACH ROW EXECUTE FUNCTION refuse_change('an era that ended never changes');
CREATE TRIGGER answers_are_not_changed BEFORE UPDATE ON answers FOR EACH ROW EXECUTE FUNCTION refuse_change('a first answer never changes');
CREATE TRIGGER accounts_are_not_deleted BEFORE DELETE ON accounts FOR EACH ROW EXECUTE FUNCTION refuse_change('an account is never deleted');
CREATE TRIGGER journal_is_not_emptied BEFORE TRUNCATE ON journal FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('the journal is append-only');
CREATE TRIGGER postings_is_not_emptied BEFORE TRUNCATE ON postings FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('postings are append-only');
CREATE TRIGGER rules_is_not_emptied BEFORE TRUNCATE ON rules FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('the history of the rules never changes');
CREATE TRIGGER days_is_not_emptied BEFORE TRUNCATE ON days FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('a closed day never changes');
CREATE TRIGGER eras_is_not_emptied BEFORE TRUNCATE ON eras FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('an era that ended never changes');
CREATE TRIGGER accounts_is_not_emptied BEFORE TRUNCATE ON accounts FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('an account is never deleted');
