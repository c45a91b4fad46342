// Package sample is the world of the try-out: 5,000 residents in households,
// with every fact of the fact dictionary that a register would hold.
//
// The same seed and day make the same world, to the byte: draws come from a
// generator of our own over PCG, and nothing walks a map. How many people live
// where, of which sex and age, follows published tables (data/); so do the
// sizes of households. Everybody in it is made up and recognisably so: names
// are words such as 가상 (virtual) and 견본 (sample), resident numbers carry a
// serial no office issues and a check digit that is wrong, telephone numbers
// lie in 010-0000, mail goes to .invalid.
//
// Registry answers for all registers (mydata.Provider). What services change
// in the world, such as an address after a moving-in report, is stored in
// mydata_sample_fact and laid over the generated values.
package sample
