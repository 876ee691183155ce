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


def loops(many, table):
# <- def function loops
    for one in many:
#       ^ bind one: many[each] (alias) in loops
        one.go()
#           ^ call go of one in loops
    for place, other in enumerate(many):
#              ^ bind other: many[each] (alias) in loops
        other.go()
#             ^ call go of other in loops
    for key, value in table.items():
#       ^ bind key: table.items()[each][0] (alias) in loops
#            ^ bind value: table.items()[each][1] (alias) in loops
#                           ^ call items of table in loops
        value.go()
#             ^ call go of value in loops
    first = many[0]
#   ^ bind first: many[] (alias) in loops
    some = many[1:]
    many[0].go()
#           ^ call go of many[] in loops
    many[1:].go()
#            ^ call go of ? in loops
    return [each.go() for each in sorted(many)]
#                ^ call go of each in loops
#                         ^ bind each: many[each] (alias) in loops
