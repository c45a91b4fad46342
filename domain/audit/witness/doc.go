// Package witness is the eyes of another body on a log: it remembers the last
// checkpoint of each log that it watches, sees that each new one follows from
// it, and signs that it saw so. Where enough witnesses have signed, a log
// cannot show one history to one person and another to somebody else, nor take
// back what it once showed.
//
// It speaks C2SP tlog-witness (add-checkpoint, and the newest checkpoint for
// whoever asks) and can also follow a log by itself, over the log's public
// tiles, where nobody sends it anything.
//
// Invariants: a checkpoint is on the disk before its signature leaves; of one
// log only ever a longer history of the same tree is signed; one process at a
// time has a folder.
//
// It knows nothing of what a log's records say.
package witness
