// Copyright.
// <- comment Copyright.

// Package shop is documented.
// <- comment Package shop is documented.
package shop

// detached
// <- comment detached

// Run runs.
// <- comment Run runs.
func Run() {
// <- doc Run runs.
	// inside
	// <- comment inside in Run
	// two lines
	x := 1 // trailing
	// <- comment trailing in Run

	/* block
	// <- comment block in Run
	   of two */
	_ = x
}
