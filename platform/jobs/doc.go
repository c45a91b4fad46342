// Package jobs carries out work after a transaction: reliably, in the
// background, on the same database.
//
// A job is enqueued inside the transaction that calls for it, so that both
// happen or neither. It runs at least once, possibly on another copy of the
// program: handlers are idempotent. A failing job is tried again with growing
// pauses and, in the end, kept as dead for an operator (Dead, Retry). A copy
// that dies while it works loses its lease, and the job is rescued.
//
// Payloads hold ids only. They are not sealed, they outlive the act in dead
// jobs and they show in operators' tools: a handler reads the person's data
// where it belongs, when it runs. Of an error only the kind and the message
// key are kept, for its text might quote what the payload must not hold.
//
// Waking up: a commit on this copy wakes its runner at once; a poll each second
// is the truth that finds all the rest. Times come from the clock given to New.
//
// Tables: jobs_job.
package jobs
