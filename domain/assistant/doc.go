// Package assistant lets programs that talk with people (assistants, search
// portals) reach the public services, and hands what they filled in over to
// the person, who alone decides.
//
// Words: an assistant is a program of somebody else that asks for a person whom
// we do not know; its name is claimed, never proven. A tool is one thing it may
// ask. A handover is what it filled in for a form, sealed into a link that lives
// an hour: the person opens it on our page, signs in, sees every value, and
// confirms or leaves. A partner is a site that shows our search box.
//
// Invariants:
//   - tools only read; nothing about a person is kept by calling one. They are
//     anonymous, except where a call says mine and carries an access token of the
//     authorization server for this resource, with the scope of that tool: then
//     the answer is about the person who consented, and its audit row names the
//     program as it is registered;
//   - of a person no tool tells what registers hold or forms say, only how
//     applications stand and what the rules come to;
//   - what people say is neither stored nor logged; each call leaves an audit row
//     with the tool, the service, how it ended and the claimed name, and nothing
//     of what was said;
//   - resident numbers, cards and the like are refused before a tool sees them,
//     and so are facts that the dictionary calls identifiers or sensitive: they
//     are told on our pages only;
//   - a verdict is the benefit engine's, word for word;
//   - a handover is used once, by one account, and begins a draft only when the
//     person says so; answers that the person gave already stay.
//
// Package mcp speaks the Model Context Protocol. Tables: assistant_handover.
// Events: none.
//
// It must not rank (ask), decide (benefit) or keep applications (casework).
package assistant
