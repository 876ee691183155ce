import os
# <- import os as os
import os.path
# <- import os.path as os
import numpy as np, json
# <- import numpy as np
# <- import json as json
from . import sibling
# <- import .:sibling as sibling
from ..pkg.mod import thing as other, second
# <- import ..pkg.mod:thing as other
# <- import ..pkg.mod:second as second
from .star import *
# <- import .star:*
from __future__ import annotations
# <- import __future__:annotations as annotations
from long.name import (
    one,  # a remark, with a comma
#   ^ import long.name:one as one
    two as deux,
#   ^ import long.name:two as deux
)
from continued \
    import three, \
#   ^ import continued:three as three
    four
#   ^ import continued:four as four
import typing as t
# <- import typing as t
from typing import TYPE_CHECKING
# <- import typing:TYPE_CHECKING as TYPE_CHECKING

if t.TYPE_CHECKING:
#  ^ read t
#    ^ read TYPE_CHECKING of t
    from .types import Hint
#   ^ import .types:Hint as Hint type
if TYPE_CHECKING:
#  ^ read TYPE_CHECKING
    import heavy
#   ^ import heavy as heavy type
else:
    heavy = None

try:
    import fast
#   ^ import fast as fast
except ImportError:
    fast = None


def late():
# <- def function late
    from .lazy import tool
#   ^ import .lazy:tool as tool in late

    return tool(fast)
#          ^ call tool in late
#               ^ read fast in late


class Box:
# <- def class Box
    import inner
#   ^ import inner as inner in Box
