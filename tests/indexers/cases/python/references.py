import app.main
# <- import app.main as app
from .base import Base, field as f
# <- import .base:Base as Base
# <- import .base:field as f
from .db import get_db, User, deco
# <- import .db:get_db as get_db
# <- import .db:User as User
# <- import .db:deco as deco

LIMIT = 5
# <- def constant LIMIT
counter = 0
# <- def variable counter


def use(user: User, other, n=LIMIT, *, base=f()):
# <- bind n: LIMIT (alias) in use
# <- bind user: User (annotation) in use
# <- def function use
#             ^ type User in use
#                            ^ read LIMIT in use
#                                           ^ call f in use
    get_db().cursor(LIMIT).execute("x")
#   ^ call get_db in use
#            ^ call cursor of get_db() in use
#                   ^ read LIMIT in use
#                          ^ call execute of get_db().cursor() in use
    other.save(user.name)
#         ^ call save of other in use
#                   ^ read name of user in use
    other.plain
#         ^ read plain of other in use
    app.main.run.now()
#   ^ read app in use
#       ^ read main of app in use
#            ^ read run of app.main in use
#                ^ call now of app.main.run in use
    len(other)
    [row.id for row in get_db() if row.ok(n)]
#        ^ read id of row in use
#                      ^ call get_db in use
#                                      ^ call ok of row in use
    print(f"{user.name!r} {get_db().name:>{LIMIT}}")
#                 ^ read name of user in use
#                          ^ call get_db in use
#                                   ^ read name of get_db() in use
#                                          ^ read LIMIT in use
    other[0].call()
#            ^ call call of other[] in use
    (other or f).call()
#             ^ read f in use
#                ^ call call of ? in use
    "".join(n)
#      ^ call join of ? in use
    get_db()()
#   ^ call get_db in use
    other(1)
    return lambda u: u.go(LIMIT)
#                      ^ call go of u in use
#                         ^ read LIMIT in use


def late():
# <- def function late
    global counter
#          ^ read counter in late
    counter += 1
#   ^ read counter in late
    counter = LIMIT
#   ^ bind counter: LIMIT (alias) in late
#   ^ read counter in late
#             ^ read LIMIT in late
    LIMIT2 = 3
    return undefined_name, LIMIT2
#          ^ read undefined_name in late


@deco
 # <- decorate deco in view
@app.main.route("/x", methods=[LIMIT])
 # <- read app in view
#    ^ read main of app in view
#         ^ decorate route of app.main in view
#                              ^ read LIMIT in view
def view(app, deco=deco):
# <- def function view
#                  ^ read deco in view
    return app.run(deco)
#              ^ call run of app in view


class Child(Base, app.main.Mixin, Generic[User], metaclass=Base.Meta):
# <- def class Child
#           ^ inherit Base in Child
#                 ^ read app in Child
#                     ^ read main of app in Child
#                          ^ inherit Mixin of app.main in Child
#                                 ^ inherit Generic in Child
#                                         ^ read User in Child
#                                                          ^ read Base in Child
#                                                               ^ read Meta of Base in Child
    limit = LIMIT
#   ^ bind self.limit: LIMIT (alias) in Child
#   ^ def field Child.limit
#           ^ read LIMIT in Child
    twice = limit
#   ^ bind self.twice: limit (alias) in Child
#   ^ def field Child.twice
#           ^ read limit in Child

    def run(self, cls=None):
#   ^ def method Child.run
        super().run()
#               ^ call run of super() in Child.run
        self.helper(self.limit)
#            ^ call helper of self in Child.run
#                        ^ read limit of self in Child.run
        self.helper.deep.call()
#            ^ read helper of self in Child.run
#                   ^ read deep of self.helper in Child.run
#                        ^ call call of self.helper.deep in Child.run
        self.limit = 3
#            ^ read limit of self in Child.run
        Base.run(self)
#       ^ read Base in Child.run
#            ^ call run of Base in Child.run
        limit
#       ^ read limit in Child.run
        local = get_db()
#       ^ bind local: get_db (constructor) in Child.run
#               ^ call get_db in Child.run
        local.close()
#             ^ call close of local in Child.run

    @classmethod
    def make(cls):
#   ^ def method Child.make
        return cls()


def matched(value):
# <- def function matched
    match value:
        case Base(name=x) | app.main.Thing(x):
#            ^ call Base in matched
#                           ^ read app in matched
#                                    ^ call Thing of app.main in matched
            return x
        case app.LIMIT:
#            ^ read app in matched
#                ^ read LIMIT of app in matched
            return LIMIT
#                  ^ read LIMIT in matched
        case [first, *rest] if first.ok():
#                                    ^ call ok of first in matched
            return rest
        case other:
            return other


try:
    use(1)
#   ^ call use
except (app.main.Error, Base) as error:
#       ^ read app
#           ^ read main of app
#                ^ read Error of app.main
#                       ^ read Base
    error.show()
#         ^ call show of error

with get_db() as db, f(db) as (one, two):
# <- bind db: get_db (constructor)
#    ^ call get_db
#                    ^ call f
    db.close()
#      ^ call close of db
(yes := get_db())
#       ^ call get_db
assert yes, User
#           ^ read User
del counter
#   ^ read counter
print(User, file=counter, sep=LIMIT)
#     ^ read User
#                ^ read counter
#                             ^ read LIMIT
