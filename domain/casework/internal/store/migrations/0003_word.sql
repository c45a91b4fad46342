-- The index of words is the largest table of all: it is kept once, in the order
-- of its key. Which words a case stands under is listed beside it, so that the
-- case can be taken out without another index of the same size.
CREATE TABLE casework_word (
    term BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (term, seq)
) /* clustered */;
CREATE TABLE casework_words (
    seq BIGINT PRIMARY KEY,
    terms TEXT NOT NULL
);
INSERT INTO casework_word (term, seq) SELECT term, seq FROM casework_term;
INSERT INTO casework_words (seq, terms) SELECT seq, string_agg(CAST(term AS TEXT), ' ') FROM casework_term GROUP BY seq;
DROP TABLE casework_term;
