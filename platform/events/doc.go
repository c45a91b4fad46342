// Package events tells other domains what happened, without knowing them.
//
// Publish writes one job for each subscriber in the caller's transaction (a
// transactional outbox, fanned out when it is written), so that an event is
// never lost, never told of something that was rolled back, and one slow or
// failing subscriber does not hold up the others. Delivery is at least once and
// in no promised order; handlers are idempotent by the event's id, which is the
// same for all subscribers. Data holds ids only, as every job's payload.
package events
