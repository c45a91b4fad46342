// Package authority lets other programs act for people: one OpenID provider
// and OAuth authorisation server for signing in elsewhere, for apps and for
// the JSON API.
//
// Words: a client is a program that two operators registered. A request is
// what a client asks a person for; the person answers it on the consent page.
// A grant is the answer: one person, one client, some scopes. Codes and tokens
// hang on a grant and end with it. A connected app is a client that the person
// has said yes to and not yet taken back.
//
// What it speaks: OpenID Connect Core (code flow), discovery and RFC 8414,
// PKCE with S256 only (RFC 7636), pushed requests (PAR, RFC 9126), issuer in
// answers (RFC 9207), proof of possession (DPoP, RFC 9449), private_key_jwt
// (RFC 7523), signed requests (JAR, RFC 9101), resource indicators (RFC 8707),
// the step-up challenge (RFC 9470), revocation (RFC 7009), introspection (RFC 7662), protected
// resource metadata (RFC 9728), RP-initiated and back-channel logout. With the policy that
// clients get unless operators choose otherwise it follows the FAPI 2.0
// security profile.
//
// Invariants:
//   - codes, tokens and request handles are 256 random bits and stored as
//     SHA-256; parameters of requests are sealed; signing keys are sealed;
//   - redirect URIs match to the letter; before that check nothing redirects;
//   - a code works once, and a second use ends the grant; so does a refresh
//     token that was used before (RFC 9700 section 4.14);
//   - whoever proves a key needs it for every use of what was issued to it; a
//     proof and a client's assertion are accepted once in the installation;
//   - a token is for one resource, the JSON API or the tools for assistants, and
//     of no use at the other;
//   - grants end with the session that they were given in, unless they are for
//     later, and all of them when the account's secrets change;
//   - a person has another subject at every sector, so that two agencies
//     cannot put what they know together by it;
//   - a client never gets more than its registration allows, and a token never
//     more than the person has;
//   - consent comes from a person with a session of their own, on a page of
//     ours, in that same session; not while somebody else acts for them;
//   - what we call lies on the open internet, outside the try-out.
//
// Events out: none. Events in: identity.session_ended. Jobs: authority.purge,
// which also rotates keys; authority.logout, which tells a client.
//
// Tables: authority_key, authority_client, authority_request, authority_grant,
// authority_code, authority_token, authority_consent, authority_replay.
// This domain must not know how people prove who they are: it asks.
package authority
