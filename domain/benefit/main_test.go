package benefit

import (
	"os"
	"testing"

	"maru/platform/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }
