-- What each day brought, in sums: a writer adds to those of its shard, and the close adds them up.
ALTER TABLE shards ADD COLUMN report TEXT NOT NULL DEFAULT '{}';

CREATE TABLE day_reports (
    day    TEXT PRIMARY KEY,
    report TEXT NOT NULL CHECK (json_valid(report)), -- of the day
    total  TEXT NOT NULL CHECK (json_valid(total))   -- of all days until its end
) STRICT, WITHOUT ROWID;

-- What a shop paid for orders on its last days, to know how long its points last.
ALTER TABLE accounts ADD COLUMN spending TEXT;
