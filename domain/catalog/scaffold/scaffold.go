package scaffold

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"maru/domain/catalog"
	"maru/kernel"
)

// Service is what the author says at the start. Only the id must be there.
type Service struct {
	ID     string
	Title  kernel.Text // a language that is absent becomes a blank
	Kind   string      // one of Kinds; "" is an application
	Agency string      // a type of body (by where the applicant lives) or one body of the pack; "" is the local office
}

// Made is a scaffold that was written.
type Made struct {
	Dir    string // the service's folder
	Files  []string
	Blanks []catalog.Finding
}

// New writes the folder of a new service into the pack in dir. The pack may
// have errors, such as the blanks of another new service. The hook Route is
// needed for an example that tells the body in charge.
func New(dir string, s Service, h catalog.Hooks) (*Made, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	p, _, err := catalog.LoadPack(os.DirFS(dir))
	if p == nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if p == nil || len(p.Agencies.Types) == 0 {
		return nil, fmt.Errorf("%s is no pack: there is no agencies.yaml that tells who can be in charge; name a pack's folder", dir)
	}
	home := filepath.Join(dir, "services", s.ID)
	if _, err := os.Lstat(home); err == nil {
		return nil, fmt.Errorf("%s exists already: choose another id, or edit what is there", home)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	v, err := s.view(p, h)
	if err != nil {
		return nil, err
	}
	files, err := v.render()
	if err != nil {
		return nil, err
	}
	if err := write(home, files); err != nil {
		return nil, err
	}
	m := &Made{Dir: home}
	for _, f := range files {
		m.Files = append(m.Files, f.name)
		m.Blanks = append(m.Blanks, catalog.Blanks(f.name, f.data)...)
	}
	return m, nil
}

// slug is what the schema of service.yaml takes for an id.
var slug = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// The longest id, as in the schema, and the longest title in characters: with
// a few words around it, it is still a sentence that somebody says.
const (
	maxID    = 60
	maxTitle = 80
)

func (s *Service) check() error {
	if len(s.ID) > maxID || !slug.MatchString(s.ID) {
		return fmt.Errorf("id %q: use lower-case letters, digits and single hyphens, at most %d, such as wheelchair-loan", s.ID, maxID)
	}
	if s.Kind != "" && !slices.Contains(Kinds(), s.Kind) {
		return fmt.Errorf("kind %q: one of %s", s.Kind, strings.Join(Kinds(), ", "))
	}
	for _, title := range []string{s.Title.KO, s.Title.EN} {
		if why := badTitle(title); why != "" {
			return fmt.Errorf("title %q: %s", title, why)
		}
	}
	return nil
}

// badTitle tells why a title would not stand unharmed in every file: as a
// YAML text, and at the beginning of a line.
func badTitle(s string) string {
	if s == "" {
		return ""
	}
	first, _ := utf8.DecodeRuneInString(s)
	switch {
	case !utf8.ValidString(s):
		return "not UTF-8 text"
	case !unicode.IsLetter(first) && !unicode.IsDigit(first):
		return "begin with a letter or a digit"
	case utf8.RuneCountInString(s) > maxTitle:
		return fmt.Sprintf("longer than %d characters", maxTitle)
	case strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) || r == '<' || r == '>' }):
		return "letters, digits and everyday signs only"
	case strings.TrimSpace(s) != s:
		return "ends in a space"
	}
	return ""
}
