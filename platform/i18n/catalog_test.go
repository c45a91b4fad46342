package i18n

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"maru/kernel"
)

func files(ko, en string) fs.FS {
	return fstest.MapFS{"messages.ko.json": {Data: []byte(ko)}, "messages.en.json": {Data: []byte(en)}}
}

func TestT(t *testing.T) {
	c, err := Load(files(
		`{"a.plain":"안녕하세요","a.josa":"{name|을/를} 받았어요","a.count":"{n}일 남았어요","a.money":"{sum|이/가} 들어와요","a.when":"{day}까지"}`,
		`{"a.plain":"Hello","a.josa":"We received {name}","a.count":"{n} {n|plural:day/days} left","a.money":"{sum} is coming","a.when":"by {day}"}`))
	if err != nil {
		t.Fatal(err)
	}
	day := kernel.MustDate("2026-11-21")
	tests := []struct {
		lang kernel.Lang
		key  string
		args []any
		want string
	}{
		{kernel.KO, "a.plain", nil, "안녕하세요"},
		{kernel.KOEasy, "a.plain", nil, "안녕하세요"},
		{kernel.EN, "a.plain", nil, "Hello"},
		{kernel.KO, "a.josa", []any{"name", "신청서"}, "신청서를 받았어요"},
		{kernel.KO, "a.josa", []any{"name", kernel.Text{KO: "답변", EN: "reply"}}, "답변을 받았어요"},
		{kernel.EN, "a.josa", []any{"name", kernel.Text{KO: "답변", EN: "the reply"}}, "We received the reply"},
		{kernel.KO, "a.count", []any{"n", 12345}, "12,345일 남았어요"},
		{kernel.EN, "a.count", []any{"n", 1}, "1 day left"},
		{kernel.EN, "a.count", []any{"n", int64(0)}, "0 days left"},
		{kernel.KO, "a.money", []any{"sum", kernel.Money(334810)}, "334,810원이 들어와요"},
		{kernel.EN, "a.when", []any{"day", day}, "by Saturday 21 November 2026"},
		{kernel.KO, "a.when", nil, "{day}까지"},
		{kernel.KO, "a.absent", nil, "⟨a.absent⟩"},
	}
	for _, tt := range tests {
		if got := c.T(tt.lang, tt.key, tt.args...); got != tt.want {
			t.Errorf("T(%s, %s, %v) = %q, want %q", tt.lang, tt.key, tt.args, got, tt.want)
		}
	}
	if got := c.TMap(kernel.KO, "a.josa", map[string]any{"name": "서류"}); got != "서류를 받았어요" {
		t.Errorf("TMap = %q", got)
	}
	if !c.Has("a.josa") || c.Has("a.absent") || len(c.Keys()) != 5 {
		t.Errorf("keys: %v", c.Keys())
	}
}

func TestLoadRefuses(t *testing.T) {
	ok := files(`{"a":"가"}`, `{"a":"a"}`)
	tests := []struct {
		name string
		fss  []fs.FS
		want string
	}{
		{"key twice in a file", []fs.FS{files(`{"a":"가","a":"나"}`, `{"a":"a"}`)}, `"a" is defined twice`},
		{"key twice across files", []fs.FS{ok, ok}, `"a" is defined twice`},
		{"no English", []fs.FS{files(`{"a":"가","b":"나"}`, `{"a":"a"}`)}, `"b" has no English`},
		{"no Korean", []fs.FS{files(`{"a":"가"}`, `{"a":"a","b":"b"}`)}, `"b" has no Korean`},
		{"other placeholder", []fs.FS{files(`{"a":"{x}"}`, `{"a":"{y}"}`)}, `mentions {x} in Korean but {y} in English`},
		{"unknown particle", []fs.FS{files(`{"a":"{x|은/가}"}`, `{"a":"{x}"}`)}, `no pair of particles`},
		{"bad plural", []fs.FS{files(`{"a":"{x}"}`, `{"a":"{x|plural:day}"}`)}, `plural wants one/other`},
		{"open brace", []fs.FS{files(`{"a":"{x"}`, `{"a":"a"}`)}, `a { without its }`},
		{"shut brace", []fs.FS{files(`{"a":"x}"}`, `{"a":"a"}`)}, `a } without its {`},
		{"bad name", []fs.FS{files(`{"a":"{X y}"}`, `{"a":"a"}`)}, `lower-case letters`},
		{"empty", []fs.FS{files(`{"a":" "}`, `{"a":"a"}`)}, `is empty`},
		{"nested", []fs.FS{files(`{"a":{"b":"c"}}`, `{"a":"a"}`)}, `"a" is not a text`},
		{"list", []fs.FS{files(`[]`, `{"a":"a"}`)}, `one flat object`},
		{"broken", []fs.FS{files(`{"a":`, `{"a":"a"}`)}, `messages.ko.json`},
		{"absent", []fs.FS{fstest.MapFS{}}, `messages.ko.json`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := Load(tt.fss...); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("err = %v, want it to say %q", err, tt.want)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add("{a|은/는} {n|plural:day/days} x")
	f.Fuzz(func(t *testing.T, s string) {
		m, err := parse(s)
		if err != nil {
			return
		}
		// With every placeholder echoed, the text comes back.
		var back strings.Builder
		for _, p := range m.parts {
			if p.name == "" {
				back.WriteString(p.literal)
			}
		}
		if len(m.names()) == 0 && back.String() != s {
			t.Errorf("parse(%q) loses text: %q", s, back.String())
		}
		m.fill(kernel.KO, func(string) (any, bool) { return 1, true })
	})
}
