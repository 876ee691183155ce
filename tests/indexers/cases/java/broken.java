class Good {
// <- def class Good
    void a() {}
    // <- def method Good.a
}

class Bad {
// <- def class Bad
    void b( {
    // <- def method Bad.b
    // <- problem syntax
        int x = ;
        // <- problem syntax
}

class After {}
// <- def class Bad.After
// <- problem syntax
