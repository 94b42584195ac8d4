-- Which postings are a member's, for its statement. Two indexes before: a shop gives points and receives share value with each order,
-- so its order wrote a page of both. Triggers write it, so nothing is posted that no statement has.
CREATE TABLE postings_of_members (
    member TEXT COLLATE "C" NOT NULL,
    place  BIGINT NOT NULL,
    line   BIGINT NOT NULL,
    PRIMARY KEY (member, place, line)
);
INSERT INTO postings_of_members (member, place, line)
    SELECT substr(giver, 8), place, line FROM postings WHERE giver LIKE 'member %'
    UNION SELECT substr(receiver, 8), place, line FROM postings WHERE receiver LIKE 'member %';
CREATE FUNCTION post_to_members() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO postings_of_members (member, place, line)
        SELECT substr(giver, 8), place, line FROM entered WHERE giver LIKE 'member %'
        UNION SELECT substr(receiver, 8), place, line FROM entered WHERE receiver LIKE 'member %';
    RETURN NULL;
END $$;
CREATE TRIGGER postings_are_of_members AFTER INSERT ON postings REFERENCING NEW TABLE AS entered
    FOR EACH STATEMENT EXECUTE FUNCTION post_to_members();
CREATE TRIGGER postings_of_members_are_not_changed BEFORE UPDATE ON postings_of_members FOR EACH ROW EXECUTE FUNCTION refuse_change('postings are append-only');
CREATE TRIGGER postings_of_members_are_not_deleted BEFORE DELETE ON postings_of_members FOR EACH ROW EXECUTE FUNCTION refuse_change('postings are append-only');
CREATE TRIGGER postings_of_members_is_not_emptied BEFORE TRUNCATE ON postings_of_members FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('postings are append-only');
DROP INDEX postings_by_giver;
DROP INDEX postings_by_receiver;
