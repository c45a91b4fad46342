// Package catalogue makes up a catalogue of public services with the shape of
// the real one: the same pages, the same codes about as often, most services
// those of a city, county or district. Names of services are made by pattern;
// places are those handed in.
//
// The same seed gives the same catalogue, on every machine and in every release
// of Go. Nothing of the real catalogue is in it.
package catalogue
