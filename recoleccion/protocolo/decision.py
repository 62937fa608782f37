"""Qué se contesta de cada registro. Función pura: la prueban los mismos vectores que corre el teléfono.

El orden de las preguntas es la regla: primero si ya se resolvió o ya lo tenemos, después si consta quién lo hizo, si
se entiende y, al final, si es de aquí.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from .. import reglas
from .registro import Registro, entender

Estado = Literal["aceptado", "repetido", "conflicto", "retenido"]

MENSAJES = {
    "solo_se_cuenta": "A las personas menores sólo se les cuenta: lo que contestó no se guardó.",
    "otro_contenido": "Ya había un registro con este número y otro contenido. Se guardaron los dos.",
    "id_ilegible": "El registro no trae un número válido. Se guardó para revisarlo.",
    "sobre_ilegible": "No se pudo abrir el registro. Se guardó para revisarlo.",
    "firma_invalida": "No se pudo comprobar qué teléfono hizo el registro. Se guardó para que la titular lo revise.",
    "dispositivo_revocado": "Este teléfono se dio de baja. El registro ya está en la oficina: la titular decide.",
    "registro_ilegible": "El registro no se entiende. Se guardó para revisarlo.",
    "version_desconocida": "El registro es de una versión más nueva. Se guardó para cuando se actualice el servidor.",
    "id_distinto": "El número de adentro no es el de afuera. Se guardó para revisarlo.",
    "tipo_desconocido": "Es de un tipo que este servidor no conoce. Se guardó para revisarlo.",
    "datos_invalidos": "Le falta un dato o trae uno que no existe. Se guardó para revisarlo.",
    "evento_desconocido": "Es de un evento que este servidor no tiene. Se guardó para revisarlo.",
    "aviso_desconocido": "Trae un aviso de privacidad que este servidor no tiene. Se guardó para revisarlo.",
    "instrumento_desconocido": "Es de una encuesta que este servidor no tiene. Se guardó para revisarlo.",
    "contestacion_invalida": "Trae una respuesta que no está en la encuesta. Se guardó para revisarlo.",
    "de_mas": "Llegó cuando eran más de los que caben en ese evento. Se guardó para revisarlo.",
    "sin_numero": "Llegó en una avalancha y sin el número de la sala. Se guardó para revisarlo.",
    "sospechoso": "No parece de una persona. Se guardó para revisarlo.",
    "no_se_guardo": "No se pudo acomodar el registro. Se guardó para revisarlo.",
}
"""Código de un acuse -> lo que lee la promotora."""


@dataclass(frozen=True)
class Abierto:
    """Un registro que llegó, con el sobre ya abierto.

    :ivar id: tal como vino, aunque no sea un id.
    :ivar huella: SHA-256 hexadecimal del texto del sobre.
    :ivar registro: lo de adentro; ``None`` si no se pudo abrir.
    :ivar objecion: por qué no se le cree al teléfono que lo hizo, ``firma_invalida`` o ``dispositivo_revocado``, o a la
        página de donde llegó, ``de_mas``, ``sin_numero`` o ``sospechoso`` (``avalancha.py``).
    """

    id: object
    huella: str
    registro: object | None
    objecion: str | None = None


@dataclass(frozen=True)
class Contexto:
    """Lo que este servidor conoce."""

    eventos: Collection[str]
    avisos: Collection[int]
    instrumentos: Collection[tuple[str, int]]


OLVIDADA = ""
"""La huella de lo que se registró en línea en un evento ya cerrado: consta que llegó, no qué decía."""


@dataclass(frozen=True)
class Veredicto:
    """``registro`` sólo viene cuando hay algo que guardar."""

    estado: Estado
    codigo: str | None = None
    registro: Registro | None = None


def decidir(
    abierto: Abierto, huella_conocida: str | None, contexto: Contexto, resueltas: Collection[str] = ()
) -> Veredicto:
    """El veredicto de un registro.

    :param huella_conocida: la del registro que ya está guardado con ese id, si lo hay; :data:`OLVIDADA` si llegó pero
        ya no se recuerda qué decía.
    :param resueltas: las de ese id que estuvieron en la cuarentena y la titular ya resolvió, aunque las descartara:
        sus bytes siguen aquí y el teléfono no tiene por qué volver a ofrecerlos.
    """
    if abierto.huella in resueltas:
        return Veredicto("repetido")
    if not isinstance(abierto.id, str) or not reglas.id_valido(abierto.id):
        return Veredicto("retenido", "id_ilegible")
    if huella_conocida in (abierto.huella, OLVIDADA):
        return Veredicto("repetido")
    if huella_conocida is not None or resueltas:
        return Veredicto("conflicto", "otro_contenido")
    if abierto.objecion is not None:
        return Veredicto("retenido", abierto.objecion)
    if abierto.registro is None:
        return Veredicto("retenido", "sobre_ilegible")
    registro = entender(abierto.registro, abierto.id)
    if isinstance(registro, str):
        return Veredicto("retenido", registro)
    codigo = _ajeno(registro, contexto)
    return Veredicto("retenido", codigo) if codigo else Veredicto("aceptado", None, registro)


def _ajeno(registro: Registro, contexto: Contexto) -> str | None:
    """El código de lo que aquí no existe. Un evento cerrado sí existe: lo pendiente siempre entra."""
    if registro.evento not in contexto.eventos:
        return "evento_desconocido"
    if "aviso" in registro.datos and registro.datos["aviso"] not in contexto.avisos:
        return "aviso_desconocido"
    if registro.tipo == "contestacion":
        clave = (registro.datos["instrumento"], registro.datos["version"])
        return None if clave in contexto.instrumentos else "instrumento_desconocido"
    return None


def decidir_lote(
    lote: Sequence[Abierto],
    conocidos: Mapping[str, str],
    contexto: Contexto,
    resueltos: Mapping[str, Collection[str]] | None = None,
) -> list[Veredicto]:
    """Los veredictos de un lote, en su orden: el que se repite dentro del mismo lote también es repetido."""
    sabidos = dict(conocidos)
    veredictos = []
    for abierto in lote:
        id = abierto.id if isinstance(abierto.id, str) else ""
        veredicto = decidir(abierto, sabidos.get(id), contexto, (resueltos or {}).get(id, ()))
        if veredicto.estado == "aceptado" and isinstance(abierto.id, str):
            sabidos[abierto.id] = abierto.huella
        veredictos.append(veredicto)
    return veredictos


def hace_el_telefono(acuses: Sequence[tuple[object, object]]) -> dict[str, Literal["borrar", "apartar", "conservar"]]:
    """Qué hace el teléfono con cada id, según los pares ``(id, estado)`` de un acuse.

    Dos acuses de un id que se contradicen no son un acuse. Lo que no sale aquí, se conserva y se vuelve a mandar.
    """
    hecho: dict[str, Literal["borrar", "apartar", "conservar"]] = {}
    for id, estado in acuses:
        if not isinstance(id, str):
            continue
        accion: Literal["borrar", "apartar", "conservar"] = "conservar"
        if estado in ("aceptado", "repetido"):
            accion = "borrar"
        elif estado in ("conflicto", "retenido"):
            accion = "apartar"
        hecho[id] = accion if hecho.get(id, accion) == accion else "conservar"
    return hecho
