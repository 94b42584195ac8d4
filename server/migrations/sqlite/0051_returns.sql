-- A member's packs and redemptions, newest first: whoever takes one back finds it there. `made` is the clock of the group that
-- entered the redemption; older ones have that of their last change.
CREATE INDEX purchases_by_member ON purchases (member, sequence);
ALTER TABLE redemptions ADD COLUMN made INTEGER NOT NULL DEFAULT 0;
UPDATE redemptions SET made = clock;
CREATE INDEX redemptions_by_member ON redemptions (member, made, id);
