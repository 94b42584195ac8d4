-- The counter of a shop: what it gives up of an order by default, and the secret behind the codes that members show there.
CREATE TABLE shop_presets (
    shop  TEXT PRIMARY KEY,
    unit  TEXT NOT NULL, -- `percent` of the amount, or `yuan`
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE member_code_secret (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    secret TEXT NOT NULL
) STRICT;
