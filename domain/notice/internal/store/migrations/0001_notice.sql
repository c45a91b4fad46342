-- One row tells one reader about one event. It holds ids and codes; the words
-- are made when somebody reads it, in their language. Either account or person
-- is set: person where somebody is asked whose account is not known. read_at
-- is 0 until the message was opened.
CREATE TABLE notice_message (
	id          TEXT PRIMARY KEY,
	event       TEXT NOT NULL UNIQUE, -- the event's id: told twice, kept once
	account     TEXT NOT NULL,
	person      TEXT NOT NULL,
	at          BIGINT NOT NULL,
	kind        TEXT NOT NULL,
	service     TEXT NOT NULL,
	pack        TEXT NOT NULL,
	agency      TEXT NOT NULL,
	number      TEXT NOT NULL,
	application TEXT NOT NULL,
	document    TEXT NOT NULL,
	decision    TEXT NOT NULL,
	due         BIGINT NOT NULL,
	link        TEXT NOT NULL,
	read_at     BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX notice_message_account ON notice_message (account, id) WHERE account <> '';
CREATE INDEX notice_message_person ON notice_message (person, id) WHERE person <> '';
