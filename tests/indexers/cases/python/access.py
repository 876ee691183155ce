LIMIT = 1


class Box:
    size = 0

    def fill(self, other):
        self.size = other.size
#            ^ writes size of self
#                         ^ reads size of other
        self.first, (self.second, *self.rest) = 1, (2, 3)
#            ^ writes first of self
#                         ^ writes second of self
#                                       ^ writes rest of self
        self.slots[0], (self.left[1], x) = other
#            ^ both slots of self
#                            ^ both left of self
        self.size += 1
#            ^ both size of self
        self.items["x"] = self.size
#            ^ both items of self
#                              ^ reads size of self
        self.counts["x"] += 1
#            ^ both counts of self
        del self.size, self.items["y"]
#                ^ writes size of self
#                           ^ both items of self
        del self.first
#                ^ writes first of self
        for self.index in self.items:
#                ^ writes index of self
#                              ^ reads items of self
            pass
        with open("x") as self.file:
#                              ^ writes file of self
            pass
        self.later: int
#            ^ untold later of self
        self.now: int = 3
#            ^ writes now of self
        last = self.size = self.first
#                   ^ writes size of self
#                               ^ reads first of self
        [self.first, self.second] = last
#             ^ writes first of self
#                         ^ writes second of self
        self.inner.count = 1
#            ^ reads inner of self
#                  ^ writes count of self.inner
        self.items.append(self.first)
#            ^ reads items of self
#                  ^ reads append of self.items
#                              ^ reads first of self
        return self.size == self.now
#                   ^ reads size of self
#                                ^ reads now of self


def f():
    global LIMIT
#          ^ untold LIMIT
    LIMIT = 3
#   ^ writes LIMIT
    LIMIT += 1
#   ^ both LIMIT
    print(LIMIT)
#         ^ reads LIMIT
    return Box(size=3)
#          ^ reads Box
#              ^ untold size of Box


LIMIT = 2
# <- writes LIMIT
