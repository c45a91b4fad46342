// Package life guides people through a turn in their life: what to do in which
// order, by when, what is done and what can wait.
//
// Words: a guide is a life event of the pack with what one person did of it; a
// step is one thing to do, in Maru or elsewhere; the day is the day the event
// turns on, from which last days are counted; progress is what a person keeps:
// the day, steps ticked off, steps that do not concern them.
//
// It is a room of its own because it needs both the catalogue, which knows
// neither people nor applications, and applications, whose room need not know
// what else there is to do in a life. Applying for several services in one go
// is casework's: it is made of drafts.
//
// Invariants:
//   - a guide is read without an account; progress needs one;
//   - how far an application is, is never kept here: it is read anew;
//   - a last day that is a Saturday or a holiday moves to the next working day
//     (Civil Act art. 161);
//   - a reminder goes out only to who asked for it, once for a step and its last
//     day, and not for what is done;
//   - progress is sealed: it tells of births, deaths and illness.
//
// Events in: none. Events out: see contract. Tables: life_progress.
//
// It must not decide, apply or send messages (casework, notice).
package life
