// Package crypto seals what must not lie open in a database, a backup or a
// stolen disk.
//
// Sealing is XChaCha20-Poly1305 under a key of the key file; the sealed bytes
// name their key, so that after Rotate old ones still open. The context is
// authenticated: a value sealed for one row cannot be moved to another.
//
// Blind and MAC use one more secret of the key file, which is never rotated:
// a search index or a commitment made years ago must still match. Blind gives
// 63 bits under a key, enough to find by and useless without the key; equal
// words in one context stay recognisable as equal.
//
// The key file is the one thing a backup does not hold. Without it a restored
// database stays shut: keep a copy of it elsewhere.
package crypto
