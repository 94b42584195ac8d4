-- As for SQLite.

CREATE TABLE trade_notes (
    trade   TEXT COLLATE "C" PRIMARY KEY,
    taken   BIGINT NOT NULL,
    paid    BIGINT,
    payee   TEXT NOT NULL DEFAULT '',
    payment TEXT NOT NULL DEFAULT ''
);
CREATE INDEX trade_notes_unpaid ON trade_notes (taken) WHERE paid IS NULL;

CREATE TABLE disputes (
    trade  TEXT COLLATE "C" PRIMARY KEY,
    opened BIGINT NOT NULL,
    opener TEXT NOT NULL CHECK (opener IN ('buyer', 'seller')),
    buyer  TEXT NOT NULL DEFAULT '',
    seller TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    ended  BIGINT
);
CREATE INDEX disputes_open ON disputes (opened, trade) WHERE ended IS NULL;
CREATE INDEX disputes_ended ON disputes (ended) WHERE ended IS NOT NULL;

CREATE FUNCTION seconds_now() RETURNS BIGINT LANGUAGE sql VOLATILE AS $$
    SELECT CAST(FLOOR(EXTRACT(EPOCH FROM clock_timestamp())) AS BIGINT)
$$;

INSERT INTO trade_notes (trade, taken, paid)
    SELECT id, seconds_now(), CASE WHEN paid IS NOT NULL THEN seconds_now() END FROM trades
    WHERE unpaid IS NOT NULL OR paid IS NOT NULL;

CREATE FUNCTION follow_trade() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.unpaid IS NULL AND NEW.paid IS NULL THEN
        DELETE FROM trade_notes WHERE trade = NEW.id;
        UPDATE disputes SET ended = seconds_now() WHERE trade = NEW.id AND ended IS NULL;
    ELSIF TG_OP = 'INSERT' THEN
        INSERT INTO trade_notes (trade, taken, paid)
            VALUES (NEW.id, seconds_now(), CASE WHEN NEW.paid IS NOT NULL THEN seconds_now() END);
    ELSIF NEW.paid IS NOT NULL THEN
        UPDATE trade_notes SET paid = seconds_now() WHERE trade = NEW.id AND paid IS NULL;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER trades_are_followed AFTER INSERT OR UPDATE ON trades FOR EACH ROW EXECUTE FUNCTION follow_trade();

CREATE INDEX trades_living_of_owner ON trades (owner, sequence) WHERE unpaid IS NOT NULL OR paid IS NOT NULL;
CREATE INDEX trades_living_of_taker ON trades (taker, sequence) WHERE unpaid IS NOT NULL OR paid IS NOT NULL;
CREATE INDEX trades_ended_of_owner  ON trades (owner, sequence) WHERE unpaid IS NULL AND paid IS NULL;
CREATE INDEX trades_ended_of_taker  ON trades (taker, sequence) WHERE unpaid IS NULL AND paid IS NULL;

ALTER TABLE accounts ADD COLUMN trades_of_day BIGINT NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN traded_on TEXT;
