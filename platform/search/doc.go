// Package search finds short documents by everyday words in Korean and
// English, without a dictionary, a model or a network.
//
// A query passes these steps: Normalize (one spelling for what looks the
// same), Repair (Hangul typed on the English layout and the other way round),
// tokens, and rankings that see different things: words (BM25F over weighted
// fields; Korean as stems and bigrams, English as Snowball stems), jamo (BM25F
// over n-grams of letters, which survive typing mistakes and lost spaces), lines
// (the one example sentence that is nearest, and how much of a name the query
// holds) and, with word vectors, the line and the document that mean the same. Their z-scores are added. N-grams of
// three letters did as well on held-out sentences as of four, in less room.
//
// It knows no domain. An Index is read-only and safe for concurrent use.
package search
