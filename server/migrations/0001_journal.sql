-- The journal is the truth: days and accounts follow from it, and are compared with it whenever the server starts.

-- The rule set with which the book was opened. Later ones are in the journal (`rules.adopted`).
CREATE TABLE genesis (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    rules    TEXT NOT NULL CHECK (json_valid(rules))
) STRICT;

-- Every event that was accepted, and every refused one whose `id` has to give the same answer again.
CREATE TABLE journal (
    place   INTEGER PRIMARY KEY CHECK (place > 0), -- from 1, without gaps
    event   TEXT NOT NULL CHECK (json_valid(event)),
    receipt TEXT CHECK (json_valid(receipt)),
    refusal TEXT,                                  -- the code
    CHECK ((receipt IS NULL) <> (refusal IS NULL))
) STRICT;

-- The record of each closed day.
CREATE TABLE days (
    day    TEXT PRIMARY KEY,
    record TEXT NOT NULL CHECK (json_valid(record))
) STRICT, WITHOUT ROWID;

-- Every account as it was last settled.
CREATE TABLE accounts (
    member  TEXT PRIMARY KEY,
    account TEXT NOT NULL CHECK (json_valid(account))
) STRICT, WITHOUT ROWID;

CREATE TRIGGER genesis_is_not_changed BEFORE UPDATE ON genesis BEGIN SELECT RAISE(ABORT, 'the genesis rules never change'); END;
CREATE TRIGGER genesis_is_not_deleted BEFORE DELETE ON genesis BEGIN SELECT RAISE(ABORT, 'the genesis rules never change'); END;
CREATE TRIGGER journal_is_not_changed BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_is_not_deleted BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER days_are_not_changed   BEFORE UPDATE ON days    BEGIN SELECT RAISE(ABORT, 'a closed day never changes'); END;
CREATE TRIGGER days_are_not_deleted   BEFORE DELETE ON days    BEGIN SELECT RAISE(ABORT, 'a closed day never changes'); END;
CREATE TRIGGER accounts_are_not_deleted BEFORE DELETE ON accounts BEGIN SELECT RAISE(ABORT, 'an account is never deleted'); END;
