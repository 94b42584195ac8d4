-- Applications to open a shop, beside the books: the journal has the shop, and nothing of what was said of it here. All times are seconds
-- since 1970. What speaks of people is nothing once the member erased its profile.
CREATE TABLE applications (
    id        INTEGER PRIMARY KEY, -- in their order
    member    TEXT NOT NULL,
    region    TEXT NOT NULL,       -- where the shop is to be
    shop_name TEXT,
    address   TEXT,
    category  TEXT,
    contact   TEXT,                -- whom the operator asks for, and how
    phone     TEXT,
    licence   TEXT,
    applied   INTEGER NOT NULL,
    changes   INTEGER NOT NULL DEFAULT 0, -- how often it was changed
    -- `approved` until the shop is open.
    state     TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'approved', 'opened', 'declined', 'withdrawn')),
    decider   TEXT,                -- who decided, as in the journal
    decided   INTEGER,
    reason    TEXT                 -- why it was declined
) STRICT;
-- Nobody has two that are open.
CREATE UNIQUE INDEX applications_open ON applications (member) WHERE state IN ('waiting', 'approved');
CREATE INDEX applications_of_member ON applications (member, id);
CREATE INDEX applications_in_state ON applications (state, id);

-- The fingerprint of the rules that proposed ones change, if it was said.
ALTER TABLE proposals ADD COLUMN based_on TEXT;
