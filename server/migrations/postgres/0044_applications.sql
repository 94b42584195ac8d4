-- As for SQLite.
CREATE TABLE applications (
    id        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    member    TEXT COLLATE "C" NOT NULL,
    region    TEXT COLLATE "C" NOT NULL,
    shop_name TEXT,
    address   TEXT,
    category  TEXT,
    contact   TEXT,
    phone     TEXT,
    licence   TEXT,
    applied   BIGINT NOT NULL,
    changes   BIGINT NOT NULL DEFAULT 0,
    state     TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'approved', 'opened', 'declined', 'withdrawn')),
    decider   TEXT,
    decided   BIGINT,
    reason    TEXT
);
CREATE UNIQUE INDEX applications_open ON applications (member) WHERE state IN ('waiting', 'approved');
CREATE INDEX applications_of_member ON applications (member, id);
CREATE INDEX applications_in_state ON applications (state, id);

-- The fingerprint of the rules that proposed ones change, if it was said.
ALTER TABLE proposals ADD COLUMN based_on TEXT;
