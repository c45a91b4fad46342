// Package model asks a language model behind an endpoint of the form
// POST /v1/chat/completions, for one JSON object of a given schema and nothing
// else. The model gets no tools but the one that carries its answer.
//
// The client bounds everything: time, size, tokens of an answer and of a day,
// calls at once; it follows no redirects, reads no streams, and leaves an
// endpoint that fails alone for a while. Its errors hold neither what was asked
// nor what was answered, nor the key.
package model
