// Package gov24 imports the government's catalogue of public services (data
// set 15113968 of data.go.kr, version 3) as programmes that the benefit engine
// can decide: some 11,000 of them, each with conditions in 48 codes.
//
// Words: a service is one entry of the catalogue; its codes are the marks of
// its row of support conditions; a wildcard is the code "none of these apply".
//
// The codes are loose, so a programme made here is partial: whoever meets its
// conditions is likely, never certainly, entitled. How codes are read:
//   - codes of one group (sex, income, person, household) are joined by OR,
//     groups by AND;
//   - a group with no code, with every code or with its wildcard alone does not
//     restrict;
//   - a wildcard beside more than half of the group's codes is a block marked
//     for everybody with some taken out (no pupils, say): it does not restrict;
//   - a wildcard beside fewer codes contradicts them. The codes were chosen one
//     by one, so they restrict; the condition is marked unverified and the
//     service is named in the report (Report.Contradictions);
//   - income bands are the household's gross income as percent of the median
//     for its size: gross and threshold of the pack's law;
//   - an upper age of 0 is an empty field, one of 120 no limit;
//   - a local body's service is for the people of its place, which its name
//     tells; a city's or province's service whose place is not found is left out.
//
// Services for businesses and organisations alone are counted, not imported.
//
// The rules made here need the facts named in codes.go and the formulas age,
// gross and threshold of the pack.
package gov24
