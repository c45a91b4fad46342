package journeys

import (
	"testing"

	"maru/kernel"
)

// TestLease: the tenant reports the lease, the landlord confirms it on a
// device of their own.
func TestLease(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, who, landlord string
		how                 []how
	}{
		{"ko", "student", "self_employed", nil},
		{"no script", "joins", "farmer", []how{withoutScript}},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := visit(t, c.how...)
			landlord := castOf(t, c.landlord)
			j := job{
				says:    kernel.Text{KO: "전세 계약했는데 확정일자 받으려면 어떻게 해요"},
				service: "lease-report", title: kernel.Text{KO: "주택 임대차계약 신고(확정일자)"}, who: c.who,
				answers: answers{
					"role": "tenant", "kind": "new", "contract_on": today().AddDays(-8).String(), "home_region": "11110",
					"home_address": "서울특별시 종로구 마루길 1, 203호", "home_kind": "villa", "home_area": "33㎡", "deposit": "10000000", "rent": "600000",
					"lease_from": today().AddDays(20).String(), "lease_until": today().AddDays(20 + 730).String(),
					"way": "together", "other_person": typed(landlord.Name), "lease": paper(t, "lease.png"),
				},
			}
			v.find(j)
			v.reads(v.T("catalog.service.deadline"), v.T("catalog.deadline.days", "n", 30))
			v.start(j)
			v.fill(j)
			v.reads(v.T("casework.deadline.last"))
			r := v.submit()
			v.reads(v.T("casework.done.title.signatures"), landlord.Name)
			codes := v.codes()
			if len(codes) != 1 {
				t.Fatalf("%d codes, want 1: %s", len(codes), v.text("main"))
			}

			// The first code goes astray: a new one takes its place.
			v.open(r.page)
			v.press(v.T("casework.code.renew"))
			v.reads(v.T("casework.code.renewed"))
			h := resident(t, c.landlord, c.how...)
			h.open("/confirm")
			h.write("code", codes[0])
			h.pressFor(422, h.T("casework.code.go"))
			h.confirms(c.landlord, v.codes()[0], "서울특별시 종로구 마루길 1, 203호", "600,000", h.T("casework.signature.only"))

			v.open(r.page)
			r.number = v.value(v.T("casework.progress.number"))
			if due := v.value(v.T("casework.progress.due")); due == "" {
				t.Error("no word of when it will be done")
			}
			o := official(t, r.body, false, c.how...)
			o.openCase(r.number)
			o.reads(o.T("casework.party.signed"), landlord.Name)
			o.take()
			o.decide("accepted", "계약서와 두 사람의 확인을 보았습니다.")

			v.learns(r.number)
			document := v.holds(r, "계약서와 두 사람의 확인을 보았습니다.")
			v.reads("서울특별시 종로구 마루길 1, 203호")
			visit(t, c.how...).checks(document, r)
			v.watched(r)
		})
	}
}
