package api

import (
	"embed"
	"io/fs"
)

//go:embed messages.ko.json messages.en.json
var messages embed.FS

// Messages are the words of problems, for the catalogue.
func Messages() fs.FS { return messages }
