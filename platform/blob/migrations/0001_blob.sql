CREATE TABLE blob_file (
	id         TEXT PRIMARY KEY,
	name       BYTEA NOT NULL,           -- sealed
	type       TEXT NOT NULL,            -- media type, by content
	size       BIGINT NOT NULL,          -- bytes of the plain file
	sha256     TEXT NOT NULL,            -- of the plain file, hex
	complete   BOOLEAN NOT NULL,         -- all chunks are here and the scanner found nothing
	created_at BIGINT NOT NULL
);
CREATE INDEX blob_file_created ON blob_file (created_at);
CREATE TABLE blob_chunk (
	file   TEXT NOT NULL REFERENCES blob_file (id) ON DELETE CASCADE,
	no     BIGINT NOT NULL,              -- from 0
	sealed BYTEA NOT NULL,
	PRIMARY KEY (file, no)
);
