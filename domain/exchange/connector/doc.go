// Package connector carries queries of the exchange to registers of other bodies
// over HTTP: the operator names the address, the keys with which answers are
// signed, and how we show who we are (a certificate of ours, or a token).
//
// A source answers POST with the signed answer as application/jwt. It is asked
// once a call; nothing is retried here, no redirect is followed, no proxy of the
// environment is used, and an answer beyond wire.MaxMessage is not read. What
// is believed is decided by the exchange, from the signature alone.
package connector
