-- One row an import of the public catalogue. report is JSON; the programmes
-- themselves are in the parts, one gzipped JSON document cut in pieces.
CREATE TABLE benefit_import_version (
	number      BIGINT PRIMARY KEY CHECK (number > 0),
	source      TEXT NOT NULL CHECK (source IN ('files', 'live', 'sample')),
	origin      TEXT NOT NULL,
	fetched_at  BIGINT NOT NULL,
	imported_at BIGINT NOT NULL,
	made_by     TEXT NOT NULL,
	programmes  BIGINT NOT NULL,
	sha256      TEXT NOT NULL,
	report      TEXT NOT NULL
);
CREATE TABLE benefit_import_part (
	version BIGINT NOT NULL REFERENCES benefit_import_version (number),
	number  BIGINT NOT NULL,
	content BYTEA NOT NULL,
	PRIMARY KEY (version, number)
);
-- At most one row: the version that is shown.
CREATE TABLE benefit_import_active (
	slot    BIGINT PRIMARY KEY CHECK (slot = 1),
	version BIGINT NOT NULL REFERENCES benefit_import_version (number),
	since   BIGINT NOT NULL
);
