"""Lo que se revisa de datos y catálogos antes de proteger nada: si algo no puede ser, no se publica. Puro."""

from collections import Counter
from collections.abc import Iterator

from .errores import ErrorPublicacion
from .modelo import EDADES, SEXOS, Crudo, Reglas
from .preguntas import CAMBIOS

SEXOS_CAPTURADOS = frozenset({*SEXOS, "O", "N"})
EDADES_CAPTURADAS = frozenset({edad for capturadas in EDADES.values() for edad in capturadas} | {"nd"})
PERSONAS_CUANDO_MAS = 500
"""En un renglón de conteo; es el mismo límite con que se guarda."""
_SE_DICEN = 5

Malo = tuple[str, str]
"""De qué es el dato, y el dato."""


def revisar(crudo: Crudo, reglas: Reglas) -> None:
    """Se niega a seguir con datos que no pueden ser.

    :raises ErrorPublicacion: con cada valor malo y cuántas veces está; nunca de quién es.
    """
    malos = Counter(_malos(crudo, reglas))
    if malos:
        dichos = [f"{que} «{valor}» ({veces})" for (que, valor), veces in malos.most_common(_SE_DICEN)]
        resto = f" y {len(malos) - _SE_DICEN} más" if len(malos) > _SE_DICEN else ""
        raise ErrorPublicacion(
            f"Hay datos que no pueden ser: {'; '.join(dichos)}{resto}.",
            "No se publicó nada y lo de antes sigue igual. Si falta una zona o un programa, póngalo en su catálogo o"
            " corrija el evento; si es otra cosa, la base se dañó: restaure un respaldo o avise a quien da soporte.",
        )
    sin_censo = [etiqueta for zona, etiqueta in reglas.zonas.items() if _sin_habitantes(zona, reglas)]
    if sin_censo:
        raise ErrorPublicacion(
            f"El censo no dice cuánta gente vive en: {', '.join(sin_censo)}.",
            "No se publicó nada. Ponga sus renglones en catalogos/censo-2020.csv, o los de «otras localidades» y"
            " «municipio», que valen para la zona que falte. Sin ellos no se sabe si un número dice quién fue.",
        )


def avisos(reglas: Reglas) -> list[str]:
    """Lo que conviene saber y no impide publicar."""
    conocidas = {zona for zona, _, _ in reglas.censo.habitantes}
    return [
        f"El censo no trae la zona «{etiqueta}»: se compara con la población de "
        + ("otras localidades." if zona != "cabecera" and "otras localidades" in conocidas else "todo el municipio.")
        for zona, etiqueta in reglas.zonas.items()
        if zona not in conocidas
    ]


def _sin_habitantes(zona: str, reglas: Reglas) -> bool:
    return any(reglas.censo.denominador(zona, sexo, None) is None for sexo in SEXOS)


def _malos(crudo: Crudo, reglas: Reglas) -> Iterator[Malo]:
    for evento in crudo.eventos:
        yield from _fuera("eventos con el programa", evento.programa, reglas.programas)
        yield from _fuera("eventos con la zona", evento.zona, reglas.zonas)
    for asistencia in crudo.asistencias:
        yield from _fuera("asistencias con el sexo", asistencia.sexo, SEXOS_CAPTURADOS)
        yield from _fuera("asistencias con la edad", asistencia.edad, EDADES_CAPTURADAS)
        if not _cabe(asistencia.personas):
            yield "asistencias con las personas", str(asistencia.personas)
    for que, filas in (("contestaciones", crudo.contestaciones), ("cambios", crudo.cambios)):
        for fila in filas:
            yield from _fuera(f"{que} con el programa", fila.programa, reglas.programas)
            yield from _fuera(f"{que} con la zona", fila.zona, reglas.zonas, vacio=True)
            yield from _fuera(f"{que} con el sexo", fila.sexo, SEXOS_CAPTURADOS, vacio=True)
            yield from _fuera(f"{que} con la edad", fila.edad, EDADES_CAPTURADAS, vacio=True)
    for cambio in crudo.cambios:
        for valor in cambio.cambios.values():
            yield from _fuera("cambios con el valor", valor, CAMBIOS)


def _fuera(que: str, valor: object, validos: object, *, vacio: bool = False) -> Iterator[Malo]:
    if vacio and valor is None:
        return
    if not isinstance(valor, str) or valor not in validos:  # type: ignore[operator]
        yield que, str(valor)[:40]


def _cabe(personas: object) -> bool:
    return isinstance(personas, int) and 1 <= personas <= PERSONAS_CUANDO_MAS
