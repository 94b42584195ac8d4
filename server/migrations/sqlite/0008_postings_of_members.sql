-- Only members have statements: what the escrow gives and gets is found by its place.
DROP INDEX postings_by_giver;
DROP INDEX postings_by_receiver;
CREATE INDEX postings_by_giver    ON postings (giver, place, line)    WHERE giver    LIKE 'member %';
CREATE INDEX postings_by_receiver ON postings (receiver, place, line) WHERE receiver LIKE 'member %';
