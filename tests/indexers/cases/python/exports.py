from .a import *
# <- import .a:*
from .b import helper
# <- import .b:helper as helper

__all__ = ["run", 'stop']
# <- def variable __all__
__all__ += (
# <- read __all__
    "helper",  # from elsewhere
)


def run(): ...
# <- def function run
# <- exports run stop helper
