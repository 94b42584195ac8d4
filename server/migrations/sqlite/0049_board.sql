-- The board: the offers of each side, the best price first. `rank` is the price in 10^-8 yuan, negative for offers to buy, so the
-- best offer of either side has the smallest one.
ALTER TABLE offers ADD COLUMN side TEXT NOT NULL DEFAULT '';
ALTER TABLE offers ADD COLUMN rank INTEGER NOT NULL DEFAULT 0;
UPDATE offers SET side = json_extract(content, '$.side'), rank = CASE json_extract(content, '$.side') WHEN 'buy' THEN -1 ELSE 1 END * (
    SELECT MIN(9223372036854775807, CAST(substr(price, 1, instr(price, '.') - 1) AS INTEGER) * 100000000
         + CAST(substr(substr(price, instr(price, '.') + 1) || '00000000', 1, 8) AS INTEGER))
    FROM (SELECT CASE instr(price, '.') WHEN 0 THEN price || '.' ELSE price END AS price
          FROM (SELECT json_extract(content, '$.unit_price') AS price)));
CREATE INDEX offers_of_board ON offers (side, rank, id) WHERE wants = 1;
