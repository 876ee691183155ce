LIMIT = 10
# <- def constant LIMIT
_cache: dict[str, int] = {}
# <- bind _cache: dict[str, int] (annotation)
# <- def variable _cache
first, (second, *rest) = 1, (2, 3)
# <- def variable first
# <- def variable second
LIMIT = 20
# <- read LIMIT
for item in rest:
    pass


def plain(a, b=1, *args, **kwargs) -> int:
# <- bind plain: int (return)
# <- def function plain
    inside = 1

    def nested(x):
#   ^ def function plain.nested hidden
        class Deep:
#       ^ def class plain.nested.Deep hidden
            y = 1
#           ^ def field plain.nested.Deep.y hidden

        return x

    return nested
#          ^ read nested in plain


async def spread(
# <- bind spread: None (return)
# <- def function spread
    first: int,  # a remark
#   ^ bind first: int (annotation) in spread
    second: str = "x",
#   ^ bind second: str (annotation) in spread
) -> None: ...


class Shop(Base, metaclass=Meta):
# <- def class Shop
#          ^ inherit Base in Shop
#                          ^ read Meta in Shop
    """Sells things.

    Long story.
    """

    rate: float = 0.2
#   ^ bind self.rate: float (annotation) in Shop
#   ^ def field Shop.rate
    NAME = "shop"
#   ^ def field Shop.NAME

    def __init__(self, owner):
#   ^ def method Shop.__init__
        self.owner = owner
#       ^ bind self.owner: owner (alias) in Shop.__init__
#       ^ def field Shop.owner
#            ^ read owner of self in Shop.__init__
        self.owner = None
#            ^ read owner of self in Shop.__init__
        self.stock, self.room = [], 1
#       ^ def field Shop.room
#       ^ def field Shop.stock
#            ^ read stock of self in Shop.__init__
#                        ^ read room of self in Shop.__init__

    @property
    def size(self):
#   ^ def property Shop.size
        return 1

    @size.setter
#    ^ read size in Shop.size
#         ^ decorate setter of size in Shop.size
    def size(self, value): ...
#   ^ def property Shop.size

    @functools.cached_property
#    ^ read functools in Shop.area
#              ^ decorate cached_property of functools in Shop.area
    def area(self): ...
#   ^ def property Shop.area

    @staticmethod
    def build(): ...
#   ^ def method Shop.build

    class Shelf:
#   ^ def class Shop.Shelf
        def put(self): ...
#       ^ def method Shop.Shelf.put


if LIMIT:
#  ^ read LIMIT

    def chosen(): ...
#   ^ def function chosen
else:

    def chosen(): ...
#   ^ def function chosen


type Pair[T] = tuple[T, T]
# <- def type Pair
handler = lambda event: event
# <- def variable handler
