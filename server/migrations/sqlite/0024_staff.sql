-- Who works for the operator or in a shop. How they sign in is in the members' tables, under `staff/ID`.
CREATE TABLE staff (
    id    TEXT PRIMARY KEY,
    name  TEXT NOT NULL,
    role  TEXT NOT NULL CHECK (role IN ('operator', 'clerk', 'auditor', 'owner', 'cashier')),
    shop  TEXT,             -- of an owner or a cashier
    since INTEGER NOT NULL, -- seconds since 1970, as all below
    ended INTEGER,
    CHECK ((role IN ('owner', 'cashier')) = (shop IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX staff_by_name ON staff (name, COALESCE(shop, '')) WHERE ended IS NULL;
CREATE INDEX staff_of ON staff (shop, id);

-- What was changed beside the books, and by whom. The journal has the rest.
CREATE TABLE actions (
    id      INTEGER PRIMARY KEY, -- in their order
    at      TEXT NOT NULL,       -- as in the journal
    actor   TEXT NOT NULL,
    deed    TEXT NOT NULL,       -- such as `staff.added`
    subject TEXT NOT NULL        -- of whom or what; no secret
) STRICT;
