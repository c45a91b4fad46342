package ask

import "testing"

// TestCrisisWords holds the words of the catalogue to both sides: what people
// in danger say, and what sounds like it and is an everyday matter.
func TestCrisisWords(t *testing.T) {
	s := full(t)
	for text, want := range map[string]string{
		"더 이상 살기 싫어요":                       "suicide",
		"옥상에서 뛰어내리려고 해요":                    "suicide",
		"I don't want to live anymore":      "suicide",
		"남편이 때려요":                           "domestic-violence",
		"남편이 저를 때려요":                        "domestic-violence",
		"my husband hit me last night":      "domestic-violence",
		"아들이 저를 때리고 돈을 가져가요":                "elder-abuse",
		"my son took my pension":            "elder-abuse",
		"아빠가 저를 때려요":                        "child-abuse",
		"아버지가 숨을 안 쉬어요":                     "medical-emergency",
		"my father just collapsed":          "medical-emergency",
		"사람이 깔렸어요 빨리 와 주세요":                 "fire-rescue",
		"가스가 새는 것 같아요":                      "fire-rescue",
		"there is a fire in my kitchen":     "fire-rescue",
		"아이가 세제를 마셨어요":                      "poisoning",
		"살려주세요":                             "crime",
		"I think I am being followed":       "crime",
		"경찰이라며 돈을 보내래서 보냈어요":                "voice-phishing",
		"치매 할머니가 나가셨는데 못 찾겠어요":              "missing",
		"I can't find my child in the park": "missing",

		"모르는 앱이 깔렸어요":                             "",
		"윗집 아이가 소파에서 뛰어내릴 때마다 쿵쿵거려요":              "",
		"취업에 목을 매고 있는데 지원금 있나요":                   "",
		"남편이 때려치우고 장사하고 싶대요":                      "",
		"옆집 아이가 맞나요 확인해 주세요":                      "",
		"도시가스가 새로 들어온대요":                          "",
		"민원이 폭발했어요":                               "",
		"이거 후불이야 선불이야":                            "",
		"이웃이 농약을 마구 뿌려요":                          "",
		"독감 주사를 지금 맞고 있는데 증명서가 나오나요":              "",
		"계좌 지급정지 풀어 주세요":                          "",
		"나라에서 연금을 뺏어 가는 것 같아요":                    "",
		"I hurt myself at work":                   "",
		"I don't want to live with my parents":    "",
		"no reason to live in Seoul":              "",
		"I want to end my lease early":            "",
		"lost my child's passport":                "",
		"the rules are not being followed":        "",
		"locked me into a three year contract":    "",
		"my family is drowning in debt":           "",
		"the price of water is rising every year": "",
		"there is a fire station next to us":      "",
	} {
		a, err := s.Ask(Query{Text: text})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if a.Crisis != nil {
			got = a.Crisis.ID
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
