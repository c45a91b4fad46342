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
//     request. What registers told travels in the page, sealed, for a quarter of
//     an hour, so that ten answers are not ten looks into somebody's data;
//   - registers are read by the consent for benefits alone (Consented): each
//     adult's facts by their own, a minor's by a guardian's; where the rules come
//     to read more, the consent does not cover it and it is not read;
//   - what people told is kept, sealed, for a year or until they delete it or
//     take the consent back; it never counts against a register.
//
// Table: benefit_statement. Events in: mydata's Withdrawn. It must not decide
// applications (casework) nor read registers by itself (mydata).
package benefit
