"""Lo que apura una corrida sin cambiar lo que se prueba: armar la aplicación de cada una es casi sólo compilar.

Las plantillas se compilan una vez para todas; de una ruta, cómo se escribe su dirección sólo cuando alguien la escribe.
"""

from collections.abc import Callable
from typing import Any

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


class _ReglaPerezosa(Rule):
    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        hecha: list[Callable[..., tuple[str, str]]] = []

        def escribir(regla: Rule, **valores: Any) -> tuple[str, str]:
            if not hecha:
                hecha.append(super(_ReglaPerezosa, self)._compile_builder(append_unknown))
            return hecha[0](regla, **valores)

        return escribir


_COMPILADAS = _Compiladas()
Aplicacion.url_rule_class = _ReglaPerezosa


def apurar(app: Aplicacion) -> None:
    app.jinja_env.bytecode_cache = _COMPILADAS
