package gov24

import (
	"embed"
	"io/fs"
)

//go:embed messages.*.json
var messages embed.FS

// Messages are the texts of the conditions made here.
func Messages() fs.FS { return messages }
