// Package proof reads, writes and checks the public formats of a verifiable
// log: what anybody needs who holds a file and wants to know whether it is
// true, without asking whoever runs the log.
//
// Words: a checkpoint is a tree's origin, size and root, signed (C2SP
// tlog-checkpoint); a cosignature is a witness's statement that it saw the
// checkpoint follow from those before (C2SP tlog-cosignature, Ed25519); a
// receipt is one record with its salt, its place, the path of hashes to a
// checkpoint's root, and that checkpoint (C2SP tlog-proof with the record as
// its extra data).
//
// It knows no database, no network and no clock.
package proof
