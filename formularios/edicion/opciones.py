"""Las opciones de una pregunta del borrador. La clave de una opción quitada no se vuelve a usar."""

from collections.abc import Sequence

from formularios.edicion.borrador import QUITADAS_MAXIMO, Borrador, buscar, copia, nueva_opcion
from formularios.edicion.tipos import PreguntaCruda, opciones_fijas
from formularios.invariantes import OPCIONES_MAXIMAS, normal

# Las de la pantalla son pocas: el tope cuida de quien pega una lista enorme.
OPCIONES_EN_PANTALLA = min(OPCIONES_MAXIMAS, 200)


def agregar_opciones(borrador: Borrador, clave: str, textos: Sequence[str]) -> Borrador:
    """Al final, en orden; los renglones vacíos no cuentan."""
    nuevo = copia(borrador)
    pregunta = _editable(nuevo, clave)
    escritas = [texto for texto in map(normal, textos) if texto]
    if pregunta is None or not escritas:
        return borrador
    opciones = pregunta.setdefault("opciones", [])
    for texto in escritas[: max(0, OPCIONES_EN_PANTALLA - len(opciones))]:
        opciones.append(nueva_opcion(nuevo, pregunta, texto))
    return nuevo


def cambiar_opcion(borrador: Borrador, clave: str, opcion: str, *, texto: str, exclusiva: bool) -> Borrador:
    """El texto siempre se puede; ``exclusiva``, si las opciones de esa pregunta no son fijas. Su clave no cambia."""
    nuevo = copia(borrador)
    pregunta = buscar(nuevo, clave)
    una = _opcion(pregunta, opcion)
    if pregunta is None or una is None:
        return borrador
    una["texto"] = normal(texto)
    if not opciones_fijas(pregunta):
        una["exclusiva"] = exclusiva
    return nuevo


def mover_opcion(borrador: Borrador, clave: str, opcion: str, pasos: int) -> Borrador:
    """Un lugar arriba (-1) o abajo (1)."""
    nuevo = copia(borrador)
    pregunta = _editable(nuevo, clave)
    lugar = _lugar(pregunta, opcion)
    if pregunta is None or lugar is None or pasos not in (-1, 1) or not 0 <= lugar + pasos < len(pregunta["opciones"]):
        return borrador
    pregunta["opciones"].insert(lugar + pasos, pregunta["opciones"].pop(lugar))
    return nuevo


def quitar_opcion(borrador: Borrador, clave: str, opcion: str) -> Borrador:
    """Se puede deshacer, como quitar una pregunta."""
    nuevo = copia(borrador)
    pregunta = _editable(nuevo, clave)
    lugar = _lugar(pregunta, opcion)
    if pregunta is None or lugar is None:
        return borrador
    quitada = {"de": clave, "lugar": lugar, "opcion": pregunta["opciones"].pop(lugar)}
    nuevo["quitadas"] = [*nuevo["quitadas"], quitada][-QUITADAS_MAXIMO:]
    return nuevo


def _editable(borrador: Borrador, clave: str) -> PreguntaCruda | None:
    pregunta = buscar(borrador, clave)
    return None if pregunta is None or opciones_fijas(pregunta) else pregunta


def _lugar(pregunta: PreguntaCruda | None, opcion: str) -> int | None:
    opciones = pregunta.get("opciones", []) if pregunta else []
    return next((n for n, o in enumerate(opciones) if o["clave"] == opcion), None)


def _opcion(pregunta: PreguntaCruda | None, opcion: str) -> dict[str, object] | None:
    lugar = _lugar(pregunta, opcion)
    return None if pregunta is None or lugar is None else pregunta["opciones"][lugar]
