-- The index of words in segments, see internal/words. Words of new cases wait
-- in casework_waiting. Those that casework_words lists are moved over by the
-- program, which finds them there meanwhile: SQL cannot pack them.
CREATE TABLE casework_waiting (
    seq BIGINT PRIMARY KEY,
    terms BYTEA NOT NULL
);
CREATE TABLE casework_segment (
    id BIGINT PRIMARY KEY,
    state TEXT NOT NULL, -- building | live | dead
    cases BIGINT NOT NULL,
    low BIGINT NOT NULL,
    high BIGINT NOT NULL,
    born BIGINT NOT NULL,
    into_id BIGINT NOT NULL,
    at_term BIGINT NOT NULL,
    at_seq BIGINT NOT NULL
);
CREATE TABLE casework_block (
    segment BIGINT NOT NULL,
    term BIGINT NOT NULL,
    place BIGINT NOT NULL,
    data BYTEA NOT NULL,
    PRIMARY KEY (segment, term, place)
);
CREATE TABLE casework_unword (
    seq BIGINT PRIMARY KEY,
    n BIGINT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX casework_unword_n ON casework_unword (n);
DROP TABLE casework_word;
DROP INDEX casework_words_waiting;
