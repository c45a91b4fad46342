// Package jws signs and checks the messages of the exchange: compact JWS
// (RFC 7515) with Ed25519 (EdDSA, RFC 8037) or ECDSA on P-256 (ES256, RFC 7518).
//
// A key decides its algorithm, never the message: what a header claims is
// compared with the key that was configured, so that no message can talk its
// reader into another algorithm or a key of its own. Headers hold alg, kid and
// typ and nothing else; a message of another type is refused.
package jws
