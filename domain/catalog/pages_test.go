package catalog_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"maru/domain/audit"
	"maru/domain/catalog"
	"maru/kernel"
	"maru/platform/api/apitest"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/store/storetest"
	"maru/platform/web/webtest"
)

type names struct{}

func (names) Name(id string, l kernel.Lang) string {
	if id == "stamps" {
		return kernel.Text{KO: "우표부", EN: "Ministry of Stamps"}.In(l)
	}
	return ""
}

func sampleService(t *testing.T) *catalog.Service {
	t.Helper()
	s := start(t, catalog.Deps{DB: storetest.SQLite(t, catalog.Migrations(), audit.Migrations()), Clock: clock.NewManual(noon), Pack: samplePack(t)})
	s.UseBodies(names{})
	return s
}

// TestPages asks for every page in both languages; webtest holds each to the
// page contract.
func TestPages(t *testing.T) {
	site := webtest.New(t, catalog.Messages())
	sampleService(t).Module().Pages(site.Server)
	tests := []struct {
		path   string
		status int
		has    []string
		hasNot []string
	}{
		{"/services", 200, []string{"주소 신고", "우표 모임", "서비스 2개", "여기서 신청"}, nil},
		{"/en/services", 200, []string{"Address report", "Stamp club", "2 services"}, []string{"주소"}},
		{"/services?q=우표&kind=booking", 200, []string{"우표 모임", "서비스 1개", "모든 서비스 보기"}, []string{"주소 신고"}},
		{"/services?q=없는말", 200, []string{"맞는 서비스가 없어요"}, nil},
		{"/services?q=%FF%00&kind=<b>&event=x", 200, []string{"서비스 2개"}, nil},
		{"/services?event=moving", 200, []string{"주소 신고"}, []string{"우표 모임"}},
		{"/services/address-report", 200, []string{"주소 신고", "로그인하고 시작하기", "1,000원", "무료", "3시간", "14일 안", "동네 사무소", "시험법", "제16조의2제1항", "신분증", "기록을 보관하는 기간", "신청하는 곳", "쉬운 글로 읽기"}, []string{"지금은 이렇게"}},
		{"/services/address-report?text=easy", 200, []string{"주소를 알려요.", "자세한 글로 읽기"}, nil},
		{"/en/services/address-report", 200, []string{"Address report", "Test Act", "Article 16-2, paragraph 1", "3 hours", "Town office", "Working hours only"}, []string{"쉬운"}},
		{"/services/stamp-club", 200, []string{"지금은 이렇게 신청해요", "110에 전화하기", "우표부", "기관 보기", "바로"}, []string{"시작하기"}},
		{"/en/services/stamp-club", 200, []string{"Ministry of Stamps", "At once"}, nil},
		{"/services/gone", 404, nil, nil},
		{"/life-events", 200, []string{"이사"}, nil},
		{"/en/life-events", 200, []string{"Moving house"}, nil},
	}
	for _, tt := range tests {
		page := site.Get(tt.path)
		if page.Status != tt.status {
			t.Errorf("%s: status %d", tt.path, page.Status)
		}
		for _, s := range tt.has {
			if !page.Has(s) {
				t.Errorf("%s: no %q in %s", tt.path, s, page.Body)
			}
		}
		for _, s := range tt.hasNot {
			if page.Has(s) {
				t.Errorf("%s: %q", tt.path, s)
			}
		}
	}
	if page := site.Get("/services/address-report"); strings.Contains(page.Body, "<script>alert") {
		t.Error("a text brings its own script")
	}
	site.Actor = authz.Actor{Account: "a"}
	page := site.Get("/services/address-report")
	if !page.Has("신청 시작하기") || !strings.Contains(page.Body, `action="/applications/start"`) || !strings.Contains(page.Body, `name="service" value="address-report"`) {
		t.Errorf("no start for who is signed in: %s", page.Body)
	}
}

func TestAPI(t *testing.T) {
	s := sampleService(t)
	caller := apitest.NewAt(t, clock.NewManual(noon), s.Module().Operations, func(token string) (authz.Actor, error) {
		if token == "resident" {
			return authz.Actor{Account: "r"}, nil
		}
		return editor(token, token), nil
	}, catalog.Messages())
	call := func(method, path, token, body string, out any) int {
		t.Helper()
		return caller.As(token).Read(method, path, body, out)
	}

	var list struct {
		Pack     string
		Services []struct{ ID, Title, Agency string }
	}
	if code := call(http.MethodGet, "/services?lang=en", "", "", &list); code != 200 || len(list.Services) != 2 || list.Services[0].Title != "Address report" || list.Services[1].Agency != "Ministry of Stamps" || list.Pack != s.PackHash() {
		t.Errorf("list: %d %+v", code, list)
	}
	var one struct {
		Title     string
		Questions []struct {
			ID, Type string
			Required bool
			When     *struct {
				Question string
				Is       []string
			}
		}
		TimeLimit struct {
			Value      int
			Unit, Rule string
		} `json:"time_limit"`
		Law []struct{ Name, Article string }
	}
	if code := call(http.MethodGet, "/services/address-report?lang=ko", "", "", &one); code != 200 || one.Title != "주소 신고" || len(one.Questions) != 4 || !one.Questions[3].Required ||
		one.Questions[3].When == nil || one.Questions[3].When.Question != "joins" || one.TimeLimit.Rule != "petitions" || one.Law[0].Name != "시험법" {
		t.Errorf("one: %d %+v", code, one)
	}
	if code := call(http.MethodGet, "/services/gone", "", "", nil); code != 404 {
		t.Errorf("unknown service: %d", code)
	}
	var events struct {
		LifeEvents []struct{ ID string } `json:"life_events"`
	}
	if code := call(http.MethodGet, "/life-events", "", "", &events); code != 200 || len(events.LifeEvents) != 1 {
		t.Errorf("life events: %d %+v", code, events)
	}

	files := samplePack(t)
	edit(t, files, "services/stamp-club/text.en.md", "Collect", "Gather")
	body, err := json.Marshal(map[string]any{"zip": zipped(t, files)})
	if err != nil {
		t.Fatal(err)
	}
	if code := call(http.MethodPost, "/packs", "resident", string(body), nil); code != 403 {
		t.Errorf("a resident sends a pack: %d", code)
	}
	var sent struct{ Pack string }
	if code := call(http.MethodPost, "/packs", "one", string(body), &sent); code != 201 || sent.Pack == "" {
		t.Fatalf("send: %d", code)
	}
	if code := call(http.MethodPost, "/packs/activations", "one", `{"pack":"`+sent.Pack+`","from":"2026-13-01"}`, nil); code != 422 {
		t.Errorf("no such day: %d", code)
	}
	var proposed struct{ ID string }
	if code := call(http.MethodPost, "/packs/activations", "one", `{"pack":"`+sent.Pack+`","from":"2026-11-21"}`, &proposed); code != 201 {
		t.Fatalf("propose: %d", code)
	}
	if code := call(http.MethodPost, "/packs/activations/"+proposed.ID+"/approval", "one", "", nil); code != 403 {
		t.Errorf("the proposer approves: %d", code)
	}
	if code := call(http.MethodPost, "/packs/activations/"+proposed.ID+"/approval", "two", "", nil); code != 204 {
		t.Errorf("approve: %d", code)
	}
	if s.PackHash() != sent.Pack {
		t.Error("not in force though its day has come")
	}
	var acts struct{ Activations []struct{ Pack string } }
	if code := call(http.MethodGet, "/packs/activations", "one", "", &acts); code != 200 || len(acts.Activations) != 2 {
		t.Errorf("activations: %d %+v", code, acts)
	}
}
