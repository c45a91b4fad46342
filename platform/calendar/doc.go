// Package calendar counts time as Korean public law counts it. Holidays are
// handed in as data; the package knows no pack and no domain.
//
// An office's limit (처리기간) follows article 19 of the Civil Petitions
// Treatment Act (민원 처리에 관한 법률):
//
//   - para. 1: a limit of five days or less runs in hours from the moment of
//     receipt, public holidays and Saturdays left out, a day being eight
//     working hours;
//   - para. 2: a limit of six days or more runs in days, the first day
//     included, public holidays and Saturdays left out;
//   - para. 3: a limit in weeks, months or years includes the first day and
//     otherwise follows articles 159 to 161 of the Civil Act.
//
// "At once" (즉시) means within three working hours (article 19 of the Act's
// Enforcement Decree). Time spent on correcting an application does not count
// (article 20 of the Decree with article 11 of the Enforcement Decree of the
// Administrative Procedures Act, 행정절차법 시행령). The articles of the two
// decrees are taken from secondary sources.
//
// Working hours are 09:00 to 18:00 with lunch from 12:00 to 13:00 left out
// (국가공무원 복무규정 제9조제2항, unverified at the source).
//
// A person's own deadline follows the Civil Act (민법): the first day does not
// count (art. 157) unless the period begins at midnight or a law says so, a
// period in weeks, months or years runs by the calendar (art. 160), and where
// the last day is a Saturday or a public holiday it ends on the next day that
// is neither (art. 161).
package calendar
