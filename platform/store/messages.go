package store

import (
	"embed"
	"io/fs"
)

//go:embed messages.*.json
var messages embed.FS

// Messages are the texts of the store's errors.
func Messages() fs.FS { return messages }
