package app

import (
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"

	"maru/platform/clock"
	"maru/platform/web"
)

// What weighs most asks for a fresh proof, and stays so: who adds a page or an
// operation that lends power or gives a consent adds it here.
func TestFreshPages(t *testing.T) {
	a, err := Open(t.Context(), Config{Data: t.TempDir(), demo: true}, clock.System(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	want := map[string]web.Freshness{}
	for _, name := range []string{"identity.create_token", "identity.request_role", "identity.invite", "identity.approve_role", "identity.revoke_role",
		"identity.proofing_do", "identity.counter_recovery_ask", "identity.counter_recovery_confirm",
		"casework.consent_save", "casework.bundle_consent_save", "benefit.agree", "catalog.editor.propose_do", "catalog.editor.approve",
		"authority.request_client", "authority.approve_client",
		"casework.assist_begin", "exchange.sign", "mandate.give", "mandate.accept", "mandate.confirm"} {
		want[name] = web.FreshAct
	}
	for _, name := range []string{"identity.passkey_new", "identity.passkey_add", "identity.passkey_remove", "identity.totp_begin", "identity.totp_confirm",
		"identity.totp_remove", "identity.recovery_codes", "identity.stop_regain", "identity.password", "notice.contact_add", "notice.contact_remove"} {
		want[name] = web.FreshSettings
	}
	for _, p := range a.web.Pages() {
		asked, ok := want[p.Name]
		delete(want, p.Name)
		if p.Fresh != asked {
			// Others may ask for more than is listed here, never for less.
			if ok || p.Fresh == web.AnyTime {
				t.Errorf("%s asks for %q, not %q", p.Name, p.Fresh, asked)
			}
		}
		// Giving a consent is never less; at a counter a code gives it.
		if p.Method == "POST" && p.For == web.Resident && strings.HasSuffix(p.Path, "/consent") && p.Fresh != web.FreshAct {
			t.Errorf("%s gives a consent and asks for %q", p.Name, p.Fresh)
		}
	}
	if len(want) > 0 {
		t.Errorf("there is no page %v", slices.Sorted(maps.Keys(want)))
	}
	operations := map[string]bool{}
	for _, op := range a.api.Operations() {
		operations[op.ID] = op.Fresh
	}
	for _, id := range []string{"mydata.grant", "exchange.demand", "assist.begin", "mandates.register", "mandates.confirm", "editor.propose", "editor.approve",
		"catalog.propose", "catalog.approve", "registers.propose", "registers.confirm", "registers.remove"} {
		if fresh, ok := operations[id]; !ok || !fresh {
			t.Errorf("operation %s: there %t, asks for a fresh proof %t", id, ok, fresh)
		}
	}
}
