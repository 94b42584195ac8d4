-- The codes of the red flags that whoever adopted rules accepted by name, beside the event: its own grammar is the contract's.
ALTER TABLE journal ADD COLUMN accepted_flags TEXT NOT NULL DEFAULT '[]';
