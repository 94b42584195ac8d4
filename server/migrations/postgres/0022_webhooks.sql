-- Who is told of events.
CREATE TABLE webhooks (
    id       TEXT COLLATE "C" PRIMARY KEY,
    url      TEXT NOT NULL,
    secret   TEXT NOT NULL, -- as it is: it signs what is sent
    kinds    TEXT NOT NULL, -- `,order.placed,day.closed,`; empty for all
    at       TEXT NOT NULL,
    lease    BIGINT NOT NULL DEFAULT 0, -- until then some process delivers to it; milliseconds since 1970, as all below
    due      BIGINT NOT NULL DEFAULT 0, -- not before then, after a failure
    failures BIGINT NOT NULL DEFAULT 0, -- in a row
    trouble  TEXT NOT NULL DEFAULT ''    -- why it failed last
);

-- What they still have to be told; a row goes when it was.
CREATE TABLE deliveries (
    webhook TEXT COLLATE "C" NOT NULL,
    place   BIGINT NOT NULL, -- of the event
    since   BIGINT NOT NULL,
    tries   BIGINT NOT NULL DEFAULT 0,
    dead    BIGINT NOT NULL DEFAULT 0, -- 1 if it was given up
    PRIMARY KEY (webhook, place)
);
CREATE INDEX deliveries_waiting ON deliveries (webhook, place) WHERE dead = 0;
