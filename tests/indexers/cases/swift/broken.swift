struct Cart {
// <- def struct Cart
    func good() { run(1) }
    // <- def method Cart.good
//                ^ call run in Cart.good
    func bad( { }
    // <- def method Cart.bad
    // <- problem syntax
}
