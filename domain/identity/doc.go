// Package identity owns who somebody is here and what they may do: accounts,
// sessions, tokens, roles, and the proof that an account belongs to a person
// in a registry.
//
// Words: an account signs in; it is a resident's or a staff member's, never
// both. A person is somebody in a registry; an account has a person only after
// proofing. A grant is one role, for one agency where the role is bound to one.
//
// Invariants:
//   - who you are is proven, not typed: an account is linked to a person by an
//     official at a counter, who holds the person's card, or by an adapter for
//     mobile ID; one person has one account; nobody proofs themselves
//     or their own household; each proof is logged to the person;
//   - a role takes two operators: one asks, another agrees, and nobody agrees
//     to their own. The exception is the beginning: the first operator comes by
//     a one-time link that the server prints while there is none, and may
//     invite the second alone, while there never was another. Roles that would
//     leave fewer than two operators are not ended. When no operator is left,
//     the link is printed again: whoever starts the server is the root of trust;
//   - secrets are never stored: passwords as Argon2id, sessions, tokens and
//     links as SHA-256 of 256 random bits (counter codes as a keyed hash);
//     login names and names are sealed;
//   - an unknown account costs the same work as a wrong password, and both get
//     the same answer; failures are counted in the store before the password is
//     looked at, by account and address;
//   - a session ends after an hour of rest or 24 hours, of staff after 15 minutes
//     or 12 hours, and is new at every sign-in; a changed password ends every
//     other session and token;
//   - a session says how it was proven: level, methods, when. Acts that weigh
//     most want that within five minutes, with the strongest that the account
//     has (RequireFresh); then the session goes on under a new secret, and the
//     form that was under way is posted again;
//   - a passkey verifies its user, keeps what it said of backups, and is refused
//     when its counter goes back; a challenge, an app's code and a recovery code
//     hold once, also of two at once;
//   - a recovery ends the other sessions and tells the owner; for 24 hours what
//     came after it may not do what weighs most;
//   - a mobile ID signs in the account of the person whom it proved, in the browser
//     that began, and makes no account by itself;
//   - who lost every way in gets the account back by two officials, one after the
//     other, on the device on which they began, or by a mobile ID; then every old
//     way in has ended. The owner is told at once and can stop it.
//
// A copy of the program remembers who a session or token belongs to for up to
// five seconds: what ends on another copy still works there for so long.
//
// Demo: SignInDemo and the demo routes exist only in the try-out world. Its
// people are made on first use and marked.
//
// Events out: see contract. Events in: none.
//
// Tables: identity_account, identity_session, identity_token, identity_grant,
// identity_link, identity_attempt, identity_proof, identity_kept,
// identity_passkey, identity_challenge, identity_pending, identity_totp,
// identity_recovery, identity_regain.
// This domain must not know what applications or cases are.
package identity
