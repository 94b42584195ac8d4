-- As for SQLite.

ALTER TABLE orders ADD COLUMN buyer TEXT COLLATE "C" NOT NULL DEFAULT '';
UPDATE orders
    SET buyer = j.event::json ->> 'buyer', content = (orders.content::jsonb || jsonb_build_object(
        'buyer', j.event::json ->> 'buyer', 'day', j.day, 'amount', j.event::json ->> 'amount'))::text
    FROM journal j
    WHERE j.kind = 'order.placed' AND orders.id = j.event::json ->> 'order';
CREATE INDEX orders_by_buyer ON orders (buyer, sequence);

-- Whom a pending order rewards, besides its buyer and its shop, who are found by the order itself. A row is written with its order
-- and never changed: it counts as long as the order is due on that day. Then it is deleted, now and then.
CREATE TABLE receivers (
    due      TEXT NOT NULL,
    member   TEXT COLLATE "C" NOT NULL,
    sequence BIGINT NOT NULL, -- the number of the order
    PRIMARY KEY (due, member, sequence)
);
INSERT INTO receivers (due, member, sequence)
    SELECT DISTINCT o.due, r.value #>> '{reward,member}', o.sequence
    FROM orders o, json_array_elements(o.content::json -> 'rewards') r
    WHERE o.due IS NOT NULL AND r.value #>> '{reward,member}' NOT IN (o.buyer, o.merchant);
