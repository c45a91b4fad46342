package benefit

// Catalog is what the domain needs of the catalogue.
type Catalog interface {
	// Benefits is what the active pack says about benefits. Its hash changes
	// with the pack.
	Benefits() Pack
	// PackHash is the hash of the active pack.
	PackHash() string
}
