package crypto

import "testing"

func FuzzKeyFile(f *testing.F) {
	f.Add([]byte(`{"version":1,"current":1,"keys":[{"id":1,"made":"2026-01-01T00:00:00Z","secret":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}],"index":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","made":null}`))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := parseKeyFile(b)
		if err != nil {
			return
		}
		k, err := newKeys("", file, nil)
		if err != nil {
			t.Fatalf("accepted, but of no use: %v", err)
		}
		if _, err := k.Seal("a", nil); err != nil {
			t.Error(err)
		}
	})
}
