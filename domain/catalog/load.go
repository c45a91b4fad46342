package catalog

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	agency "maru/domain/agency/contract"
	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/strictyaml"
)

var serviceSchema = strictyaml.MustCompile(contract.Schema)

// loader reads one pack. Wrong content becomes a finding, a failing file
// system an error.
type loader struct {
	fsys  fs.FS
	pack  *Pack
	found findings
}

func (l *loader) load() error {
	names, err := packFiles(l.fsys)
	if err != nil {
		return err
	}
	if l.pack.Hash, err = hashFiles(l.fsys, names); err != nil {
		return err
	}
	l.facts()
	l.agencies()
	l.regions()
	l.holidays()
	l.lifeEvents()
	l.crises()
	if slices.Contains(names, saidFile) {
		l.said()
	}
	if slices.Contains(names, quietFile) {
		l.quiet()
	}
	if slices.Contains(names, bundlesFile) {
		l.bundles()
	}
	if slices.Contains(names, benefitsFile) {
		doc, _ := l.read(benefitsFile, nil, &l.pack.Benefits)
		l.pack.benefits = &source{file: benefitsFile, doc: doc}
	}
	for _, name := range names {
		if dir, file := path.Split(name); file == "service.yaml" && path.Dir(path.Clean(dir)) == "services" {
			l.service(path.Base(path.Clean(dir)))
		}
	}
	slices.Sort(l.pack.Order)
	l.strays(names)
	check := checker{pack: l.pack, found: &l.found}
	check.all()
	return nil
}

// read decodes one file into out, strictly; the document is nil when the file
// could not be read at all.
func (l *loader) read(file string, schema *strictyaml.Schema, out any) (*strictyaml.Document, bool) {
	data, err := fs.ReadFile(l.fsys, file)
	if errors.Is(err, fs.ErrNotExist) {
		l.found.err(file, 0, "file is missing")
		return nil, false
	}
	if err != nil {
		l.found.err(file, 0, "cannot be read: %v", err)
		return nil, false
	}
	l.found = append(l.found, Blanks(file, data)...)
	doc, problems := strictyaml.Into(data, schema, out)
	for _, p := range problems {
		l.found.err(file, p.Line, "%s", p.Message)
	}
	return doc, len(problems) == 0
}

func (l *loader) facts() {
	const file = "facts.yaml"
	var f struct {
		Facts []contract.Fact `yaml:"facts"`
	}
	doc, ok := l.read(file, nil, &f)
	if !ok {
		return
	}
	for i := range f.Facts {
		fact := &f.Facts[i]
		line := doc.Line("facts", strconv.Itoa(i))
		switch {
		case fact.ID == "" || fact.Title.KO == "" || fact.Title.EN == "" || fact.Registry == "":
			l.found.err(file, line, "fact %q: id, title in both languages and registry are required", fact.ID)
			continue
		case l.pack.Facts[fact.ID] != nil:
			l.found.err(file, line, "fact %q stands twice", fact.ID)
			continue
		case !slices.Contains([]string{"person", "household"}, fact.Entity):
			l.found.err(file, line, "fact %q: entity is person or household", fact.ID)
		case !slices.Contains([]string{"date", "enum", "code", "bool", "int", "text", "set", "person"}, fact.Type):
			l.found.err(file, line, "fact %q: unknown type %q", fact.ID, fact.Type)
		case !slices.Contains([]string{"personal", "sensitive", "financial", "identifier"}, fact.Sensitivity):
			l.found.err(file, line, "fact %q: unknown sensitivity %q", fact.ID, fact.Sensitivity)
		case (fact.Type == "enum") != (len(fact.Members) > 0):
			l.found.err(file, line, "fact %q: members are for enums, and an enum needs them", fact.ID)
		}
		for _, m := range fact.Members {
			if t := fact.Labels[m]; t.KO == "" || t.EN == "" {
				l.found.err(file, line, "fact %q: member %q has no label in both languages", fact.ID, m)
			}
		}
		for m := range fact.Labels {
			if !slices.Contains(fact.Members, m) {
				l.found.err(file, line, "fact %q: label for %q, which is no member", fact.ID, m)
			}
		}
		l.pack.Facts[fact.ID] = fact
		l.pack.FactOrder = append(l.pack.FactOrder, fact.ID)
	}
}

func (l *loader) agencies() {
	var f struct {
		Types  []agency.Type     `yaml:"types"`
		Rules  []agency.NameRule `yaml:"rules"`
		Bodies []agency.Body     `yaml:"bodies"`
	}
	doc, ok := l.read(agenciesFile, nil, &f)
	if !ok {
		return
	}
	for i := range f.Bodies {
		f.Bodies[i].Line = doc.Line("bodies", strconv.Itoa(i))
	}
	l.pack.Agencies.Types, l.pack.Agencies.Rules, l.pack.Agencies.Bodies = f.Types, f.Rules, f.Bodies
}

func (l *loader) regions() {
	var f struct {
		Provinces []agency.Province `yaml:"provinces"`
	}
	doc, ok := l.read(regionsFile, nil, &f)
	if !ok {
		return
	}
	for i := range f.Provinces {
		p := &f.Provinces[i]
		p.Line = doc.Line("provinces", strconv.Itoa(i))
		for j := range p.Regions {
			p.Regions[j].Line = doc.Line("provinces", strconv.Itoa(i), "regions", strconv.Itoa(j))
		}
	}
	l.pack.Agencies.Provinces = f.Provinces
}

func (l *loader) holidays() {
	const file = "holidays.yaml"
	var f struct {
		Holidays []Holiday `yaml:"holidays"`
	}
	doc, ok := l.read(file, nil, &f)
	if !ok {
		return
	}
	for i, h := range f.Holidays {
		line := doc.Line("holidays", strconv.Itoa(i))
		switch {
		case h.Date.IsZero() || h.Name.KO == "" || h.Name.EN == "" || h.Law == "":
			l.found.err(file, line, "a holiday has a date, a name in both languages and its law")
		case i > 0 && h.Date.Before(f.Holidays[i-1].Date):
			l.found.err(file, line, "%s stands after a later day; keep the days in order", h.Date)
		}
	}
	l.pack.Holidays = f.Holidays
}

func (l *loader) lifeEvents() {
	var f struct {
		LifeEvents []contract.LifeEvent `yaml:"life_events"`
	}
	doc, ok := l.read(lifeEventsFile, nil, &f)
	if !ok {
		return
	}
	seen := map[string]bool{}
	for i, e := range f.LifeEvents {
		line := doc.Line("life_events", strconv.Itoa(i))
		if e.ID == "" || seen[e.ID] || e.Title.KO == "" || e.Title.EN == "" || e.Summary.KO == "" || e.Summary.EN == "" {
			l.found.err(lifeEventsFile, line, "life event %q: needs an id of its own, title and summary in both languages", e.ID)
		}
		seen[e.ID] = true
	}
	l.pack.LifeEvents = f.LifeEvents
}

func (l *loader) crises() {
	const file = "crises.yaml"
	var f struct {
		Crises []contract.Crisis `yaml:"crises"`
	}
	doc, ok := l.read(file, nil, &f)
	if !ok {
		return
	}
	for i, c := range f.Crises {
		line := doc.Line("crises", strconv.Itoa(i))
		if c.ID == "" || c.Phone == "" || c.Title.KO == "" || c.Title.EN == "" || c.Text.KO == "" || c.Text.EN == "" {
			l.found.err(file, line, "crisis %q: needs id, phone, title and text in both languages", c.ID)
		}
		if len(c.Words[kernel.KO]) == 0 || len(c.Words[kernel.EN]) == 0 {
			l.found.err(file, line, "crisis %q: needs words in both languages", c.ID)
		}
	}
	l.pack.Crises = f.Crises
}

func (l *loader) service(id string) {
	dir := "services/" + id + "/"
	s := &contract.Service{Body: map[kernel.Lang]string{}, Utterances: map[kernel.Lang][]string{}, Quiet: map[string][]string{}}
	doc, ok := l.read(dir+"service.yaml", serviceSchema, s)
	if !ok {
		return
	}
	src := &source{file: dir + "service.yaml", doc: doc}
	if s.ID != id {
		l.found.err(src.file, src.line("id"), "id %q is not the name of its folder %q", s.ID, id)
		return
	}
	for i, term := range s.Terms {
		s.Terms[i] = l.unmark(s, src.file, src.line("terms", strconv.Itoa(i)), term)
	}
	for _, lang := range []kernel.Lang{kernel.KO, kernel.EN, kernel.KOEasy} {
		if text := l.text(s, dir+"text."+string(lang)+".md", lang); text != "" {
			s.Body[lang] = text
		}
	}
	for _, lang := range kernel.Langs {
		if list := l.utterances(s, dir+"utterances."+string(lang)+".txt"); len(list) > 0 {
			s.Utterances[lang] = list
		}
	}
	l.pack.Services[id] = s
	l.pack.Order = append(l.pack.Order, id)
	l.pack.source[id] = src
	l.examples(s, dir+"examples.yaml")
}

// text reads a page text. What an online service must have, a directory entry
// may still lack.
func (l *loader) text(s *contract.Service, file string, lang kernel.Lang) string {
	data, err := fs.ReadFile(l.fsys, file)
	l.found = append(l.found, Blanks(file, data)...)
	text := strings.TrimSpace(string(data))
	switch {
	case err != nil || text == "":
		if s.Online {
			l.found.err(file, 0, "text is missing")
		} else if lang != kernel.KOEasy {
			l.found.warn(file, 0, "text is missing")
		}
		return ""
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		l.found.err(file, 0, "not UTF-8 text")
		return ""
	case len(text) > maxText:
		l.found.err(file, 0, "text is longer than %d bytes", maxText)
		return ""
	}
	for i, line := range strings.Split(text, "\n") {
		// A table without a caption is lost on who cannot see it, and Markdown
		// has no captions.
		if strings.HasPrefix(line, "| --") || strings.HasPrefix(line, "|--") {
			l.found.err(file, i+1, "a table: write a list instead")
		}
	}
	return text
}

// maxText bounds one page text in bytes; people stop reading long before.
const maxText = 40_000

// utterances reads one sentence a line; empty lines and # comments are skipped.
func (l *loader) utterances(s *contract.Service, file string) []string {
	data, err := fs.ReadFile(l.fsys, file)
	if err != nil {
		return nil // counted later
	}
	l.found = append(l.found, Blanks(file, data)...)
	var out []string
	for i, line := range strings.Split(string(data), "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case !utf8.ValidString(line) || strings.ContainsRune(line, 0):
			l.found.err(file, i+1, "not UTF-8 text")
		case utf8.RuneCountInString(line) > maxUtterance:
			l.found.err(file, i+1, "longer than %d characters: nobody says that in one breath", maxUtterance)
		default:
			out = append(out, l.unmark(s, file, i+1, line))
		}
	}
	return out
}

const maxUtterance = 200

// known are the files that a service's folder may hold.
var known = []string{"service.yaml", "text.ko.md", "text.en.md", "text.ko-easy.md", "utterances.ko.txt", "utterances.en.txt", "examples.yaml"}

// strays finds files that nothing reads: mostly a misspelt name.
func (l *loader) strays(names []string) {
	for _, name := range names {
		dir, file := path.Split(name)
		if path.Dir(path.Clean(dir)) != "services" {
			continue
		}
		if !slices.Contains(known, file) {
			l.found.err(name, 0, "nothing reads this file; a service has %s", strings.Join(known, ", "))
		} else if _, err := fs.Stat(l.fsys, dir+"service.yaml"); err != nil {
			l.found.err(name, 0, "the folder has no service.yaml")
		}
	}
}

const (
	agenciesFile   = "agencies.yaml"
	regionsFile    = "regions.yaml"
	lifeEventsFile = "life-events.yaml"
	benefitsFile   = "benefits.yaml"
)
