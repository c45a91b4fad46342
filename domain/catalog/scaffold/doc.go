// Package scaffold begins a new public service: it writes the whole folder of
// one, in a shape that teaches each field. Everything that can be right without
// knowing the service is right; what only its author knows is a blank with a
// hint, and `maru check` names each blank by file and line until it is filled.
//
// Words: the author is who writes the service; a blank is <<like this>>.
//
// Invariants: nothing that exists is changed; a folder appears whole or not at
// all; a scaffold has no finding but its blanks.
package scaffold
