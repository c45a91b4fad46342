package assistant

import (
	"context"
	"slices"
	"strings"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"maru/kernel"
)

// TestTools calls every tool in both languages over both transports.
func TestTools(t *testing.T) {
	for name, open := range map[string]func(testing.TB, *sdk.ClientOptions) *sdk.ClientSession{"http": overHTTP, "streams": overStreams} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, nil)
			tools, err := s.ListTools(t.Context(), nil)
			if err != nil || len(tools.Tools) != 6 {
				t.Fatalf("%d tools, %v", len(tools.Tools), err)
			}
			for _, tool := range tools.Tools {
				if tool.Description == "" || tool.InputSchema == nil || tool.OutputSchema == nil || tool.Annotations == nil || !tool.Annotations.ReadOnlyHint {
					t.Errorf("%s is described in part: %+v", tool.Name, tool)
				}
			}
			for _, l := range kernel.Langs {
				everyTool(t, s, l, name == "http")
			}
			everyResource(t, s)
		})
	}
}

func everyTool(t *testing.T, s *sdk.ClientSession, l kernel.Lang, served bool) {
	lang := string(l)
	found := call(t, s, "find_services", map[string]any{"utterance": said(l, "지난주에 이사했어요", "I moved house last week"), "lang": lang}).good()
	if ids := found.ids("results"); !slices.Contains(ids, "moving-in-report") || found.data["version"] == "" {
		t.Errorf("%s: found %v", lang, ids)
	}
	if !strings.Contains(found.text, said(l, "전입신고", "Moving-in report")) || found.data["lang"] != lang {
		t.Errorf("%s: %s", lang, found.text)
	}
	crisis := call(t, s, "find_services", map[string]any{"utterance": said(l, "죽고 싶어요", "I want to die"), "lang": lang}).good()
	number, _ := crisis.data["crisis"].(map[string]any)["phone"].(string)
	if number == "" || !strings.HasPrefix(crisis.text, number) {
		t.Errorf("%s: the number to call is not first: %s", lang, crisis.text)
	}

	about := call(t, s, "describe_service", map[string]any{"id": "moving-in-report", "lang": lang}).good()
	for _, want := range []string{"law", "papers", "fee", "deadline", "channels", "agency", "valid_on", "version", "questions", "url"} {
		if about.data[want] == nil {
			t.Errorf("%s: no %s", lang, want)
		}
	}
	if !strings.Contains(about.text, said(l, "주민등록법", "Resident Registration Act")) {
		t.Errorf("%s: %s", lang, about.text)
	}

	// Somebody of 71: unknown with what is missing, then, all of it told, a yes
	// that says no more than the engine does.
	person, household := map[string]any{"birth_date": "1955-03-01"}, map[string]any{}
	ask := func() (map[string]any, result) {
		r := call(t, s, "check_eligibility", map[string]any{"id": "basic-pension", "lang": lang, "members": []any{person}, "household": household}).good()
		return r.data["verdicts"].([]any)[0].(map[string]any), r
	}
	verdict, r := ask()
	if missing, _ := verdict["missing"].([]any); verdict["eligible"] != "unknown" || len(missing) < 5 || !strings.Contains(r.text, said(l, "아직 알 수 없어요", "cannot be told yet")) {
		t.Fatalf("%s: %s", lang, r.text)
	}
	for range 3 { // an answer may make another fact matter
		missing, _ := verdict["missing"].([]any)
		for _, m := range missing {
			fact := m.(map[string]any)
			to := household
			if fact["member"] != nil {
				to = person
			}
			to[fact["fact"].(string)] = map[any]any{"bool": false, "int": 0, "enum": "citizen", "code": "12110", "date": "1955-03-01", "set": []any{}}[fact["type"]]
		}
		verdict, r = ask()
	}
	reasons := verdict["members"].([]any)[0].(map[string]any)["reasons"].([]any)
	if verdict["eligible"] != "yes" || verdict["confidence"] == nil || verdict["amount"] == nil || len(reasons) < 3 || reasons[0].(map[string]any)["article"] == nil {
		t.Errorf("%s: %v\n%s", lang, verdict, r.text)
	}
	none := call(t, s, "check_eligibility", map[string]any{"lang": lang, "id": "child-allowance", "members": []any{map[string]any{"birth_date": "1955-03-01"}}}).good()
	if v := none.data["verdicts"].([]any)[0].(map[string]any); v["eligible"] == "yes" {
		t.Errorf("%s: a child's allowance at 71: %s", lang, none.text)
	}
	all := call(t, s, "check_eligibility", map[string]any{"lang": lang, "members": []any{map[string]any{"birth_date": "1990-03-01"}}}).good()
	if len(all.ids("verdicts")) == 0 || slices.Contains(all.ids("verdicts"), "basic-pension") {
		t.Errorf("%s: at 36 may be: %v", lang, all.ids("verdicts"))
	}

	begun := call(t, s, "start_application", map[string]any{"id": "moving-in-report", "lang": lang, "facts": map[string]any{"moved_on": "2026-11-01", "joins_household": false, "movers": []any{"x"}}}).good()
	link, _ := begun.data["url"].(string)
	if begun.data["drafted"] != false {
		t.Errorf("%s: %v", lang, begun.data)
	}
	if served {
		if !strings.HasPrefix(link, trial.URL+said(l, "/handover/", "/en/handover/")) || len(begun.data["filled"].([]any)) != 2 || len(begun.data["left_out"].([]any)) != 1 {
			t.Errorf("%s: %v", lang, begun.data)
		}
	} else if !strings.HasSuffix(link, "/services/moving-in-report") || len(begun.data["filled"].([]any)) != 0 {
		t.Errorf("%s, without a server: %v", lang, begun.data)
	}

	status := call(t, s, "get_status", map[string]any{"lang": lang}).good()
	if link, _ := status.data["url"].(string); status.data["sign_in_needed"] != true || !strings.HasSuffix(link, "/applications") || !strings.Contains(status.text, link) {
		t.Errorf("%s: %v", lang, status.data)
	}
	events := call(t, s, "list_life_events", map[string]any{"lang": lang}).good()
	if !slices.Contains(events.ids("life_events"), "moving") || !strings.Contains(events.text, said(l, "이사", "Moving")) {
		t.Errorf("%s: %s", lang, events.text)
	}
}

func everyResource(t *testing.T, s *sdk.ClientSession) {
	n := 0
	for r, err := range s.Resources(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n%9 != 0 { // a sample: all pages are read in another test
			continue
		}
		got, err := s.ReadResource(t.Context(), &sdk.ReadResourceParams{URI: r.URI})
		if err != nil || len(got.Contents) != 2 || got.Contents[0].Text == got.Contents[1].Text || !strings.HasPrefix(got.Contents[0].Text, "# ") {
			t.Errorf("%s: %+v, %v", r.URI, got, err)
		}
	}
	if n < 82 {
		t.Errorf("%d resources", n)
	}
	templates, err := s.ListResourceTemplates(t.Context(), nil)
	if err != nil || len(templates.ResourceTemplates) != 2 {
		t.Errorf("templates: %+v, %v", templates, err)
	}
	for _, uri := range []string{"service://none", "service://moving-in-report/../../etc", "life-event://none", "service://", "file:///etc/passwd"} {
		if got, err := s.ReadResource(t.Context(), &sdk.ReadResourceParams{URI: uri}); err == nil {
			t.Errorf("%s: %+v", uri, got)
		}
	}
}

// TestStatusByURL: an assistant that opens pages is asked to open ours, and the
// answer follows when the person was there.
func TestStatusByURL(t *testing.T) {
	var asked []string
	o := &sdk.ClientOptions{Capabilities: &sdk.ClientCapabilities{Elicitation: &sdk.ElicitationCapabilities{URL: &sdk.URLElicitationCapabilities{}}},
		ElicitationHandler: func(_ context.Context, r *sdk.ElicitRequest) (*sdk.ElicitResult, error) {
			asked = append(asked, r.Params.Mode+" "+r.Params.URL)
			return &sdk.ElicitResult{Action: "accept"}, nil
		}}
	r := call(t, overHTTP(t, o), "get_status", map[string]any{"lang": "en"}).good()
	if len(asked) != 1 || asked[0] != "url "+trial.URL+"/en/applications" || r.data["url"] != trial.URL+"/en/applications" {
		t.Errorf("asked %v, answered %v", asked, r.data)
	}
}
