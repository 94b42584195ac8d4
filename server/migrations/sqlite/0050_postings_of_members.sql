-- Which postings are a member's, for its statement. Two indexes before: a shop gives points and receives share value with each order,
-- so its order wrote a page of both. Triggers write it, so nothing is posted that no statement has.
CREATE TABLE postings_of_members (
    member TEXT NOT NULL,
    place  INTEGER NOT NULL,
    line   INTEGER NOT NULL,
    PRIMARY KEY (member, place, line)
) STRICT, WITHOUT ROWID;
INSERT INTO postings_of_members (member, place, line)
    SELECT substr(giver, 8), place, line FROM postings WHERE giver LIKE 'member %'
    UNION SELECT substr(receiver, 8), place, line FROM postings WHERE receiver LIKE 'member %';
CREATE TRIGGER postings_are_of_members AFTER INSERT ON postings BEGIN
    INSERT INTO postings_of_members (member, place, line)
        SELECT substr(new.giver, 8), new.place, new.line WHERE new.giver >= 'member ' AND new.giver < 'member!';
    INSERT INTO postings_of_members (member, place, line)
        SELECT substr(new.receiver, 8), new.place, new.line
        WHERE new.receiver >= 'member ' AND new.receiver < 'member!' AND new.receiver <> new.giver;
END;
CREATE TRIGGER postings_of_members_are_not_changed BEFORE UPDATE ON postings_of_members BEGIN SELECT RAISE(ABORT, 'postings are append-only'); END;
CREATE TRIGGER postings_of_members_are_not_deleted BEFORE DELETE ON postings_of_members BEGIN SELECT RAISE(ABORT, 'postings are append-only'); END;
DROP INDEX postings_by_giver;
DROP INDEX postings_by_receiver;
