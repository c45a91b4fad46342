package casework

import "embed"

// Messages are casework's words in every language of the pages.
//
//go:embed messages.ko.json messages.en.json
var Messages embed.FS
