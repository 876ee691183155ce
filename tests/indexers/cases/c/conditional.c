int whole(int x)
// <- def function whole
{
#if SHOP_FAST
    if (x) {
#else
    if (!x) {
#endif
        return 1;
    }
    int after = 2;
    return after;
}

int next(void) { return 0; }
// <- def function next
