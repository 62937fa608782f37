"""Por dónde va una prueba larga: con ``-s`` (``make nocturna``) lo dice cada quince segundos; sin él no se ve."""

import time
from collections.abc import Iterable, Iterator, Sized
from typing import TypeVar

T = TypeVar("T")
CADA = 15.0


def avance(que: str, cosas: Iterable[T]) -> Iterator[T]:
    """Las mismas cosas; mientras se recorren dice cuántas van."""
    de = f" de {len(cosas):,}" if isinstance(cosas, Sized) else ""
    dicho = time.monotonic()
    for n, cosa in enumerate(cosas):
        if time.monotonic() - dicho >= CADA:
            dicho = time.monotonic()
            print(f"\n  {que}: van {n:,}{de}", end="", flush=True)
        yield cosa
