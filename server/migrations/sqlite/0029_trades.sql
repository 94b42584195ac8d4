-- What the two sides of a trade tell each other, outside the journal, while the trade lives. All times are seconds since 1970.

-- A row is made when a trade is taken and deleted when it ends, by the triggers below: whoever ends a trade, nothing of it is left.
CREATE TABLE trade_notes (
    trade   TEXT PRIMARY KEY,
    taken   INTEGER NOT NULL,
    paid    INTEGER,                   -- when the buyer reported the payment
    payee   TEXT NOT NULL DEFAULT '',  -- where the seller is paid
    payment TEXT NOT NULL DEFAULT ''   -- the buyer's note of the payment
) STRICT, WITHOUT ROWID;
CREATE INDEX trade_notes_unpaid ON trade_notes (taken) WHERE paid IS NULL;

-- What the two sides say to the operator, who decides. A row stays for a time after its trade.
CREATE TABLE disputes (
    trade  TEXT PRIMARY KEY,
    opened INTEGER NOT NULL,
    opener TEXT NOT NULL CHECK (opener IN ('buyer', 'seller')),
    buyer  TEXT NOT NULL DEFAULT '', -- the statement of the buyer
    seller TEXT NOT NULL DEFAULT '', -- and of the seller
    reason TEXT NOT NULL DEFAULT '', -- the operator's, with the decision
    ended  INTEGER                   -- when the trade ended
) STRICT, WITHOUT ROWID;
CREATE INDEX disputes_open ON disputes (opened, trade) WHERE ended IS NULL;
CREATE INDEX disputes_ended ON disputes (ended) WHERE ended IS NOT NULL;

-- Trades that live have all of their time from now on.
INSERT INTO trade_notes (trade, taken, paid)
    SELECT id, unixepoch(), CASE WHEN paid IS NOT NULL THEN unixepoch() END FROM trades
    WHERE unpaid IS NOT NULL OR paid IS NOT NULL;

CREATE TRIGGER trades_begin AFTER INSERT ON trades WHEN NEW.unpaid IS NOT NULL OR NEW.paid IS NOT NULL BEGIN
    INSERT INTO trade_notes (trade, taken, paid)
        VALUES (NEW.id, unixepoch(), CASE WHEN NEW.paid IS NOT NULL THEN unixepoch() END);
END;
CREATE TRIGGER trades_are_paid AFTER UPDATE ON trades WHEN NEW.paid IS NOT NULL BEGIN
    UPDATE trade_notes SET paid = unixepoch() WHERE trade = NEW.id AND paid IS NULL;
END;
CREATE TRIGGER trades_end AFTER UPDATE ON trades WHEN NEW.unpaid IS NULL AND NEW.paid IS NULL BEGIN
    DELETE FROM trade_notes WHERE trade = NEW.id;
    UPDATE disputes SET ended = unixepoch() WHERE trade = NEW.id AND ended IS NULL;
END;

-- A member's trades: those that live, then those that ended.
CREATE INDEX trades_living_of_owner ON trades (owner, sequence) WHERE unpaid IS NOT NULL OR paid IS NOT NULL;
CREATE INDEX trades_living_of_taker ON trades (taker, sequence) WHERE unpaid IS NOT NULL OR paid IS NOT NULL;
CREATE INDEX trades_ended_of_owner  ON trades (owner, sequence) WHERE unpaid IS NULL AND paid IS NULL;
CREATE INDEX trades_ended_of_taker  ON trades (taker, sequence) WHERE unpaid IS NULL AND paid IS NULL;

-- How many trades a member took on the day on which it took its last one.
ALTER TABLE accounts ADD COLUMN trades_of_day INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN traded_on TEXT;
