-- A writer takes the row of its shard here, or all of them to be alone, before it reads anything. These rows never change:
-- PostgreSQL lets those who wait for such a row have it one after another. Of a row that changes, whoever comes later may get the new
-- version first, so a command could wait for a whole close that is settled in parts. SQLite has one writer anyway.
CREATE TABLE turns (
    shard BIGINT PRIMARY KEY
);

INSERT INTO turns (shard) SELECT generate_series(0, 15);
