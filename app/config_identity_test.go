package app

import (
	"os"
	"path/filepath"
	"testing"

	"maru/kernel"
)

func TestPolicy(t *testing.T) {
	p, err := (&Config{}).policy()
	if err != nil || p.SecondFactor || !p.StaffPasskeys.IsZero() || p.StaffModels != nil {
		t.Errorf("nothing set: %+v, %v", p, err)
	}
	p, err = (&Config{StaffPasskeys: "2027-01-31", SecondFactor: true}).policy()
	if err != nil || !p.SecondFactor || p.StaffPasskeys.DateIn(kernel.Seoul) != kernel.MustDate("2027-01-31") {
		t.Errorf("a day: %+v, %v", p, err)
	}
	empty := filepath.Join(t.TempDir(), "roots.pem")
	if err := os.WriteFile(empty, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	const model = "00000000-0000-0000-0000-000000000001"
	for _, c := range []Config{{StaffPasskeys: "soon"}, {StaffModels: []string{"yubikey"}}, {StaffModels: []string{model}}, {StaffRoots: empty},
		{StaffModels: []string{model}, StaffRoots: empty}, {StaffModels: []string{model}, StaffRoots: empty + ".none"}} {
		if _, err := c.policy(); err == nil {
			t.Errorf("%+v is taken", c)
		}
	}
}

// What is named for apps is a part of what is private, and nothing by default.
func TestBackchannelNetworks(t *testing.T) {
	if list, err := (&Config{}).backchannel(); err != nil || list != nil {
		t.Errorf("nothing set: %v, %v", list, err)
	}
	if list, err := (&Config{BackchannelNetworks: []string{"10.7.0.0/16", "fd07::/32"}}).backchannel(); err != nil || len(list) != 2 {
		t.Errorf("two networks: %v, %v", list, err)
	}
	for _, s := range []string{"10.7.0.1", "x", "0.0.0.0/0", "::/0", "10.0.0.0/7", "127.0.0.0/8", "169.254.0.0/16", "fe80::/10", "8.8.8.0/24"} {
		if _, err := (&Config{BackchannelNetworks: []string{s}}).backchannel(); err == nil {
			t.Errorf("%s is taken", s)
		}
	}
}
