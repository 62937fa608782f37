"""Las cuentas de un evento mientras ocurre. La página las trae; un módulo chico las refresca si hay JavaScript."""

from collections.abc import Mapping
from typing import Any

from flask import current_app, jsonify
from flask.typing import ResponseReturnValue

from recoleccion.consultas import asistencias
from recoleccion.fechas import hora_larga, plural
from recoleccion.reglas import EDADES, SEXOS

from .. import aluvion
from ..contexto import ahora, bd, instalacion
from ..sesion import requiere, tambien_en_pausa
from . import bp
from .comun import evento_o_404

MODOS = {
    "telefono": "Con su teléfono",
    "otra_persona": "La registró otra persona",
    "promotora": "En la entrada",
    "credencial": "Con credencial",
    "papel": "De una lista de papel",
    "conteo": "Contadas sin registro",
}


def numeros(evento: Mapping[str, Any]) -> dict[str, Any]:
    """Las cuentas, con las frases que se leen y los grupos en orden (también los que van en cero)."""
    vivo = asistencias.vivo(bd(), evento["id"])
    catalogos = instalacion().catalogos
    etiquetas = {
        "por_sexo": {clave: catalogos.etiqueta("sexo", clave) for clave in SEXOS},
        "por_edad": {clave: catalogos.etiqueta("edad", clave) for clave in EDADES},
        "por_modo": MODOS,
    }
    telefonos = vivo["telefonos_pendientes"]
    return vivo | {
        "etiquetas": etiquetas,
        **{grupo: {clave: vivo[grupo].get(clave, 0) for clave in claves} for grupo, claves in etiquetas.items()},
        "frases": {
            "personas": plural(vivo["total"], "persona", "personas"),
            "urna": f"{plural(vivo['en_urna'], 'contestación', 'contestaciones')} en la urna",
            "telefonos": f"{plural(telefonos, 'teléfono', 'teléfonos')} con registros por enviar"
            if telefonos
            else "Ningún teléfono con registros por enviar",
            "sala": _sala(evento["clave"]),
            "hora": f"A las {hora_larga(ahora())}",
        },
    }


def _sala(clave: str) -> str:
    """El número que la página pide a quien está en la sala, sólo mientras llegan registros falsos."""
    numero, se_pide = aluvion.de(current_app).numero(clave)
    if se_pide:
        return f"Están mandando registros falsos. Diga el número de la sala y escríbalo donde se vea: {numero}."
    return f"Número de la sala: {numero}. Dígalo sólo si la página se lo pide a la gente."


@bp.get("/eventos/<id>/vivo.json")
@requiere("titular", "promotora")
@tambien_en_pausa
def vivo_json(id: str) -> ResponseReturnValue:
    return jsonify(numeros(evento_o_404(id)))
