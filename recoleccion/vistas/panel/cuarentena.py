"""Lo que llegó de un teléfono y no se pudo contar. Está guardado; aquí la titular lo acepta o lo descarta.

Se resuelve junto lo que espera por la misma razón; nunca se enseña un nombre ni una respuesta.
"""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from recoleccion.consultas import cuarentena as consulta
from recoleccion.consultas import recepcion, versiones
from recoleccion.fechas import numero, plural

from ..contexto import ahora, bd, instalacion
from ..sesion import requiere
from . import bp
from .comun import anotando
from .razones import RAZONES, REVISADOS

RENGLONES = 100
"""Los que se enseñan de un grupo; se resuelven todos."""


@bp.get("/cuarentena")
@requiere("titular")
def cuarentena() -> ResponseReturnValue:
    return render_template(
        "panel/cuarentena.html",
        grupos=[grupo | {"razon": RAZONES[grupo["codigo"]]} for grupo in consulta.grupos(bd())],
        revisados=consulta.listar(bd(), resueltas=True)[:REVISADOS],
    )


@bp.get("/cuarentena/grupo")
@requiere("titular")
def grupo_en_cuarentena() -> ResponseReturnValue:
    """Lo que espera por una razón (``codigo``) y, si se pide, de un solo teléfono."""
    codigo, telefono, esperan = _grupo()
    return _grupo_en_pagina(codigo, telefono, esperan) if esperan else _a_la_lista()


@bp.post("/cuarentena/grupo/aceptacion")
@requiere("titular")
def aceptar_grupo() -> ResponseReturnValue:
    codigo, telefono, esperan = _grupo()
    if not esperan or _cambio(esperan):
        return _grupo_en_pagina(codigo, telefono, esperan, "cuantos") if esperan else _a_la_lista()
    ids = [fila["id"] for fila in esperan]
    with anotando("aceptar lo que espera", f"cuarentena {codigo}", f"{len(ids)} registros"):
        estados = recepcion.reintentar(bd(), ids, sello=instalacion().sello, ahora=ahora())
    _decir(estados)
    return _a_la_lista()


@bp.post("/cuarentena/grupo/descarte")
@requiere("titular")
def descartar_grupo() -> ResponseReturnValue:
    codigo, telefono, esperan = _grupo()
    motivo = _motivo()
    if not esperan:
        return _a_la_lista()
    if _cambio(esperan) or not motivo:
        return _grupo_en_pagina(codigo, telefono, esperan, "motivo" if not motivo else "cuantos")
    with anotando("descartar lo que espera", f"cuarentena {codigo}", f"{len(esperan)} registros: {motivo}"):
        cuantos = consulta.resolver(bd(), [fila["id"] for fila in esperan], motivo, ahora())
    flash(f"{plural(cuantos, 'registro quedó descartado', 'registros quedaron descartados')}. Se conservan guardados.")
    return _a_la_lista()


@bp.get("/cuarentena/<id>")
@requiere("titular")
def uno_en_cuarentena(id: str) -> ResponseReturnValue:
    return _uno_en_pagina(id)


@bp.post("/cuarentena/<id>/revision")
@requiere("titular")
def revision(id: str) -> ResponseReturnValue:
    """Descarta uno, con su motivo."""
    motivo = _motivo()
    if not motivo:
        return _uno_en_pagina(id, "motivo")
    with anotando("descartar lo que espera", f"cuarentena {id}", motivo):
        cuantos = consulta.resolver(bd(), [id], motivo, ahora())
    flash("Quedó descartado. El registro se conserva." if cuantos else "Ese registro ya se había revisado.")
    return _a_la_lista()


@bp.post("/cuarentena/<id>/reintento")
@requiere("titular")
def reintento(id: str) -> ResponseReturnValue:
    """Vuelve a tomar el registro: quizá ya existe su evento o ya se actualizó el servidor."""
    with anotando("aceptar lo que espera", f"cuarentena {id}"):
        estados = recepcion.reintentar(bd(), [id], sello=instalacion().sello, ahora=ahora())
    _decir(estados)
    return _a_la_lista()


@bp.post("/cuarentena/<id>/cambio")
@requiere("titular")
def cambio(id: str) -> ResponseReturnValue:
    """De dos con el mismo número, se queda el que llegó después."""
    motivo = _motivo()
    if not motivo:
        return _uno_en_pagina(id, "motivo-cambio")
    with anotando("cambiar lo contado por lo que espera", f"cuarentena {id}", motivo):
        hecho = versiones.cambiar(bd(), id, motivo=motivo, sello=instalacion().sello, ahora=ahora())
    flash("Ya se cuenta el que llegó después. El otro se conserva." if hecho else "No se pudo cambiar: nada se movió.")
    return _a_la_lista()


@bp.post("/cuarentena/<id>/recuperacion")
@requiere("titular")
def recuperacion(id: str) -> ResponseReturnValue:
    """Lo descartado por error vuelve a esperar."""
    with anotando("recuperar lo descartado", f"cuarentena {id}"):
        hecho = consulta.recuperar(bd(), id)
    flash("Volvió a la lista: decida otra vez." if hecho else "Ese registro ya se contó o ya espera.")
    return _a_la_lista()


def _grupo() -> tuple[str, str | None, list[dict[str, Any]]]:
    codigo, telefono = request.values.get("codigo", ""), request.values.get("telefono")
    return codigo, telefono, consulta.listar(bd(), codigo=codigo, telefono=telefono)


def _cambio(esperan: list[dict[str, Any]]) -> bool:
    """¿Llegaron más desde que la titular vio la página? Sólo se resuelve lo que vio."""
    return request.form.get("cuantos") != str(len(esperan))


def _grupo_en_pagina(codigo: str, telefono: str | None, esperan: list[dict[str, Any]], falta: str = "") -> Any:
    pagina = render_template(
        "panel/cuarentena_grupo.html",
        razon=RAZONES[codigo],
        codigo=codigo,
        telefono=telefono,
        de_quien=esperan[0]["dispositivo"] if telefono else None,
        esperan=esperan,
        vistos=esperan[:RENGLONES],
        falta=falta,
    )
    return pagina, 422 if falta else 200


def _uno_en_pagina(id: str, falta: str = "") -> ResponseReturnValue:
    hay = versiones.comparar(bd(), id, instalacion().sello)
    if hay is None:
        flash("Ese registro ya se había revisado.")
        return _a_la_lista()
    etiqueta = instalacion().catalogos.etiqueta
    pagina = render_template(
        "panel/cuarentena_uno.html",
        id=id,
        razon=RAZONES[hay["espera"]["codigo"]],
        etiqueta=lambda lista, clave: etiqueta(lista, clave) if clave else "sin dato",
        falta=falta,
        **hay,
    )
    return pagina, 422 if falta else 200


def _motivo() -> str:
    return " ".join(request.form.get("resolucion", "").split())[:200]


def _decir(estados: list[str]) -> None:
    faltan = sum(estado not in ("aceptado", "repetido") for estado in estados)
    contados = len(estados) - faltan
    if not estados:
        flash("Eso ya se había revisado.")
    elif not faltan:
        flash("Ya se contó." if contados == 1 else f"Ya se contaron los {numero(contados)}.")
    elif not contados:
        flash("Todavía no se puede contar. Sigue guardado aquí.")
    else:
        flash(
            f"Se contó lo que se pudo ({numero(contados)}); "
            f"{plural(faltan, 'sigue guardado', 'siguen guardados')} aquí."
        )


def _a_la_lista() -> ResponseReturnValue:
    return redirect(url_for(".cuarentena"), 303)
