// Package payment takes fees. In the try-out world its cashier takes no money
// and writes a receipt; on a server it is closed, and says so, until a payment
// service is connected.
//
// Words: a charge is an amount taken once for a ref; the ref names what is
// paid for ("casework:ID") and belongs to whoever asks for the charge; the
// receipt is the number that the payer keeps.
//
// Invariants: a ref is charged once, with one amount, by one account: the same
// again gives the same receipt, anything else is a Conflict; a refund gives the
// whole charge back once and closes the ref for good, also where nothing was
// charged yet; each charge and refund stands or falls with its audit row.
//
// Events: none. Tables: payment_charge, payment_refund.
//
// It must not know what is paid for, nor hold card numbers: a real cashier
// hands people over to the payment service and learns the outcome.
package payment
