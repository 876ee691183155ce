from __future__ import annotations
# <- import __future__:annotations as annotations
import typing as t
# <- import typing as t
from .models import User, Group, make
# <- import .models:User as User
# <- import .models:Group as Group
# <- import .models:make as make


def find(name: str, group: t.Optional[Group] = None, *rest: User, key: "User | None" = None) -> list["Group"]:
# <- bind name: str (annotation) in find
# <- bind group: t.Optional[Group] (annotation) in find
# <- bind key: User | None (annotation) in find
# <- bind find: list["Group"] (return)
# <- def function find
#                          ^ type t in find
#                            ^ type Optional of t in find
#                                     ^ type Group in find
#                                                           ^ type User in find
#                                                                       ^ type User in find
#                                                                                                     ^ type Group in find
    found: User = make(name)
#   ^ bind found: User (annotation) in find
#          ^ type User in find
#                 ^ call make in find
    also: t.Literal["User"] = "User"
#   ^ bind also: t.Literal["User"] (annotation) in find
#         ^ type t in find
#           ^ type Literal of t in find
    later = make(name)
#   ^ bind later: make (constructor) in find
#           ^ call make in find
    again = t.cast("User", later)
#   ^ bind again: User (annotation) in find
#           ^ read t in find
#             ^ call cast of t in find
    copy = later.parent
#   ^ bind copy: later.parent (alias) in find
#                ^ read parent of later in find
    number = 3
    awaited = await make(1)
#   ^ bind awaited: make (constructor) in find
#                   ^ call make in find
    chained = make(1).child()
#   ^ bind chained: make().child (constructor) in find
#             ^ call make in find
#                     ^ call child of make() in find
    mixed = make(1) + make(2)
#           ^ call make in find
#                     ^ call make in find
    with make(name) as opened, User() as other:
#   ^ bind opened: make (constructor) in find
#   ^ bind other: User (constructor) in find
#        ^ call make in find
#                              ^ call User in find
        opened.close()
#              ^ call close of opened in find
    nothing = None
    return later


class Store:
# <- def class Store
    users: list[User] = []
#   ^ bind self.users: list[User] (annotation) in Store
#   ^ def field Store.users
#               ^ type User in Store
    default: User = User()
#   ^ bind self.default: User (annotation) in Store
#   ^ def field Store.default
#            ^ type User in Store
#                   ^ call User in Store
    alias = User
#   ^ bind self.alias: User (alias) in Store
#   ^ def field Store.alias
#           ^ read User in Store

    def __init__(self, first: Group):
#   ^ bind first: Group (annotation) in Store.__init__
#   ^ def method Store.__init__
#                             ^ type Group in Store.__init__
        self.first = first
#       ^ bind self.first: first (alias) in Store.__init__
#       ^ def field Store.first
#            ^ read first of self in Store.__init__
        self.second: Group = make()
#       ^ bind self.second: Group (annotation) in Store.__init__
#       ^ def field Store.second
#            ^ read second of self in Store.__init__
#                    ^ type Group in Store.__init__
#                            ^ call make in Store.__init__
        self.third = make(first)
#       ^ bind self.third: make (constructor) in Store.__init__
#       ^ def field Store.third
#            ^ read third of self in Store.__init__
#                    ^ call make in Store.__init__

    @property
    def name(self) -> User: ...
#   ^ bind name: User (return) in Store
#   ^ def property Store.name
#                     ^ type User in Store.name


default = Store()
# <- bind default: Store (constructor)
# <- def variable default
#         ^ call Store
fn: t.Callable[[User], "Group"]
# <- bind fn: t.Callable[[User], "Group"] (annotation)
# <- def variable fn
#   ^ type t
#     ^ type Callable of t
#               ^ type User
#                       ^ type Group
