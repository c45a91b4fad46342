// Package hostile sends the whole program what it should refuse: nonsense,
// floods, tricks, and requests for what belongs to others. Each gets a clear
// answer (problem+json for programs, a page for people) that names what is
// wrong and tells nothing of the inside, and leaves everything as it was.
package hostile
