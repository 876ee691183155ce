class Good {
// <- def class Good
    void a() {}
    // <- def method Good.a hidden
};

void bad() {
// <- def function bad
    int x = ;
    // <- problem syntax
    call(x;
    // <- problem syntax
}

class After {};
// <- def class After
