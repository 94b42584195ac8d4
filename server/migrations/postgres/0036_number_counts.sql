-- How many short numbers a member was given, which stays when it erases its profile: numbers are given once, so nobody uses them up.
CREATE TABLE number_counts (
    member TEXT PRIMARY KEY,
    given  BIGINT NOT NULL
);
