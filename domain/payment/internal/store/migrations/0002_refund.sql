-- One row a ref that was given back, or closed before anything was taken: won
-- is 0 and receipt empty then. A ref in here is never charged again.
CREATE TABLE payment_refund (
	ref     TEXT PRIMARY KEY,
	account TEXT NOT NULL,
	won     BIGINT NOT NULL CHECK (won >= 0),
	receipt TEXT NOT NULL,
	at      BIGINT NOT NULL
);
