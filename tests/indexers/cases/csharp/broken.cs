class Cart
// <- def class Cart
{
    void Open( { }
    // <- def property Cart.Open hidden
    // <- problem syntax
    void Close() { Go(); }
    // <- def method Cart.Close hidden
//                 ^ call Go in Cart.Close
}
