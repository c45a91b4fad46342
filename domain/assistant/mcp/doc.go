// Package mcp lets assistants reach the tools over the Model Context Protocol
// (modelcontextprotocol.io): streamable HTTP without sessions, so that any copy
// of the program answers any request, and the standard streams. Revisions
// 2025-06-18 to 2026-07-28 are spoken; batches of older ones are refused, as one
// request would count for many.
//
// Without a token everything here is anonymous. With an access token of the
// authorization server for this address (RFC 8707) three tools answer about the
// person who let the program have it, where the call says mine.
package mcp
