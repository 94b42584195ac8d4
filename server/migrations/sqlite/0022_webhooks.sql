-- Who is told of events.
CREATE TABLE webhooks (
    id       TEXT PRIMARY KEY,
    url      TEXT NOT NULL,
    secret   TEXT NOT NULL, -- as it is: it signs what is sent
    kinds    TEXT NOT NULL, -- `,order.placed,day.closed,`; empty for all
    at       TEXT NOT NULL,
    lease    INTEGER NOT NULL DEFAULT 0, -- until then some process delivers to it; milliseconds since 1970, as all below
    due      INTEGER NOT NULL DEFAULT 0, -- not before then, after a failure
    failures INTEGER NOT NULL DEFAULT 0, -- in a row
    trouble  TEXT NOT NULL DEFAULT ''    -- why it failed last
) STRICT, WITHOUT ROWID;

-- What they still have to be told; a row goes when it was.
CREATE TABLE deliveries (
    webhook TEXT NOT NULL,
    place   INTEGER NOT NULL, -- of the event
    since   INTEGER NOT NULL,
    tries   INTEGER NOT NULL DEFAULT 0,
    dead    INTEGER NOT NULL DEFAULT 0, -- 1 if it was given up
    PRIMARY KEY (webhook, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_waiting ON deliveries (webhook, place) WHERE dead = 0;
