-- A secret that was replaced signs beside the new one until its time is over.
ALTER TABLE webhooks ADD COLUMN old_secret TEXT;
ALTER TABLE webhooks ADD COLUMN old_until INTEGER NOT NULL DEFAULT 0; -- milliseconds since 1970

-- The last attempts, for whoever looks after a receiver. Old ones go.
CREATE TABLE attempts (
    webhook TEXT NOT NULL,
    place   INTEGER NOT NULL,
    at      INTEGER NOT NULL,    -- milliseconds since 1970
    trouble TEXT NOT NULL,       -- empty if it was received
    PRIMARY KEY (webhook, at, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX attempts_of_delivery ON attempts (webhook, place, at);
