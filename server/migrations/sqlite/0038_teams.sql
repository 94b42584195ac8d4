-- What members' networks bring. A group writes its lines; a task adds them to the sums below, and deletes them in the same transaction. So
-- orders do not wait for the climb to those above the buyer.
CREATE TABLE network_lines (
    place   INTEGER NOT NULL,
    line    INTEGER NOT NULL,
    content TEXT NOT NULL CHECK (json_valid(content)),
    PRIMARY KEY (place, line)
) STRICT, WITHOUT ROWID;

-- Members below, by how far: level 1 is those who have the holder as referrer.
CREATE TABLE team_sizes (
    holder    TEXT NOT NULL,
    level     INTEGER NOT NULL,
    members   INTEGER NOT NULL,
    activated INTEGER NOT NULL,
    PRIMARY KEY (holder, level)
) STRICT, WITHOUT ROWID;

-- What they bought, by month.
CREATE TABLE team_months (
    holder     TEXT NOT NULL,
    month      TEXT NOT NULL,
    level      INTEGER NOT NULL,
    orders     INTEGER NOT NULL,
    concession TEXT NOT NULL,
    PRIMARY KEY (holder, month, level)
) STRICT, WITHOUT ROWID;

-- What vested for the holder: by month in all (no branch), and by direct member since ever (no month).
CREATE TABLE team_rewards (
    holder      TEXT NOT NULL,
    month       TEXT NOT NULL,
    branch      TEXT NOT NULL,
    share_value TEXT NOT NULL,
    points      TEXT NOT NULL,
    PRIMARY KEY (holder, month, branch)
) STRICT, WITHOUT ROWID;

-- What was bought in a city, by day in all (no shop) and by shop and month (its first seven characters).
CREATE TABLE city_days (
    city       TEXT NOT NULL,
    day        TEXT NOT NULL,
    shop       TEXT NOT NULL,
    orders     INTEGER NOT NULL,
    concession TEXT NOT NULL,
    PRIMARY KEY (city, day, shop)
) STRICT, WITHOUT ROWID;

-- The day on which a member was registered; unknown of those whom an earlier build registered.
ALTER TABLE accounts ADD COLUMN since TEXT;
CREATE INDEX accounts_by_referrer ON accounts (referrer, member) WHERE referrer IS NOT NULL;
