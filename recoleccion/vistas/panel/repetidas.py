"""Las personas que parecen estar dos veces en un evento: verlas con la llave abierta y decir cuáles son la misma."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from recoleccion.consultas import llave, repetidas
from recoleccion.consultas.conexion import escritura
from recoleccion.fechas import plural

from .. import llavero
from ..contexto import ahora, azar, bd, instalacion
from ..sesion import requiere
from . import bp, cerrados
from .comun import anotar, evento_o_404
from .formas_llave import FormularioAbrir
from .vivo import MODOS

MOTIVOS = {
    "las_dos": ("Mismo nombre y mismo teléfono", "Casi seguro es la misma persona."),
    "nombre": ("Mismo nombre", "Compare la edad y de dónde viene antes de decidir."),
    "telefono": ("Mismo teléfono, otro nombre", "Muchas veces son de la misma casa: una mamá y su hija, por ejemplo."),
}


@bp.get("/eventos/<id>/repetidas")
@requiere("titular")
def evento_repetidas(id: str) -> ResponseReturnValue:
    evento, sello = evento_o_404(id), llavero.sello_abierto()
    grupos = repetidas.buscar(bd(), id, sello) if sello else []
    if sello:
        anotar("revisar repetidas", f"evento {id}", plural(len(grupos), "posible repetida", "posibles repetidas"))
    return render_template(
        "panel/repetidas.html",
        evento=evento,
        grupos=[_grupo(grupo) for grupo in grupos],
        abierta=sello is not None,
        hay_llave=llave.hay(bd()),
        abrir=FormularioAbrir(razon="repetidas"),
        leidas_de_mas=repetidas.leidas_de_mas(bd(), id),
        pide_porque=cerrados.hace_falta([evento["fecha"]]),
        minutos=llavero.DURA.seconds // 60,
    )


@bp.post("/eventos/<id>/repetidas")
@requiere("titular")
def evento_es_la_misma(id: str) -> ResponseReturnValue:
    """Anula las demás marcadas: un hecho que se agrega; no se borra nada. Pide la llave abierta.

    :raises ErrorJornada: ``trimestre_cerrado``.
    """
    evento, aqui = evento_o_404(id), url_for(".evento_repetidas", id=id)
    if llavero.sello_abierto() is None:
        flash("Los nombres se cerraron: ábralos otra vez para revisar.")
        return redirect(aqui, 303)
    queda, son = request.form.get("queda", ""), request.form.getlist("son")
    with escritura(bd()):
        cuantas = repetidas.es_la_misma(
            bd(), id, queda=queda, son=son, sello=instalacion().sello, ahora=ahora(), azar=azar()
        )
        if cuantas:
            menos = plural(cuantas, "persona menos", "personas menos")
            cerrados.exigir([evento], f"personas repetidas del evento del {evento['fecha']}", None, menos)
            anotar("es la misma persona", f"evento {id}", menos)
    if cuantas:
        flash("Listo: ya se cuenta una sola vez.")
    else:
        flash("No se cambió nada: marque por lo menos dos renglones y cuál se queda.")
    return redirect(aqui, 303)


def _grupo(grupo: repetidas.Grupo) -> dict[str, Any]:
    titulo, consejo = MOTIVOS[grupo.motivo]
    return {
        "titulo": titulo,
        "consejo": consejo,
        "marcadas": grupo.motivo != "telefono",
        "sugerida": grupo.sugerida,
        "filas": [_fila(fila) for fila in grupo.filas],
    }


def _fila(fila: dict[str, Any]) -> dict[str, Any]:
    etiqueta = instalacion().catalogos.etiqueta
    return {
        "id": fila["id"],
        "nombre": fila["nombre"] or "(sin nombre)",
        "telefono": fila["telefono"] or "",
        "sexo": etiqueta("sexo", fila["sexo"]),
        "edad": "No dijo" if fila["edad"] == "nd" else fila["edad"],
        "procedencia": etiqueta("procedencia", fila["procedencia"]),
        "como": MODOS["papel" if fila["hoja_id"] else fila["modo"]],
        "folio": fila["folio"],
    }
