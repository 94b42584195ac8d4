-- A secret that was replaced signs beside the new one until its time is over.
ALTER TABLE webhooks ADD COLUMN old_secret TEXT;
ALTER TABLE webhooks ADD COLUMN old_until BIGINT NOT NULL DEFAULT 0; -- milliseconds since 1970

-- The last attempts, for whoever looks after a receiver. Old ones go.
CREATE TABLE attempts (
    webhook TEXT COLLATE "C" NOT NULL,
    place   BIGINT NOT NULL,
    at      BIGINT NOT NULL,    -- milliseconds since 1970
    trouble TEXT NOT NULL,       -- empty if it was received
    PRIMARY KEY (webhook, at, place)
);
CREATE INDEX attempts_of_delivery ON attempts (webhook, place, at);
