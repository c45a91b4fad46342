// Package sms hands text messages to a gateway of the operator's own, and
// measures what fits into one.
//
// Every provider of text messages has another interface, so Maru speaks to none
// of them: it posts one small JSON document to an address that the operator
// names, and a program of a few lines behind it speaks to the provider.
//
//	POST <the address>
//	Content-Type: application/json
//	Idempotency-Key: 01960000-0000-7000-8000-000000000001
//	Maru-Signature: t=1764000000,v1=<HMAC-SHA256 of "1764000000." and the body, in hex>
//
//	{"id": "01960000-...", "to": "+821012345678", "text": "...", "lang": "ko"}
//
// The key of the signature is the content of a file that both sides have. The
// gateway compares it, refuses a time more than five minutes away, and takes the
// same Idempotency-Key once: a message is posted again when its answer was lost.
//
//	2xx            taken, or taken before
//	410, 422       this number takes no messages; nothing is tried again
//	anything else  tried again later, for two days
package sms
