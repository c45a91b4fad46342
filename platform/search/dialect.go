package search

import (
	"slices"
	"strings"
)

// dialects are endings of dialects and of chatting with what is written for
// them, longest first. Only the end of a word changes.
var dialects = func() [][2]string {
	var out [][2]string
	for line := range strings.Lines(`
		하이소 하세요
		주이소 주세요
		합니꺼 합니까
		됩니꺼 됩니까
		습니꺼 습니까
		니꺼 니까
		심더 습니다
		심니더 습니다
		는교 나요
		능교 나요
		인교 인가요
		한교 한가요
		카는데 하는데
		카던데 하던데
		카대예 하대요
		칸다 한다
		캅니더 합니다
		아입니꺼 아닌가요
		예요잉 예요
		당께 다니까
		랑께 라니까
		응께 으니까
		잉께 이니까
		께요잉 께요
		는디 는데
		은디 은데
		인디 인데
		던디 던데
		허요 해요
		혀유 해요
		해유 해요
		이유 이에요
		어유 어요
		아유 아요
		남유 나요
		는감 나요
		슴니다 습니다
		읍니다 습니다
		슴다 습니다
		함다 합니다
		나여 나요
		어여 어요
		아여 아요
		해여 해요
		돼여 돼요
		데여 데요
		까여 까요
		세여 세요
		네여 네요
		는뎅 는데
		용 요
		수과 습니까
		우꽈 습니까
		마씸 요
		쿠다 겠습니다
	`) {
		if f := strings.Fields(line); len(f) == 2 {
			out = append(out, [2]string{f[0], f[1]})
		}
	}
	slices.SortStableFunc(out, func(a, b [2]string) int { return len(b[0]) - len(a[0]) })
	return out
}()

// Standard is a normalized text with endings of dialects as they are written,
// for a second reading beside the first; none where nothing changes.
func Standard(normalized string) []string {
	words := strings.Fields(normalized)
	changed := false
	for i, w := range words {
		for _, d := range dialects {
			if stem, ok := strings.CutSuffix(w, d[0]); ok && stem != "" {
				words[i], changed = stem+d[1], true
				break
			}
		}
	}
	if !changed {
		return nil
	}
	return []string{strings.Join(words, " ")}
}
