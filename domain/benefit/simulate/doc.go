// Package simulate answers "what if the law were otherwise": an overlay changes
// parameters, formulas or programmes of the pack's law, both laws decide the same
// people on the same day, and the difference is told: who gains, who loses, what
// it costs a year, by region, age, income and household size.
//
// Words: an overlay is a change of the law in the pack's own notation; a
// programme is changed when it means something else on the day, directly or
// through what it reads of others; a sheet is what a comparison counted, exactly;
// a result is what of a sheet may be shown, small cells hidden.
//
// Invariants:
//   - an overlay is compiled with the same checks as the pack, and names line and
//     reason of what is wrong; it is applied to a copy and never kept;
//   - programmes that mean the same under both laws are the same for everybody
//     and are not computed;
//   - unknown is not no: whoever's verdict is unknown under either law is counted
//     apart and neither gains nor loses;
//   - all sums are whole won, and a sum that does not fit is an error;
//   - no published number, alone or with others of the same result, gives away a
//     count below the threshold (see suppress.go);
//   - a result says whether the people and their incomes are made up.
//
// Over real people results about a benefit are shown at one level only (level.go).
//
// Its table: benefit_simulate_level. It must not say what a reform will cost: over
// the sample it shows mechanics, no forecast.
package simulate
