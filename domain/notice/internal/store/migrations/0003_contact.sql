-- Where people are told beside the inbox. An address or number is sealed; target
-- is its keyed hash, by which two of one account are known to be the same.
-- What was removed or replaced stays for a while, because a thief would remove
-- it first.
CREATE TABLE notice_contact (
	id         TEXT PRIMARY KEY,
	account    TEXT NOT NULL,
	kind       TEXT NOT NULL,   -- mail | text
	sealed     BYTEA NOT NULL,  -- the address or number
	target     BYTEA NOT NULL,
	lang       TEXT NOT NULL,   -- of what is sent there
	topics     TEXT NOT NULL,   -- what is told there beside safety, by spaces
	state      TEXT NOT NULL,   -- waiting (for its code) | proven | left
	code       TEXT NOT NULL,   -- the code asked for last, '' for none
	asked_at   BIGINT NOT NULL, -- when that was
	proven_at  BIGINT NOT NULL,
	failed_at  BIGINT NOT NULL, -- since when it takes nothing, 0 while it does
	until      BIGINT NOT NULL, -- until when what was left is told of safety
	created_at BIGINT NOT NULL
);
CREATE INDEX notice_contact_account ON notice_contact (account, kind);
CREATE UNIQUE INDEX notice_contact_one ON notice_contact (account, kind) WHERE state = 'proven';
CREATE UNIQUE INDEX notice_contact_asked ON notice_contact (account, kind) WHERE state = 'waiting';

-- The codes that were asked for. A code is made of its id and the key file, so
-- that it is stored nowhere; the rows of a day bound how many there are.
CREATE TABLE notice_code (
	id      TEXT PRIMARY KEY,
	account TEXT NOT NULL,
	target  BYTEA NOT NULL,
	at      BIGINT NOT NULL,
	tries   BIGINT NOT NULL
);
CREATE INDEX notice_code_account ON notice_code (account, at);
CREATE INDEX notice_code_target ON notice_code (target, at);

-- What is to be told where, and what became of it. The id is also the id under
-- which it is handed over, however often; there are no words in it.
CREATE TABLE notice_delivery (
	id      TEXT PRIMARY KEY,
	event   TEXT NOT NULL,    -- what it tells of
	contact TEXT NOT NULL,
	topic   TEXT NOT NULL,    -- safety | requests | benefits | reminders
	words   TEXT NOT NULL,    -- which sentence; the message keys end in it
	state   TEXT NOT NULL,    -- waiting | sending | sent | failed | dropped
	at      BIGINT NOT NULL,
	ended_at BIGINT NOT NULL,
	UNIQUE (event, contact)
);
CREATE INDEX notice_delivery_contact ON notice_delivery (contact, topic) WHERE state = 'waiting';
CREATE INDEX notice_delivery_at ON notice_delivery (at);
