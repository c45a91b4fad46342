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
//   - tools are anonymous and only read; nothing about a person is kept by
//     calling one;
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
// Personal tools (the state of one's own applications) wait for an authorization
// server: until one stands, GetStatus leads to our page. It will be joined where
// package mcp makes its handler, as a check of bearer tokens in front of it.
//
// Package mcp speaks the Model Context Protocol. Tables: assistant_handover.
// Events: none.
//
// It must not rank (ask), decide (benefit) or keep applications (casework).
package assistant
