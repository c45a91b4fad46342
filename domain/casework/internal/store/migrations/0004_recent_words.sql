-- Words of the newest cases wait in their lists and are merged into the index
-- many cases at a time.
ALTER TABLE casework_words ADD COLUMN merged BOOLEAN NOT NULL DEFAULT TRUE;
CREATE INDEX casework_words_recent ON casework_words (seq) WHERE NOT merged;
