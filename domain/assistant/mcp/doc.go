// Package mcp lets assistants reach the tools over the Model Context Protocol
// (modelcontextprotocol.io): streamable HTTP without sessions, so that any copy
// of the program answers any request, and the standard streams. Revisions
// 2025-06-18 to 2026-07-28 are spoken; batches of older ones are refused, as one
// request would count for many.
//
// Everything here is anonymous. A check of bearer tokens and the metadata of the
// protected resource (RFC 9728) belong in front of Handler once there is an
// authorization server; until then no metadata is served, because it could only
// name a server that is not there.
package mcp
