"""Where the app runs: on a host that lends a GPU for a moment, or anywhere else.

`import` this room before anything that touches CUDA: such hosts want their package first.

Does not: choose a device (`encoder` does), or change a function anywhere but on such a host.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

try:
    import spaces
except ImportError:
    spaces = None

Function = TypeVar("Function", bound=Callable[..., object])


def gpu(seconds: int) -> Callable[[Function], Function]:
    """Mark a function that needs the GPU while it runs.

    Args:
        seconds: the longest it may take; shorter waits are shorter queues.
    Returns:
        A decorator; it returns the very same function where no GPU is lent.
    Source: https://huggingface.co/docs/hub/spaces-zerogpu
    """

    def mark(function: Function) -> Function:
        if spaces is None:
            return function
        lent: Function = spaces.GPU(duration=seconds)(function)
        return lent

    return mark
