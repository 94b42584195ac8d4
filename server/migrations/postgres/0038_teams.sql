-- As for SQLite.
-- What members' networks bring. A group writes its lines; a task adds them to the sums below, and deletes them in the same transaction. So
-- orders do not wait for the climb to those above the buyer.
CREATE TABLE network_lines (
    place   BIGINT NOT NULL,
    line    BIGINT NOT NULL,
    content TEXT NOT NULL CHECK (content::json IS NOT NULL),
    PRIMARY KEY (place, line)
);

-- Members below, by how far: level 1 is those who have the holder as referrer.
CREATE TABLE team_sizes (
    holder    TEXT COLLATE "C" NOT NULL,
    level     BIGINT NOT NULL,
    members   BIGINT NOT NULL,
    activated BIGINT NOT NULL,
    PRIMARY KEY (holder, level)
);

-- What they bought, by month.
CREATE TABLE team_months (
    holder     TEXT COLLATE "C" NOT NULL,
    month      TEXT COLLATE "C" NOT NULL,
    level      BIGINT NOT NULL,
    orders     BIGINT NOT NULL,
    concession TEXT NOT NULL,
    PRIMARY KEY (holder, month, level)
);

-- What vested for the holder: by month in all (no branch), and by direct member since ever (no month).
CREATE TABLE team_rewards (
    holder      TEXT COLLATE "C" NOT NULL,
    month       TEXT COLLATE "C" NOT NULL,
    branch      TEXT COLLATE "C" NOT NULL,
    share_value TEXT NOT NULL,
    points      TEXT NOT NULL,
    PRIMARY KEY (holder, month, branch)
);

-- What was bought in a city, by day in all (no shop) and by shop and month (its first seven characters).
CREATE TABLE city_days (
    city       TEXT COLLATE "C" NOT NULL,
    day        TEXT COLLATE "C" NOT NULL,
    shop       TEXT COLLATE "C" NOT NULL,
    orders     BIGINT NOT NULL,
    concession TEXT NOT NULL,
    PRIMARY KEY (city, day, shop)
);

-- The day on which a member was registered; unknown of those whom an earlier build registered.
ALTER TABLE accounts ADD COLUMN since TEXT COLLATE "C";
CREATE INDEX accounts_by_referrer ON accounts (referrer, member) WHERE referrer IS NOT NULL;
