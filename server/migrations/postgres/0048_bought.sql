-- Trades that others took of the member's offers to buy and that are not finished: a buyer can hold up the points of a seller.
ALTER TABLE accounts ADD COLUMN open_bought BIGINT NOT NULL DEFAULT 0;
UPDATE accounts SET open_bought = found.trades
    FROM (SELECT t.owner, COUNT(*) AS trades FROM trades t JOIN offers o ON o.id = t.offer
          WHERE (t.unpaid IS NOT NULL OR t.paid IS NOT NULL) AND CAST(o.content AS json) ->> 'side' = 'buy' GROUP BY t.owner) AS found
    WHERE member = found.owner;
