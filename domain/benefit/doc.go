// Package benefit decides what people are entitled to: for one person at once,
// with reasons and the facts that are missing, and for a whole population.
//
// Words: a programme is a service with a rule; a situation is a household on a
// day with what is known of it; a verdict is yes, no or unknown with an amount;
// confidence is how sure a yes is: entitled where every figure it rests on is
// confirmed, likely where one is not or the rule is only part of the law,
// ask_office where only an office can tell what is missing.
//
// Invariants:
//   - unknown is not no: a fact that is absent is named as missing, never taken
//     for zero or no;
//   - all back ends agree with the reference evaluator;
//   - money is whole won, exact; nothing is rounded unless the rule says so;
//   - a yes that rests on a figure not found in its notice is never called
//     entitled;
//   - nothing about a person is kept by asking: a situation lives as long as its
//     request.
//
// It must not decide applications (casework) nor read registers by itself
// (mydata).
package benefit
