// Package mapped reads large files in place, keeps a file for one writer, and
// sees who may read it: what every file of many people needs of the system.
package mapped
