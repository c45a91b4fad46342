package address

import "testing"

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
