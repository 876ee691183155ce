package shop

func Good() { Call() }
// <- def function Good
//            ^ call Call in Good

func Bad( {
// <- def function Bad
// <- problem syntax
	x :=
	// <- problem syntax
}

type After struct{ A int }
// <- def struct After
// <- def field After.A
