-- What is to come to a member, and a buyer's own orders.

ALTER TABLE orders ADD COLUMN buyer TEXT NOT NULL DEFAULT '';
UPDATE orders
    SET buyer = j.event ->> 'buyer', content = json_set(
        content, '$.buyer', j.event ->> 'buyer', '$.day', j.day, '$.amount', j.event ->> 'amount')
    FROM journal j
    WHERE j.kind = 'order.placed' AND orders.id = j.event ->> 'order';
CREATE INDEX orders_by_buyer ON orders (buyer, sequence);

-- Whom a pending order rewards, besides its buyer and its shop, who are found by the order itself. A row is written with its order
-- and never changed: it counts as long as the order is due on that day. Then it is deleted, now and then.
CREATE TABLE receivers (
    due      TEXT NOT NULL,
    member   TEXT NOT NULL,
    sequence INTEGER NOT NULL, -- the number of the order
    PRIMARY KEY (due, member, sequence)
) STRICT, WITHOUT ROWID;
INSERT INTO receivers (due, member, sequence)
    SELECT DISTINCT o.due, r.value ->> '$.reward.member', o.sequence
    FROM orders o, json_each(o.content, '$.rewards') r
    WHERE o.due IS NOT NULL AND r.value ->> '$.reward.member' NOT IN (o.buyer, o.merchant);
