def make():
    return Thing()
#   ^ bind return: Thing (constructor) in make


def hand():
    return make
#   ^ bind return: make (alias) in hand


def typed() -> int:
    return make
#   ^ bind return: make (alias) in typed


first, (second, third) = make, (hand, Thing())
# <- bind first: make (alias)
# <- bind second: hand (alias)
# <- bind third: Thing (constructor)
one = two = make
# <- bind one: make (alias)
# <- bind two: make (alias)


def use(callback, other=make):
# <- bind other: make (alias) in use
    callback()
#   ^ call callback in use
    found = other()
#           ^ call other in use
#   ^ bind found: other (constructor) in use
