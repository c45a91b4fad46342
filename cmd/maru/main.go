// Command maru is the whole of Maru in one program; see `maru --help`.
package main

import (
	"os"

	"maru/app"
)

func main() { os.Exit(app.Main(os.Args[1:], os.Stdout, os.Stderr)) }
