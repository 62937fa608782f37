"""Lo que apura una corrida con sólo importarlo, sin cambiar lo que se prueba: armar cada aplicación es casi compilar.

Las plantillas se compilan una vez para todas, y también las rutas: cómo se escribe una, sólo cuando alguien la escribe.
"""

from collections.abc import Callable, Hashable
from typing import Any

from flask.templating import Environment
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule

from recoleccion.aplicacion import Aplicacion


class _Compiladas(BytecodeCache):
    def __init__(self) -> None:
        self._hechas: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._hechas:
            bucket.bytecode_from_string(self._hechas[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._hechas[bucket.key] = bucket.bytecode_to_string()


class _ReglaSabida(Rule):
    """La de siempre: cómo se lee y cómo se escribe una dirección no cambia de una aplicación a otra."""

    def compile(self) -> None:
        assert self.map is not None
        fijos = tuple((self.defaults or {}).items())
        self._cual = (self.rule, self.host, self.subdomain, self.merge_slashes, fijos, self.map.converters["int"])
        leida = _LEIDAS.get(self._cual)
        if leida is None:
            super().compile()
            _LEIDAS[self._cual] = (self._parts, self._trace, self._converters, frozenset(self.arguments))
            return
        self._parts, self._trace, self._converters, argumentos = leida
        self.arguments |= argumentos
        self._build = self._compile_builder(False).__get__(self, None)
        self._build_unknown = self._compile_builder(True).__get__(self, None)

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        def escribir(regla: Rule, **valores: Any) -> tuple[str, str]:
            cual = (append_unknown, self._cual)
            if cual not in _ESCRITAS:
                _ESCRITAS[cual] = super(_ReglaSabida, self)._compile_builder(append_unknown)
            return _ESCRITAS[cual](regla, **valores)

        return escribir


_LEIDAS: dict[Hashable, tuple[Any, ...]] = {}
_ESCRITAS: dict[Hashable, Callable[..., tuple[str, str]]] = {}
_COMPILADAS = _Compiladas()
_sin_compiladas = Aplicacion.create_jinja_environment


def _con_compiladas(app: Aplicacion) -> Environment:
    entorno = _sin_compiladas(app)
    entorno.bytecode_cache = _COMPILADAS
    return entorno


Aplicacion.url_rule_class = _ReglaSabida
Aplicacion.create_jinja_environment = _con_compiladas  # type: ignore[method-assign]
