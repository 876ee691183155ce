int good(void) { return 1; }
// <- def function good

int bad(void) {
// <- def function bad
    int x = ;
    // <- problem syntax
    call(x;
    // <- problem syntax
    // <- call call in bad
}

int after(void) { return 2; }
// <- def function after
