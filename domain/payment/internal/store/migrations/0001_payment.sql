-- One row a charge. ref names what is paid for and is charged once; nothing
-- here says what that is about.
CREATE TABLE payment_charge (
	ref     TEXT PRIMARY KEY,
	account TEXT NOT NULL,
	won     BIGINT NOT NULL CHECK (won > 0),
	receipt TEXT NOT NULL UNIQUE,
	at      BIGINT NOT NULL
);
