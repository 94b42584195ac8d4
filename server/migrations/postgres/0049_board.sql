-- The board: the offers of each side, the best price first. `rank` is the price in 10^-8 yuan, negative for offers to buy, so the
-- best offer of either side has the smallest one.
ALTER TABLE offers ADD COLUMN side TEXT NOT NULL DEFAULT '';
ALTER TABLE offers ADD COLUMN rank BIGINT NOT NULL DEFAULT 0;
UPDATE offers SET side = CAST(content AS json) ->> 'side',
    rank = LEAST(CAST(CAST(content AS json) ->> 'unit_price' AS numeric) * 100000000, 9223372036854775807)
         * CASE CAST(content AS json) ->> 'side' WHEN 'buy' THEN -1 ELSE 1 END;
CREATE INDEX offers_of_board ON offers (side, rank, id) WHERE wants = 1;
