// Package ground decides whether a sentence that a language model wrote may be
// shown: whether it says nothing but what the passages say that it cites.
//
// It knows no model. A sentence passes when it cites passages that exist; when
// each number, amount, date, span of time, percentage and telephone number in
// it, in digits or in words, stands in a cited line that is about the same;
// when most of its words stand in the cited passages, and nearly all of them
// where it denies something; when it leads nowhere but to links that code
// offered; when it promises nothing, decides nothing, claims no act, and asks
// for no secret. What fails is refused with the rule it broke. The rules err on
// the side of refusing: what is refused costs an explanation, what passes
// wrongly misleads somebody.
package ground
