-- A shop's orders, newest first: the number of an order, which its content has too.
ALTER TABLE orders ADD COLUMN sequence BIGINT NOT NULL DEFAULT 0;
UPDATE orders SET sequence = (content::json ->> 'sequence')::bigint;
CREATE INDEX orders_by_merchant ON orders (merchant, sequence);
