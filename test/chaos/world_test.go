package chaos

import (
	"errors"
	"os/exec"
	"strings"
	"testing"
)

// TestWorlds has each command open the database of the other: a try-out's
// accounts without passwords must never guard real data. The refusal is clear
// and harms nothing.
func TestWorlds(t *testing.T) {
	for _, world := range []struct{ of, opened string }{{"demo", "serve"}, {"serve", "demo"}} {
		t.Run(world.of+" opened by "+world.opened, func(t *testing.T) {
			data := t.TempDir()
			s := run(t, program, world.of, "--data", data, "--addr", "127.0.0.1:0")
			kept := application{}
			if world.of == "demo" {
				var err error
				if kept, err = signIn(t, s, "p-00200").apply("before"); err != nil {
					t.Fatal(err)
				}
			}
			s.terminate()

			out, err := exec.Command(program, world.opened, "--data", data, "--addr", "127.0.0.1:0").CombinedOutput()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != 1 {
				t.Fatalf("%v, want exit status 1\n%s", err, out)
			}
			for _, want := range []string{"maru: ", world.of, world.opened} {
				if !strings.Contains(string(out), want) {
					t.Errorf("the refusal does not say %q:\n%s", want, out)
				}
			}
			if strings.Contains(string(out), "http://") {
				t.Errorf("it listened before it refused:\n%s", out)
			}

			s = run(t, program, world.of, "--data", data, "--addr", "127.0.0.1:0")
			defer s.terminate()
			if world.of == "demo" {
				list := signIn(t, s, "p-00200").all(t)
				if len(list) != 1 || list[0].ID != kept.ID {
					t.Errorf("after the refusal: %+v, want %+v", list, kept)
				}
			}
		})
	}
}
