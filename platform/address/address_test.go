package address

import (
	"net/netip"
	"testing"
)

func TestLoopback(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "localhost:8080": true, "127.0.0.1": true, "127.8.0.1:1": true, "::1": true, "[::1]": true, "[::1]:80": true, "::ffff:127.0.0.1": true,
		"": false, ":80": false, "example.com": false, "localhost.example.com": false, "127.0.0.1.example.com": false, "10.0.0.1": false, "0.0.0.0": false, "::": false, "127.1": false, "[": false,
	} {
		if got := Loopback(host); got != want {
			t.Errorf("%q: %v", host, got)
		}
	}
}

func TestSafe(t *testing.T) {
	for raw, want := range map[string]bool{
		"https://a.example/x": true, "http://127.0.0.1:8/x": true, "http://localhost/x": true, "http://[::1]:9": true,
		"http://a.example": false, "http://localhost@a.example": false, "https://": false, "ftp://localhost": false, "localhost:80": false, "": false, "http://%zz": false,
	} {
		if got := Safe(raw); got != want {
			t.Errorf("%q: %v", raw, got)
		}
	}
}

func TestPublic(t *testing.T) {
	for host, want := range map[string]bool{
		"8.8.8.8": true, "211.34.1.1": true, "172.32.0.1": true, "2606:4700::1111": true, "::ffff:8.8.8.8": true, "64:ff9b::808:808": true,
		"127.0.0.1": false, "127.9.9.9": false, "::1": false, "0.0.0.0": false, "0.1.2.3": false, "::": false, "10.0.0.1": false, "172.16.0.1": false, "192.168.1.1": false,
		"169.254.169.254": false, "100.64.0.1": false, "198.18.0.1": false, "224.0.0.1": false, "240.0.0.1": false, "255.255.255.255": false,
		"::ffff:10.0.0.1": false, "::ffff:127.0.0.1": false, "::7f00:1": false, "64:ff9b::7f00:1": false, "64:ff9b::a9fe:a9fe": false, "64:ff9b:1::1": false, "2002:7f00:1::": false,
		"fd00::1": false, "fc00::1": false, "fe80::1": false, "fe80::1%eth0": false, "fec0::1": false, "ff02::1": false,
	} {
		if got := Public(netip.MustParseAddr(host)); got != want {
			t.Errorf("%q: %v", host, got)
		}
	}
	if Public(netip.Addr{}) {
		t.Error("no number at all")
	}
}
