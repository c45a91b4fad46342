package crypto

import (
	"embed"
	"io/fs"
)

//go:embed messages.*.json
var messages embed.FS

// Messages are the texts of the errors about the key file.
func Messages() fs.FS { return messages }
