package journeys

import (
	"testing"

	"maru/kernel"
	"maru/platform/clock"
)

func TestOne(t *testing.T) {
	today := clock.System().Now().DateIn(kernel.Seoul)
	v := visit(t)
	r := v.apply(job{
		says:    kernel.Text{KO: "지난주에 이사했는데 주소를 옮기고 싶어요", EN: "I moved last week and need to change my address"},
		service: "moving-in-report", title: kernel.Text{KO: "전입신고", EN: "Moving-in report"},
		who: "moved",
		answers: answers{
			"moved_on": today.AddDays(-6).String(), "new_region": "11110", "new_address": "세종대로 1, 101동 1001호",
			"movers": everyone{}, "joins_household": "false",
		},
	})
	t.Log(r)
}
