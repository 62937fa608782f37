"""Correr algo asíncrono en una prueba: en su propio hilo, porque Playwright deja un ciclo andando en el principal."""

import asyncio
import contextvars
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def correr(corrutina: Coroutine[Any, Any, T]) -> T:
    """Como ``asyncio.run``, sin importar qué pruebas corrieron antes en este proceso."""
    with ThreadPoolExecutor(1) as hilo:
        return hilo.submit(contextvars.copy_context().run, asyncio.run, corrutina).result()
