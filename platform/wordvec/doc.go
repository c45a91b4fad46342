// Package wordvec trains small word vectors and reads them: skip-gram with
// negative sampling (Mikolov and others 2013) over words that are the mean of
// their features (Bojanowski and others 2017), so that a word never seen still
// has a vector from its parts.
//
// What a feature is, the caller says; it arrives as a number and is put into a
// bucket, so that a model holds no words, only a table of fixed size. Training
// runs on one thread from a seed: the same text gives the same file, bit for
// bit, on one kind of processor.
//
// A Model is read-only and safe for concurrent use.
package wordvec
