-- As for SQLite.
CREATE TABLE shop_presets (
    shop  TEXT COLLATE "C" PRIMARY KEY,
    unit  TEXT NOT NULL, -- `percent` of the amount, or `yuan`
    value TEXT NOT NULL
);

CREATE TABLE member_code_secret (
    one    BIGINT PRIMARY KEY CHECK (one = 1),
    secret TEXT NOT NULL
);
