"""Crear, duplicar y cambiar un evento. Si otra persona guardó primero, se enseña en qué no coinciden y se elige."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from formularios import cotejo
from formularios.evento import FormularioEvento, como_se_manda
from recoleccion import reglas
from recoleccion.consultas import bitacora, cartas, cuentas, eventos, llave
from recoleccion.errores import ErrorJornada

from ..contexto import ahora, azar, bd
from ..sesion import cuenta_segura, requiere
from . import bp, cerrados
from .comun import anotando, entero_escrito, evento_o_404
from .evento_forma import SIN_NOMBRES, clase, dicho, sin_lo_que_falta

GRUPOS = (("ambas", "Se cambió las dos veces"), ("otra", "Sólo lo cambió {quien}"), ("mia", "Sólo lo cambió usted"))

CAMBIAN = ("editar", "avisó que habrá fotos", "no avisó que habrá fotos")
"""Las acciones de la bitácora que dejan otra revisión de un evento."""


@bp.route("/eventos/nuevo", methods=["GET", "POST"])
@requiere("titular")
def evento_nuevo() -> ResponseReturnValue:
    """Con ``?encuesta=``, ``?fecha=`` o ``?efemeride=`` ya vienen puestas; con ``?de=``, todo lo de otro evento."""
    de = request.values.get("de", "")
    modelo = eventos.leer(bd(), de) if de else None
    if request.method == "GET":
        datos = modelo | {"fecha": ""} if modelo else _puesto()
        formulario = sin_lo_que_falta(clase(modelo)(data=datos))
        return _pagina(formulario, None, modelo=modelo, id=reglas.nuevo_id(azar()))
    formulario = sin_lo_que_falta(clase(modelo)(request.form, data=modelo))
    id = request.form.get("id", "")
    id = id if reglas.id_valido(id) else reglas.nuevo_id(azar())
    if not formulario.validate():
        return _pagina(formulario, None, modelo=modelo, id=id)
    if eventos.leer(bd(), id):
        flash("Ese evento ya estaba guardado, y así se quedó. Si cambió algo, corríjalo en «Editar».")
        return redirect(url_for(".evento", id=id), 303)
    datos = SIN_NOMBRES | formulario.a_dict()
    try:
        with anotando("crear", f"evento {id}"):
            cerrados.exigir([datos], f"evento «{datos['titulo']}»", None, "se agregó")
            eventos.crear(bd(), datos, ahora(), azar(), id=id)
            if modelo:
                cartas.copiar(bd(), modelo["id"], id, ahora())
    except ErrorJornada as error:
        return _pagina(formulario, None, error, modelo=modelo, id=id)
    flash("Se guardó el evento. Ya tiene su código para el cartel.")
    return redirect(url_for(".evento", id=id), 303)


def _puesto() -> dict[str, Any]:
    return {"encuestas": request.args.getlist("encuesta")} | {
        campo: request.args[campo] for campo in ("fecha", "efemeride") if campo in request.args
    }


@bp.route("/eventos/<id>/editar", methods=["GET", "POST"])
@requiere("titular")
def evento_editar(id: str) -> ResponseReturnValue:
    """Lo que se veía al empezar (``revision`` y ``visto``) viaja en el formulario: con eso se nota otro cambio."""
    actual = evento_o_404(id)
    if request.method == "GET":
        formulario = sin_lo_que_falta(clase(actual)(data=actual))
        visto = cotejo.escribir(formulario.a_dict())
        return _pagina(formulario, actual, revision=actual["revision"], visto=visto)
    formulario = sin_lo_que_falta(clase(actual)(request.form, data=actual))
    visto, elige = cotejo.leer(request.form.get("visto", "")), _elegidas()
    formulario.poner({campo: valor for campo, valor in visto.items() if elige.get(campo) == "otro"})
    if sin_elegir := [c for c in request.form.getlist("por_elegir") if c not in elige]:
        return _cotejo(actual, formulario, {c: v for c, v in visto.items() if c not in sin_elegir}, sin_elegir)
    if not formulario.validate():
        return _pagina(formulario, actual, **_lo_que_se_veia())
    try:
        _guardar(id, formulario)
    except ErrorJornada as error:
        if error.codigo == "cambio_de_otra_persona":
            return _cotejo(evento_o_404(id), formulario, visto)
        return _pagina(formulario, actual, error, **_lo_que_se_veia())
    return _guardado(id)


def _guardado(id: str) -> ResponseReturnValue:
    flash("Se guardaron los cambios.")
    return redirect(url_for(".evento", id=id), 303)


def _elegidas() -> dict[str, str]:
    """Por dato, con cuál se queda: ``mio`` u ``otro``."""
    return {
        nombre.removeprefix("queda-"): valor
        for nombre, valor in request.form.items()
        if nombre.startswith("queda-") and valor in ("mio", "otro")
    }


def _lo_que_se_veia() -> dict[str, Any]:
    return {"revision": request.form.get("revision"), "visto": request.form.get("visto")}


def _guardar(id: str, formulario: FormularioEvento) -> None:
    datos = formulario.a_dict()
    with anotando("editar", f"evento {id}"):
        antes = evento_o_404(id)
        eventos.actualizar(bd(), id, datos, revision=entero_escrito("revision") if "revision" in request.form else None)
        cambios = cotejo.cotejar({}, datos, type(formulario)(data=antes).a_dict())
        if cambios:
            era, es = (
                "; ".join(f"{_etiqueta(formulario, c.campo)}: {dicho(formulario[c.campo], v(c))}" for c in cambios)
                for v in (lambda c: c.otro, lambda c: c.mio)
            )
            cerrados.exigir([antes, datos], f"evento «{antes['titulo']}»", era, es)


def _etiqueta(formulario: FormularioEvento, campo: str) -> str:
    return str(formulario[campo].label.text)


def _cotejo(
    actual: dict[str, Any], formulario: FormularioEvento, visto: Mapping[str, Any], sin_elegir: Sequence[str] = ()
) -> ResponseReturnValue:
    """Lo escrito y lo guardado, dato por dato; lo que sólo cambió una ya viene elegido."""
    mio, otro = formulario.a_dict(), type(formulario)(data=actual).a_dict()
    diferencias = cotejo.cotejar(visto, mio, otro)
    if not diferencias and not sin_elegir:
        return _guardado(actual["id"])  # el mismo envío dos veces, o las dos escribieron lo mismo
    ultima = bitacora.ultima(bd(), f"evento {actual['id']}", CAMBIAN) or {"quien": "", "cuando": ""}
    nombres = {cuenta.usuario: cuenta.nombre for cuenta in cuentas.listar(bd())}
    quien = nombres.get(ultima["quien"], "otra persona")
    if ultima["quien"] == cuenta_segura().usuario:
        quien = "usted, en otra ventana"
    grupos = [
        (
            de,
            titulo.format(quien=quien),
            [
                {
                    "campo": d.campo,
                    "etiqueta": _etiqueta(formulario, d.campo),
                    "mio": dicho(formulario[d.campo], d.mio),
                    "otro": dicho(formulario[d.campo], d.otro),
                    "queda": {"mia": "mio", "otra": "otro"}.get(d.de, ""),
                    "falta": d.campo in sin_elegir,
                }
                for d in diferencias
                if d.de == de
            ],
        )
        for de, titulo in GRUPOS
    ]
    pagina = render_template(
        "panel/evento_cotejo.html",
        evento=actual,
        grupos=[grupo for grupo in grupos if grupo[2]],
        quien=quien,
        cuando=ultima["cuando"],
        lo_mio=list(como_se_manda(mio)),
        visto=cotejo.escribir(otro),
        justificacion=cerrados.escrita(),
    )
    return pagina, 422 if sin_elegir else 409


def _pagina(
    formulario: FormularioEvento,
    evento: Mapping[str, Any] | None,
    error: ErrorJornada | None = None,
    *,
    modelo: Mapping[str, Any] | None = None,
    **ocultos: Any,
) -> ResponseReturnValue:
    """``ocultos``: lo que viaja en el formulario sin verse."""
    falta_razon = error is not None and error.codigo == "trimestre_cerrado"
    pagina = render_template(
        "panel/evento_editar.html",
        formulario=formulario,
        evento=evento,
        modelo=modelo,
        error=f"{error.mensaje} {error.que_hacer}" if error else None,
        con_llave=llave.hay(bd()),
        usadas=eventos.usadas(bd()),
        ocultos={c: v for c, v in ocultos.items() if v is not None} | ({"de": modelo["id"]} if modelo else {}),
        pide_razon=falta_razon or bool(evento and cerrados.hace_falta([evento["fecha"]])),
        falta_razon=falta_razon,
        justificacion=cerrados.escrita(),
    )
    return pagina, 422 if error or formulario.errors else 200
