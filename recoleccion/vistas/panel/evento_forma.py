"""El formulario de un evento con lo de esta oficina: sus catálogos, líneas, encuestas, instituciones y series."""

from collections.abc import Mapping
from typing import Any

from wtforms import Field

from formularios.evento import FormularioEvento, formulario_evento
from formularios.instrumento import Instrumento
from recoleccion.consultas import directorio, instrumentos, llave, poa, series
from recoleccion.fechas import fecha_larga, hora_larga

from ..contexto import ahora, bd, instalacion

SIN_NOMBRES = {"pide_nombre": False, "pide_telefono": False}
VACIO = "(vacío)"


def clase(evento: Mapping[str, Any] | None = None) -> type[FormularioEvento]:
    """La clase, con las líneas del ejercicio más cercano y lo que se puede elegir.

    De encuestas e instituciones: las que se ofrecen y las que el evento ya tenía. Las encuestas que se ofrecen van en
    su última versión; las suyas, en la suya y en su orden.
    """
    base = bd()
    anio = int(evento["fecha"][:4]) if evento and evento["fecha"] else ahora().year
    ejercicios = poa.ejercicios(base)
    lineas = poa.listar(base, min(ejercicios, key=lambda e: abs(e - anio))) if ejercicios else []
    suyas = {encuesta["instrumento"]: encuesta["version"] for encuesta in (evento or {}).get("encuestas", ())}
    encuestas: dict[str, Instrumento] = {
        clave: instrumentos.leer(base, clave, version)
        for clave, version in (suyas | instrumentos.ofrecidas(base) | suyas).items()
    }
    con_quienes = (evento or {}).get("instituciones", ())
    instituciones = [
        (fila["id"], f"{fila['nombre']} · {'ya no está en el directorio' if fila['quitada_en'] else fila['servicio']}")
        for fila in directorio.listar(base, quitadas=True)
        if fila["id"] in con_quienes or not fila["quitada_en"]
    ]
    return formulario_evento(
        instalacion().catalogos,
        lineas,
        encuestas,
        instituciones=instituciones,
        series=[(serie["id"], serie["nombre"]) for serie in series.listar(base)],
    )


def sin_lo_que_falta(formulario: Any) -> Any:
    """Sin la llave de la oficina no se ofrece pedir nombres ni teléfonos; lo que el evento ya decía se queda igual."""
    if not llave.hay(bd()):
        for campo in SIN_NOMBRES:
            del formulario[campo]
    return formulario


def dicho(campo: Field, valor: Any) -> str:
    """Un dato de ``a_dict`` como se lee: «Sí», «Casa de la Cultura», «miércoles 25 de noviembre de 2026».

    El que no se pudo leer sale como se escribió.
    """
    if isinstance(valor, bool):
        return "Sí" if valor else "No"
    if not valor:
        return VACIO
    opciones: Mapping[str, str] = getattr(campo, "opciones", {})
    if isinstance(valor, list):
        if isinstance(valor[0], Mapping):
            return "; ".join(_encuesta(lugar, encuesta, opciones) for lugar, encuesta in enumerate(valor, start=1))
        return "; ".join(clave if campo.name == "lineas" else opciones.get(clave, clave) for clave in valor)
    try:
        if campo.name == "fecha":
            return fecha_larga(valor, con_ejercicio=True)
        if campo.name in ("hora_inicio", "hora_fin"):
            return hora_larga(valor)
    except ValueError:
        return str(valor)
    return opciones.get(valor, str(valor))


def _encuesta(lugar: int, encuesta: Mapping[str, Any], opciones: Mapping[str, str]) -> str:
    titulo = opciones.get(encuesta["instrumento"], encuesta["instrumento"])
    return f"{lugar}. {titulo}{', una pregunta por pantalla' if encuesta['por_pantalla'] else ''}"
