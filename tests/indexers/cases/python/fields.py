from dataclasses import dataclass
from .models import Point, Row as Line, make


@dataclass
 # <- decorate dataclass in Event
class Event:
# <- def class Event
    name: str
#   ^ bind self.name: str (annotation) in Event
#   ^ def field Event.name
    points: list[Point]
#   ^ bind self.points: list[Point] (annotation) in Event
#   ^ def field Event.points
#                ^ type Point in Event


def run(point: Point[int], *rest: *Line):
# <- bind point: Point[int] (annotation) in run
# <- def function run
#              ^ type Point in run
#                                  ^ type Line in run
    Event(name="x", points=[Point(x=1, y=make(z=2))])
#   ^ call Event in run
#         ^ read name of Event in run
#                   ^ read points of Event in run
#                           ^ call Point in run
#                                 ^ read x of Point in run
#                                      ^ read y of Point in run
#                                        ^ call make in run
    models.Event(
#   ^ read models in run
#          ^ call Event of models in run
        name=point,
#       ^ read name of models.Event in run
    )(later=1)
# <- none
    make(name=1)
#   ^ call make in run
    wrap(Event)(name=2)
#   ^ call wrap in run
#        ^ read Event in run


class Box[T](Base[T]):
# <- def class Box
#            ^ inherit Base in Box
    def get[K](self, key: K) -> T:
#   ^ bind key: K (annotation) in Box.get
#   ^ bind get: T (return) in Box
#   ^ def method Box.get
        found: dict[K, T] = {}
#       ^ bind found: dict[K, T] (annotation) in Box.get


x = Event(name="y").points[0].show(kind=1)
# <- def variable x
#   ^ call Event
#         ^ read name of Event
#                   ^ read points of Event()
#                             ^ call show of Event().points[]
