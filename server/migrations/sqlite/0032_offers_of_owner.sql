-- What a member offers: its home shows what is in escrow.
CREATE INDEX offers_of_owner ON offers (owner, id) WHERE wants = 1;
