-- What a grant and a token are for (RFC 8707), as paths of ours: the JSON API,
-- or the tools for assistants.
ALTER TABLE authority_grant ADD COLUMN resources TEXT NOT NULL DEFAULT '/api/v1';
ALTER TABLE authority_token ADD COLUMN resource TEXT NOT NULL DEFAULT '/api/v1';
