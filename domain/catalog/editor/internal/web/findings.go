package web

import (
	"regexp"
	"strconv"
	"strings"

	"maru/domain/catalog"
	"maru/domain/catalog/editor"
	"maru/kernel"
	"maru/platform/strictyaml"
	"maru/platform/web"
)

// The check speaks English, like the names in the files. What it says most is
// said here in the reader's language; the rest is shown as it is.
var phrases = []struct {
	key     string
	pattern *regexp.Regexp
	args    []string // names of the groups
}{
	{"missing", regexp.MustCompile(`^(?:(\S+): )?missing propert(?:y|ies) (.+)$`), []string{"at", "what"}},
	{"unknown_key", regexp.MustCompile(`^(?:\S+: )?unknown key "(.+)"$`), []string{"what"}},
	{"empty", regexp.MustCompile(`^(?:(\S+): )?minLength: got 0, want \d+$`), []string{"at"}},
	{"long", regexp.MustCompile(`^(?:(\S+): )?maxLength: got (\d+), want (\d+)$`), []string{"at", "got", "most"}},
	{"few", regexp.MustCompile(`^(?:(\S+): )?minItems: got (\d+), want (\d+)$`), []string{"at", "got", "least"}},
	{"one_of", regexp.MustCompile(`^(?:(\S+): )?value must be one of (.+)$`), []string{"at", "what"}},
	{"kind", regexp.MustCompile(`^(?:(\S+): )?got (\S+), want (.+)$`), []string{"at", "got", "want"}},
	{"pattern", regexp.MustCompile(`^(?:(\S+): )?'(.*)' does not match pattern .+$`), []string{"at", "what"}},
	{"blank", regexp.MustCompile(`^still to be filled in: (.+)$`), []string{"what"}},
	{"dates_only", regexp.MustCompile(`^question (\S+): past and future are for dates$`), []string{"id"}},
	{"no_date_question", regexp.MustCompile(`^deadline: "(.+)" is no question that asks for a date$`), []string{"what"}},
	{"no_person_question", regexp.MustCompile(`^party (\S+): "(.+)" is no question that names people$`), []string{"id", "what"}},
	{"no_place_question", regexp.MustCompile(`^"(.+)" is no question that asks for a region or an agency$`), []string{"what"}},
	{"outcome_question", regexp.MustCompile(`^outcome: no question "(.+)"$`), []string{"what"}},
	{"min_max", regexp.MustCompile(`^question (\S+): min is larger than max$`), []string{"id"}},
	{"from_person", regexp.MustCompile(`^question (\S+): from is for person and persons$`), []string{"id"}},
	{"confirmed_fact", regexp.MustCompile(`^question (\S+): confirmed needs the fact it comes from$`), []string{"id"}},
	{"no_limit", regexp.MustCompile(`^no time_limit: state it or list it under unverified$`), nil},
	{"needs_options", regexp.MustCompile(`^question (\S+): \S+ needs options$`), []string{"id"}},
	{"no_options", regexp.MustCompile(`^question (\S+): options are for enum and set$`), []string{"id"}},
	{"no_fact", regexp.MustCompile(`no fact "(.+)" in facts.yaml$`), []string{"what"}},
	{"fact_kind", regexp.MustCompile(`^question (\S+): fact "(.+)" holds (\S+), the question asks for (\S+)$`), []string{"id", "what", "got", "want"}},
	{"later", regexp.MustCompile(`question "(.+)" is asked only later$`), []string{"what"}},
	{"no_question", regexp.MustCompile(`no question "(.+)"$`), []string{"what"}},
	{"no_choice", regexp.MustCompile(`"(.+)" is none of the choices$`), []string{"what"}},
	{"wrong_value", regexp.MustCompile(`"(.+)" is no value of the right type$`), []string{"what"}},
	{"twice", regexp.MustCompile(`id "(.+)" stands twice$`), []string{"what"}},
	{"other_id", regexp.MustCompile(`^id "(.+)" is not the name of its folder "(.+)"$`), []string{"what", "want"}},
	{"text_missing", regexp.MustCompile(`^text is missing$`), nil},
	{"few_words", regexp.MustCompile(`^(\d+) utterances, (\d+) of them English: an online service has at least (\d+), (\d+) of them English$`), []string{"got", "en", "least", "least_en"}},
	{"few_words", regexp.MustCompile(`^(\d+) utterances: a service has at least (\d+)$`), []string{"got", "least"}},
	{"same_words", regexp.MustCompile(`^"(.+)" stands in services/([^/]+)/.+ too$`), []string{"what", "service"}},
	{"near_words", regexp.MustCompile(`^"(.+)" is nearly "(.+)" of (\S+)$`), []string{"what", "other", "service"}},
	{"unmarked", regexp.MustCompile(`^"(.+)" speaks of (\S+): mark it .+$`), []string{"what", "subject"}},
	{"no_subject", regexp.MustCompile(`^".+": no subject "(.+)" in quiet.yaml$`), []string{"what"}},
	{"shown", regexp.MustCompile(`^example "(.+)": shows (.*), not (.*)$`), []string{"name", "got", "want"}},
	{"example", regexp.MustCompile(`^example "(.+)": (.+)$`), []string{"name", "what"}},
	{"few_examples", regexp.MustCompile(`^(\d+) examples: an online service has at least (\d+)$`), []string{"got", "least"}},
	{"quotes", regexp.MustCompile(`did not find expected`), nil},
	{"twice_key", regexp.MustCompile(`^key "(.+)" stands twice$`), []string{"what"}},
	{"anchor", regexp.MustCompile(`^anchors and aliases are not allowed$`), nil},
	{"table", regexp.MustCompile(`^a table: write a list instead$`), nil},
	{"long_sentence", regexp.MustCompile(`^ko: long-sentence: "(.+)": (.+)$`), []string{"what", "hint"}},
	{"office_word", regexp.MustCompile(`^ko: office-word: "(.+)": (.+)$`), []string{"what", "hint"}},
	{"plainer", regexp.MustCompile(`^ko: [a-z-]+: "(.+)": (.+)$`), []string{"what", "hint"}},
}

// words says what a finding says to whoever reads the page.
func words(r *web.Request, message string) string {
	for _, p := range phrases {
		m := p.pattern.FindStringSubmatch(message)
		if m == nil {
			continue
		}
		// Plain-language findings are in Korean themselves; English readers get
		// them as they are.
		args := map[string]any{"at": "", "en": "", "least_en": ""}
		for i, name := range p.args {
			args[name] = m[i+1]
		}
		if at, _ := args["at"].(string); at == "" {
			args["at"] = r.T("catalog.editor.finding.file")
		}
		key := "catalog.editor.finding." + p.key
		if p.key == "few_words" && len(p.args) == 4 {
			key += "_en"
		}
		list := make([]any, 0, 2*len(args))
		for k, v := range args {
			list = append(list, k, v)
		}
		return r.T(key, list...)
	}
	return message
}

var schemaPlace = regexp.MustCompile(`^([a-z0-9_]+(?:\.[a-z0-9_]+)*): `)

var missing = regexp.MustCompile(`missing propert(?:y|ies) '([^']+)'`)

// pathOf is the part of service.yaml that a finding is about, as well as can be
// told.
func pathOf(text string, f editor.Finding) []string {
	doc, _ := strictyaml.Parse([]byte(text))
	if doc == nil {
		return nil
	}
	var path []string
	if m := schemaPlace.FindStringSubmatch(f.Message); m != nil && doc.Line(strings.Split(m[1], ".")...) == f.Line {
		path = strings.Split(m[1], ".")
	} else if f.Line > 0 {
		path = doc.At(f.Line)
	}
	if m := missing.FindStringSubmatch(f.Message); m != nil {
		path = append(path, m[1])
	}
	return path
}

// marks are the errors of a report as errors of a form's inputs, and the rest
// of what it says about the section.
func (p *Pages) marks(r *web.Request, d *editor.Work, s section, at []string, groups []group, report *editor.Report) ([]editor.Finding, error) {
	var names []string
	for _, g := range groups {
		for _, f := range g.Fields {
			names = append(names, f.Name)
		}
	}
	bad := kernel.E(kernel.Invalid, "catalog.editor.check_form", nil)
	var rest []editor.Finding
	for _, f := range report.Findings {
		if sectionOf(d.Files, f) != s.name {
			continue
		}
		var path []string
		if f.File == serviceFile {
			path = pathOf(d.Files[serviceFile], f)
		}
		if len(at) > 0 {
			if len(path) < len(at) || strings.Join(path[:len(at)], ".") != strings.Join(at, ".") {
				continue // of another item
			}
			path = path[len(at):]
		}
		name := nearest(names, f.File, strings.Join(path, "."))
		if f.Severity != catalog.Error || name == "" {
			rest = append(rest, f)
			continue
		}
		bad.Field(name, "catalog.editor.finding.said", map[string]any{"what": words(r, f.Message)})
	}
	if len(bad.Fields) == 0 {
		return rest, nil
	}
	return rest, bad
}

// nearest is the input for a path: the one of its name, or the first below it,
// or the first below its nearest parent.
func nearest(names []string, file, path string) string {
	if file != serviceFile {
		path = strings.TrimSuffix(strings.TrimSuffix(file, ".txt"), ".md")
	}
	for path != "" {
		for _, n := range names {
			if n == path {
				return n
			}
		}
		for _, n := range names {
			if strings.HasPrefix(n, path+".") {
				return n
			}
		}
		i := strings.LastIndex(path, ".")
		if i < 0 {
			return ""
		}
		path = path[:i]
		if _, err := strconv.Atoi(path); err == nil {
			return ""
		}
	}
	return ""
}
