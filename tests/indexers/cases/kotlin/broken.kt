class Cart {
//    ^ read Cart
// <- problem syntax
  fun good() = run(1)
  // <- def function good
  fun bad( { }
//    ^ read bad
}
