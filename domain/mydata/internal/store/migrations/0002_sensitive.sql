-- The sensitive items of a consent that its person agreed to by an act of its
-- own, and those that were on offer and left out: JSON arrays of fact ids. A
-- consent from before has neither, and its sensitive items are read no more
-- until they are agreed to anew.
ALTER TABLE mydata_consent ADD COLUMN sensitive TEXT NOT NULL DEFAULT '[]';
ALTER TABLE mydata_consent ADD COLUMN declined TEXT NOT NULL DEFAULT '[]';

-- Finds the consents whose time is over.
CREATE INDEX mydata_consent_expiry ON mydata_consent (expires_at) WHERE ended_at = 0;
