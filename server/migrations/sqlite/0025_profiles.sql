-- What members say of themselves and of their shops: beside the books, and erased when the member wishes it.
CREATE TABLE profiles (
    member    TEXT PRIMARY KEY,
    number    TEXT NOT NULL UNIQUE, -- the short number, with its check digit
    name      TEXT,
    shop_name TEXT,
    shop_key  TEXT UNIQUE, -- what the shop's name looks like: no two shops may look the same
    address   TEXT,
    category  TEXT,
    phone     TEXT
) STRICT, WITHOUT ROWID;

-- Every short number that was ever given, without whose it is or was: none is given twice.
CREATE TABLE member_numbers (
    number TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- The directory of shops.
CREATE INDEX shops ON accounts (shop, member) WHERE shop IS NOT NULL;
