package backup

import (
	"embed"
	"io/fs"
)

//go:embed messages.*.json
var messages embed.FS

// Messages are the texts of this package's errors.
func Messages() fs.FS { return messages }
