async def spread(  # noqa
# <- sig async def spread( first: int, second: str = "x: y", ) -> None
    first: int,  # a remark, with (a) bracket
    second: str = "x: y",
) -> None: ...


class Plain: pass
# <- sig class Plain


class Shop(
# <- sig class Shop( Base, metaclass=Meta, )
    Base,
    metaclass=Meta,
): ...


LIMIT: int = (
# <- sig LIMIT: int = (
    3
)
