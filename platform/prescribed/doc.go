// Package prescribed serves interfaces whose paths, statuses and bodies others
// wrote down: no pages, and no operations of our API. What such interfaces have
// in common is here: paths with and without a slash at the end, bearer tokens as
// the API takes them, bodies with a bound that are one JSON value in whole UTF-8,
// the status of each kind of error, and refusals of the server in the
// interface's own words.
package prescribed
