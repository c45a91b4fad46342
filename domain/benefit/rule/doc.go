// Package rule is the language in which benefits are decided: it reads the
// expressions of a pack, checks them, and turns them into one typed graph from
// which every back end works.
//
// Words: a law is everything compiled together (parameters, formulas,
// programmes); a definition is a formula or a programme's condition or amount;
// a run is a law on one date, with the parameters of that date.
//
// CEL is notation only: cel-go parses and checks types, its interpreter never
// runs. The checked trees stay in the law for the reference evaluator, which
// shares nothing with the graph.
//
// Invariants:
//   - three values: a fact that is absent is unknown, never zero or no;
//   - money is whole won; an exact fraction is a whole number over a divisor
//     that is known when the law is compiled, so nothing is ever rounded unless
//     a rule says half_up, down10 or up10;
//   - no expression can overflow: each node carries the bounds of its value,
//     proven from the bounds of the facts and parameters;
//   - there is no division by anything but a constant;
//   - a compiled law never changes.
package rule
