// Package redact takes personal data out of what somebody wrote, before it
// leaves the installation: numbers that name a person or an account, addresses,
// days of birth, and names where the words beside them say that they are names.
// It errs on the side of taking too much. A name that nothing marks as one stays:
// it cannot be told from a word. Each thing taken leaves its kind, "[PHONE]", so
// that the sentence still tells what was there.
package redact
