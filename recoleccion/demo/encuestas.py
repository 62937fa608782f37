"""Las encuestas de la demostración: las cuatro que vienen con el sistema y una que escribió su oficina en una hoja."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from formularios.instrumento import Instrumento, incluidos

DE_LA_OFICINA = "cuidados"
"""La que la oficina inventada agregó: números, una escala, caritas, y preguntas que sólo a veces tocan."""


@lru_cache(maxsize=1)
def encuestas() -> Mapping[str, Instrumento]:
    """Por clave."""
    from formularios.aparte import leer_aqui  # noqa: PLC0415  # carga pyxform

    hoja = Path(__file__).with_name(f"{DE_LA_OFICINA}.csv")
    leida = leer_aqui(hoja.name, hoja.read_bytes())
    if leida.instrumento is None:
        raise AssertionError(f"la encuesta de la demostración no se lee: {leida.problemas}")
    return {**incluidos(), DE_LA_OFICINA: leida.instrumento}
