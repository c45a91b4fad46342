// Package contract is what other domains may know of agencies: the data of a
// pack from which the directory of bodies and regions is made. All types are
// read-only after loading.
package contract
