//go:build !unix

package witness

import "os"

// lockFolder opens the file; this system has no lock that ends with the
// process, so whoever runs the witness sees that it runs once.
func lockFolder(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
}
