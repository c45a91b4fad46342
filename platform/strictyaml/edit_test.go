package strictyaml

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const sample = `# The owner of this file.
id: club

# What it is called.
title: {ko: 모임, en: Club} # short
fee:
  won: 1000 # at the counter
  future_field: {kept: yes}

questions:
  # First of all.
  - id: since
    type: date
    title: {ko: "언제부터요?", en: "Since when?"}
    unknown: [1, 2]
  # Then this one.
  - id: name
    type: text
    title: {ko: 이름, en: Name}
list: [a, b]
# The end.
`

func open(t *testing.T, text string) *File {
	t.Helper()
	f, problems := Open([]byte(text))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	f.Order = []string{"id", "title", "summary", "fee", "questions", "type", "hint", "list"}
	return f
}

func text(t *testing.T, f *File) string {
	t.Helper()
	b, err := f.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestEditKeepsTheRest(t *testing.T) {
	f := open(t, sample)
	for _, err := range []error{
		f.Set("Society: new", "title", "en"),
		f.Set(int64(2000), "fee", "won"),
		f.Set("Whole?", "summary", "ko"),
		f.Set("All\nof it", "summary", "en"),
		f.Arrange([]int{1, 0, -1}, "questions"),
		f.Set("true", "questions", "2", "id"),
		f.Set("도움", "questions", "1", "hint", "ko"),
		f.SetTexts([]string{"a", "12", "c"}, "list"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	got := text(t, f)
	for _, want := range []string{"# The owner of this file.\nid: club\n", "\n# What it is called.\ntitle: {ko: 모임, en: \"Society: new\"} # short\n",
		"won: 2000 # at the counter", "future_field: {kept: yes}", "# First of all.", "# Then this one.", "unknown: [1, 2]",
		`summary: {ko: "Whole?", en: "All\nof it"}`, `- id: "true"`, "hint: {ko: 도움}", `list: [a, "12", c]`, "# The end.\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if strings.Index(got, "id: name") > strings.Index(got, "id: since") {
		t.Errorf("not moved:\n%s", got)
	}
	if strings.Index(got, "# Then this one.") > strings.Index(got, "id: name") {
		t.Errorf("the comment did not move along:\n%s", got)
	}
	g := open(t, got)
	if g.Text("title", "en") != "Society: new" || g.Text("summary", "en") != "All\nof it" || g.Text("questions", "1", "hint", "ko") != "도움" || g.Len("questions") != 3 {
		t.Errorf("reads otherwise:\n%s", got)
	}
}

func TestEditNothingChangesNothing(t *testing.T) {
	f := open(t, sample)
	if err := f.Set("모임", "title", "ko"); err != nil {
		t.Fatal(err)
	}
	if err := f.Arrange([]int{0, 1}, "questions"); err != nil {
		t.Fatal(err)
	}
	if p := f.SetSource(f.Source("fee"), "fee"); len(p) > 0 {
		t.Fatal(p)
	}
	if got := text(t, f); got != sample {
		t.Errorf("got\n%s", got)
	}
}

func TestEditRemove(t *testing.T) {
	f := open(t, sample)
	f.Remove("questions", "0")
	f.Remove("fee", "future_field")
	f.Remove("nothing", "here")
	f.Remove("list")
	got := text(t, f)
	if strings.Contains(got, "since") || strings.Contains(got, "future_field") || strings.Contains(got, "list") || !strings.Contains(got, "# The end.") {
		t.Errorf("got\n%s", got)
	}
}

func TestEditRefuses(t *testing.T) {
	f := open(t, sample)
	if err := f.Set("x", "title", "ko", "deep"); err == nil {
		t.Error("a text became a map")
	}
	if err := f.Arrange([]int{7}, "questions"); err == nil {
		t.Error("an item from nowhere")
	}
	if p := f.SetSource("&a [*a]", "fee"); len(p) == 0 {
		t.Error("an alias came in")
	}
	for _, bad := range []string{"[a, b]", "{a: b}", "a: &x 1\nb: *x\n", "just text"} {
		if _, p := Open([]byte(bad)); len(p) == 0 {
			t.Errorf("%q opens", bad)
		}
	}
}

// TestEditRealFiles touches every top key of real services: comments stay, and
// what was not touched keeps its bytes.
func TestEditRealFiles(t *testing.T) {
	names, err := filepath.Glob("../../pack/kr/services/*/service.yaml")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f := open(t, string(data))
		if got := string(Blocks(data).Join()); got != string(data) {
			t.Errorf("%s: blocks do not make up the file", name)
		}
		for i := 0; i < len(f.root.Content); i += 2 {
			f.changed[f.root.Content[i].Value] = true
		}
		got := text(t, f)
		if a, b := strings.Count(string(data), "# "), strings.Count(got, "# "); a != b {
			t.Errorf("%s: %d comments became %d", name, a, b)
		}
		again, _ := Parse([]byte(got))
		if len(again.lines) != len(f.doc.lines) {
			t.Errorf("%s: %d parts became %d", name, len(f.doc.lines), len(again.lines))
		}
	}
}

func TestAt(t *testing.T) {
	doc, _ := Parse([]byte(sample))
	for line, want := range map[int]string{2: "id", 5: "title", 7: "fee.won", 12: "questions.0", 13: "questions.0.type", 14: "questions.0.title", 99: "list"} {
		if got := strings.Join(doc.At(line), "."); got != want && !strings.HasPrefix(got, want+".") {
			t.Errorf("line %d: %q, want %q", line, got, want)
		}
	}
}

func FuzzEdit(f *testing.F) {
	f.Add(sample, "new: value")
	f.Add("a: |\n  text\n  # none\nb: 1", "#")
	f.Add("a:\n- b\n- c\n", "{")
	f.Fuzz(func(t *testing.T, data, value string) {
		file, problems := Open([]byte(data))
		if len(problems) > 0 || badText([]byte(value)) >= 0 {
			return
		}
		key := file.root.Content
		if len(key) == 0 || file.Set(value, key[0].Value) != nil {
			return
		}
		b, err := file.Bytes()
		if err != nil {
			return // refused, nothing garbled
		}
		again, problems := Open(b)
		if len(problems) > 0 || again.Text(key[0].Value) != value {
			t.Errorf("%q in %q became %q", value, data, b)
		}
	})
}
