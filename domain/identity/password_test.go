package identity

import (
	"context"
	"runtime"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"maru/kernel"
)

func TestPasswordTrouble(t *testing.T) {
	for _, tc := range []struct{ password, want string }{
		{"초록 기린이 우산을 접는다 7", ""},
		{"correct staple, wrong horse", ""},
		{"abcdefghijklmno9", "identity.password.common"},
		{"short but good", "identity.password.short"},
		{"열네글자짜리비밀번호입니다", "identity.password.short"},
		{strings.Repeat("가나다라", 65), "identity.password.long"},
		{"passwordpassword", "identity.password.common"},
		{"Password Password", "identity.password.common"},
		{"aaaaaaaaaaaaaaaa", "identity.password.common"},
		{"abcabcabcabcabcabc", "identity.password.common"},
		{"123456789012345678", "identity.password.common"},
		{"qwertyuiopasdfghjkl", "identity.password.common"},
		{"hong.gildong@mail1", "identity.password.common"},
		{"hong.gildong@mail hong.gildong@mail", "identity.password.common"},
		{"hong.gildong@mail 그리고 노란 우산", ""},
		{"홍길동홍길동홍길동홍길동홍길동", "identity.password.common"},
	} {
		if got := passwordTrouble(tc.password, minPassword, "hong.gildong@mail", "홍길동"); got != tc.want {
			t.Errorf("%q: %q, want %q", tc.password, got, tc.want)
		}
	}
	for p := range blocklist {
		if utf8.RuneCountInString(p) >= minPassword && passwordTrouble(p, minPassword) == "" {
			t.Errorf("%q is on the list and passes", p)
		}
	}
}

func FuzzPasswordTrouble(f *testing.F) {
	f.Add("초록 기린이 우산을 접는다 7", "hong")
	f.Add("\xff\xfe\x00aaaaaaaaaaaaaaaaa", "\xff")
	f.Fuzz(func(t *testing.T, password, about string) {
		if passwordTrouble(password, minPassword, about) == "" && utf8.RuneCountInString(password) < minPassword {
			t.Errorf("%q passes", password)
		}
	})
}

func TestHashing(t *testing.T) {
	h := newHasher(2, argonMemory)
	ctx := context.Background()
	stored, err := h.hash(ctx, "one")
	fine(t, err)
	for _, tc := range []struct {
		stored, password string
		want             bool
	}{{stored, "one", true}, {stored, "two", false}, {"", "one", false}, {h.dummy, "", false}} {
		before := h.done.Load()
		got, err := h.matches(ctx, tc.stored, tc.password)
		fine(t, err)
		if got != tc.want || h.done.Load() != before+1 {
			t.Errorf("matches(%.10q, %q) = %v after %d hashes", tc.stored, tc.password, got, h.done.Load()-before)
		}
	}
	if _, err := h.matches(ctx, "plain text", "one"); err == nil {
		t.Error("a stored form that is not ours must be an error, not a mismatch")
	}
}

// A flood is turned away at once instead of piling up.
func TestHashingIsBounded(t *testing.T) {
	h := newHasher(1, argonMemory)
	h.places <- struct{}{} // the one place is taken
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	for range hashQueue {
		wg.Go(func() { _, _ = h.hash(ctx, "x") })
	}
	for h.waiting.Load() < hashQueue {
		runtime.Gosched()
	}
	_, err := h.hash(ctx, "x")
	want(t, err, kernel.Unavailable, "identity.busy")
	cancel()
	wg.Wait()
	if h.done.Load() != 0 || h.waiting.Load() != 0 {
		t.Errorf("%d hashed, %d wait", h.done.Load(), h.waiting.Load())
	}
}
