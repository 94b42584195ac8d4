-- A shop's orders, newest first: the number of an order, which its content has too.
ALTER TABLE orders ADD COLUMN sequence INTEGER NOT NULL DEFAULT 0;
UPDATE orders SET sequence = content ->> 'sequence';
CREATE INDEX orders_by_merchant ON orders (merchant, sequence);
