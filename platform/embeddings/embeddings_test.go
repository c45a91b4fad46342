package embeddings

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
)

// stub is an endpoint whose vector of a text is made of its letters.
func stub(t *testing.T, asked *int) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Model string
			Input []string
		}
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.Model != "m" || r.Header.Get("Authorization") != "Bearer k" || len(in.Input) > MaxBatch {
			http.Error(w, "no", http.StatusBadRequest)
			return
		}
		var data []string
		for i := len(in.Input) - 1; i >= 0; i-- { // in any order
			*asked++
			data = append(data, fmt.Sprintf(`{"index":%d,"embedding":[%d,3,4]}`, i, len(in.Input[i])))
		}
		fmt.Fprintf(w, `{"data":[%s]}`, strings.Join(data, ","))
	}))
	t.Cleanup(s.Close)
	return s
}

func TestCacheAsksOnce(t *testing.T) {
	asked := 0
	s := stub(t, &asked)
	file := filepath.Join(t.TempDir(), "vectors")
	texts := []string{"one", "three", "one"}
	for i := range 100 {
		texts = append(texts, strings.Repeat("x", i+10))
	}
	client := &Client{URL: s.URL, Model: "m", Key: "k"}
	first, err := (&Cache{Client: client, File: file}).Of(context.Background(), texts)
	if err != nil || asked != 102 {
		t.Fatalf("%v, %d asked", err, asked)
	}
	if math.Abs(Cosine(first[0], first[2])-1) > 1e-6 || Cosine(first[0], first[1]) > 0.9999 || Cosine(first[0], nil) != 0 {
		t.Errorf("%v %v", first[0], first[1])
	}
	if _, err := (&Cache{Client: client, File: file}).Of(context.Background(), append(texts, "new")); err != nil || asked != 103 {
		t.Errorf("%v, %d asked: the file is not used", err, asked)
	}
	other := *client
	other.Model = "other"
	if _, err := (&Cache{Client: &other, File: file}).Of(context.Background(), texts); err == nil {
		t.Error("the vectors of one model are taken for those of another")
	}
}

func TestHostileAnswers(t *testing.T) {
	for name, body := range map[string]string{
		"no JSON":       "<html>",
		"too few":       `{"data":[{"index":0,"embedding":[1]}]}`,
		"twice the one": `{"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[1]}]}`,
		"out of range":  `{"data":[{"index":0,"embedding":[1]},{"index":7,"embedding":[1]}]}`,
		"uneven":        `{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[1,2]}]}`,
		"zero":          `{"data":[{"index":0,"embedding":[0]},{"index":1,"embedding":[1]}]}`,
		"empty":         `{"data":[{"index":0,"embedding":[]},{"index":1,"embedding":[1]}]}`,
		"endless":       `{"data":[` + strings.Repeat(" ", 1<<20),
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) }))
		_, err := (&Client{URL: s.URL}).Embed(context.Background(), []string{"secret words", "b"})
		if !errors.Is(err, ErrAnswer) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
		s.Close()
	}
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the words were carried on to somebody else") }))
	defer elsewhere.Close()
	s := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	defer s.Close()
	if _, err := (&Client{URL: s.URL}).Embed(context.Background(), []string{"a"}); err == nil {
		t.Error("a redirect is taken for an answer")
	}
}
