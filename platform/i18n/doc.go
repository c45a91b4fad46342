// Package i18n turns message keys into sentences. Catalogues are flat JSON
// files, one a language; Korean particles follow the word they are put to
// (Josa), English plurals the number. It also writes dates, times, numbers and
// money the way each language reads them.
//
// A message may hold placeholders:
//
//	{name}                    the value of the argument "name"
//	{name|은/는}               the value with the particle that fits it
//	{n|plural:day/days}       the word for one or for another number
//
// Both languages of a key mention the same names; Load refuses anything else.
package i18n
