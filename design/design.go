package design

import (
	"embed"
	"io/fs"
)

//go:embed templates static messages.ko.json messages.en.json
var files embed.FS

// Templates are the layout and the partials, one file each.
var Templates = sub("templates")

// Static are the style sheet, the script and the icon of the site.
var Static = sub("static")

// Messages are the words that the layout and partials say themselves.
var Messages fs.FS = files

func sub(dir string) fs.FS {
	f, err := fs.Sub(files, dir)
	if err != nil {
		panic("design: " + err.Error()) // the directories are embedded
	}
	return f
}
