class Cart
// <- def class Cart
{
    void Run()
    // <- def method Cart.Run hidden
    {
#if NEW && FAST
        if (ready) {
//          ^ read ready in Cart.Run
#else
        if (Ready()) {
#endif
            Go();
//          ^ call Go in Cart.Run
        }
    }
}
