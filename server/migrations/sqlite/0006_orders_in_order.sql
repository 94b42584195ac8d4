-- Orders in the order in which they were placed, not in that of their ids, which are random: what is placed together is
-- written to the same pages.
CREATE TABLE orders_in_order (
    id       TEXT PRIMARY KEY,
    merchant TEXT NOT NULL,
    due      TEXT, -- only while it is pending
    clock    INTEGER NOT NULL,
    content  TEXT NOT NULL CHECK (json_valid(content))
) STRICT;
INSERT INTO orders_in_order (id, merchant, due, clock, content) SELECT id, merchant, due, clock, content FROM orders ORDER BY clock, id;
DROP TABLE orders;
ALTER TABLE orders_in_order RENAME TO orders;
CREATE INDEX orders_by_due ON orders (due) WHERE due IS NOT NULL;
