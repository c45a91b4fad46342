// Package embeddings asks an endpoint that speaks OpenAI's POST /v1/embeddings
// for vectors of texts, and keeps the vectors of texts that do not change in a
// file. The endpoint is the operator's; no other is ever asked.
package embeddings
