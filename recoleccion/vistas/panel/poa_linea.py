"""Una línea del programa anual: de dónde sale cada número, qué se le ha cambiado, y cambiarla."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from formularios.indicadores import MEDIDAS
from formularios.texto import en_una_linea
from recoleccion.consultas import actividades, avance, detras, poa, trimestres
from recoleccion.errores import ErrorJornada
from recoleccion.fechas import numero_exacto

from ..contexto import ahora, bd, instalacion
from ..sesion import cuenta_segura, requiere
from . import bp, graficas
from .comun import anotando
from .poa import color, cuatro_trimestres, exigir_ejercicio, trimestre_pedido
from .poa_formas import FormularioLinea, FormularioLineaNueva

CORTOS = ("Ene-mar", "Abr-jun", "Jul-sep", "Oct-dic")


@bp.get("/poa/<int:ejercicio>/<linea>")
@requiere("titular")
def poa_linea(ejercicio: int, linea: str) -> ResponseReturnValue:
    exigir_ejercicio(ejercicio)
    poa.leer(bd(), ejercicio, linea)
    hoy = ahora().date()
    suya = next(una for una in avance.de_ejercicio(bd(), ejercicio, hasta=hoy.isoformat()) if una.clave == linea)
    t = trimestre_pedido(ejercicio, hoy)
    cuatro = cuatro_trimestres(ejercicio, hoy)
    eventos = detras.eventos(bd(), ejercicio, linea)
    return render_template(
        "panel/poa_linea.html",
        ejercicio=ejercicio,
        linea=suya,
        t=t,
        color=color(suya, t, avance.umbrales(bd()), ejercicio, hoy),
        de_donde=MEDIDAS.get(suya.medida or "actividades"),
        poblacion=suya.poblacion_acumulada(t),
        catalogos=instalacion().catalogos,
        cuatro=cuatro,
        grafica=_grafica(suya, ejercicio, [q["n"] for q in cuatro if q["estado"] != "por_venir"]),
        registros=_registros(suya.medida, ejercicio, linea, [e for e in eventos if e["fecha"] <= hoy.isoformat()]),
        por_venir=[e for e in eventos if e["fecha"] > hoy.isoformat()],
        tipos={tipo.clave: tipo.etiqueta for tipo in actividades.catalogo(bd()).get(linea, ())},
        cambios=trimestres.cambios(bd(), ejercicio, linea),
    )


def _grafica(linea: avance.Linea, ejercicio: int, empezados: list[int]) -> graficas.Grafica:
    """Lo realizado junto a lo programado; de un trimestre que no ha empezado no se dibuja lo realizado."""
    realizado = [valor if n in empezados else None for n, valor in enumerate(linea.realizado, start=1)]
    enlaces = [f"#trimestre-{n}" if n in empezados else None for n in range(1, 5)]
    series = [graficas.Serie("Realizado", realizado, enlaces)]
    if any(valor is not None for valor in linea.programado):
        series.append(graficas.Serie("Programado", linea.programado))
    return graficas.columnas(CORTOS, series, titulo=f"Por trimestre, {ejercicio}", unidad=linea.unidad or "")


def _registros(
    medida: str | None, ejercicio: int, linea: str, eventos: list[dict[str, Any]]
) -> list[dict[str, list[dict[str, Any]]]]:
    """Por trimestre: sus eventos, sus actividades y, si la línea las cuenta, las instituciones verificadas."""
    hoy = ahora().date().isoformat()
    anotadas = detras.actividades(bd(), ejercicio, linea, hasta=hoy)
    instituciones = detras.verificadas(bd(), ejercicio, hasta=hoy) if medida == "instituciones" else []
    return [
        {
            "eventos": [e for e in eventos if e["trimestre"] == n],
            "actividades": [a for a in anotadas if n in (a["de"], a["avance"])],
            "instituciones": [i for i in instituciones if i["trimestre"] == n],
        }
        for n in range(1, 5)
    ]


@bp.route("/poa/<int:ejercicio>/<linea>/editar", methods=["GET", "POST"])
@requiere("titular")
def poa_editar(ejercicio: int, linea: str) -> ResponseReturnValue:
    exigir_ejercicio(ejercicio)
    actual = poa.leer(bd(), ejercicio, linea)
    if request.method == "GET":
        return _pagina(FormularioLinea.de_linea(None, actual), actual, poa.huella(actual))
    formulario, visto = FormularioLinea.de_linea(request.form, actual), request.form.get("visto", "")
    if not formulario.validate():
        return _pagina(formulario, actual, visto)
    try:
        with anotando("cambiar línea", f"{ejercicio} {linea}"):
            cambiaron = poa.guardar(
                bd(),
                ejercicio,
                linea,
                formulario.a_dict(),
                ahora=ahora(),
                quien=cuenta_segura().usuario,
                justificacion=formulario.justificacion.data,
                visto=visto,
            )
    except ErrorJornada as error:
        if error.codigo == "falta_justificacion":
            formulario.justificacion.errors = [error.que_hacer]
            return _pagina(formulario, actual, visto)
        return _pagina(formulario, actual, poa.huella(actual), error)
    flash(f"Se guardó: {', '.join(cambiaron)}." if cambiaron else "No cambió nada.")
    if aviso := formulario.no_cuadra():
        flash(aviso)
    return redirect(url_for(".poa_linea", ejercicio=ejercicio, linea=linea), 303)


def _pagina(
    formulario: FormularioLinea, actual: Mapping[str, Any], visto: str, error: ErrorJornada | None = None
) -> ResponseReturnValue:
    """El formulario con lo escrito. Si otra persona la cambió mientras tanto, dice qué y cómo quedó.

    ``visto``: la huella de lo que vio quien edita; un error de dedo no debe esconder el cambio de otra persona.
    """
    ejercicio, clave = actual["ejercicio"], actual["clave"]
    hoy = ahora().date().isoformat()
    del_anterior = avance.de_ejercicio(bd(), ejercicio - 1, hasta=hoy)
    anterior = next((una for una in del_anterior if una.clave == clave), None)
    pagina = render_template(
        "panel/poa_editar.html",
        formulario=formulario,
        linea=actual,
        anterior=anterior,
        visto=visto,
        error=error,
        distintos=_distintos(formulario, actual) if error else [],
        con_cerrados=bool(trimestres.cerrados(bd(), ejercicio)),
        se_puede_quitar=poa.se_puede_quitar(bd(), ejercicio, clave),
    )
    return pagina, error.http_status if error else 422 if formulario.errors else 200


def _distintos(formulario: FormularioLinea, actual: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """De cada dato que no es igual: su nombre, lo que se escribió y lo que ya está guardado."""
    escrito = formulario.a_dict()
    return [
        (formulario[c].label.text, _leido(c, escrito[c]), _leido(c, actual[c]))
        for c in poa.CAMPOS
        if escrito[c] != actual[c]
    ]


def _leido(columna: str, valor: Any) -> str:
    if columna in poa.NUMEROS:
        return numero_exacto(valor) or "sin definir"
    return (MEDIDAS.get(valor, valor) if columna == "medida" else valor) or "sin definir"


@bp.route("/poa/<int:ejercicio>/nueva", methods=["GET", "POST"])
@requiere("titular")
def poa_nueva(ejercicio: int) -> ResponseReturnValue:
    """Una línea que no venía en el programa."""
    exigir_ejercicio(ejercicio)
    formulario = FormularioLineaNueva(request.form if request.method == "POST" else None)
    if request.method == "POST" and formulario.validate():
        datos = formulario.data
        try:
            with anotando("agregar línea", f"{ejercicio} {datos['clave']}"):
                poa.agregar(
                    bd(),
                    ejercicio,
                    datos,
                    justificacion=datos["justificacion"],
                    ahora=ahora(),
                    quien=cuenta_segura().usuario,
                )
        except ErrorJornada as error:
            formulario.clave.errors = [f"{error.mensaje} {error.que_hacer}"]
        else:
            flash(f"Se agregó {datos['clave']}. Diga cómo se mide.")
            return redirect(url_for(".poa_editar", ejercicio=ejercicio, linea=datos["clave"]), 303)
    estado = 422 if formulario.errors else 200
    return render_template("panel/poa_nueva.html", formulario=formulario, ejercicio=ejercicio), estado


@bp.post("/poa/<int:ejercicio>/<linea>/baja")
@requiere("titular")
def poa_quitar(ejercicio: int, linea: str) -> ResponseReturnValue:
    exigir_ejercicio(ejercicio)
    razon = en_una_linea(request.form.get("justificacion", ""))[:500]
    with anotando("quitar línea", f"{ejercicio} {linea[:10]}"):
        poa.quitar(bd(), ejercicio, linea, justificacion=razon, ahora=ahora(), quien=cuenta_segura().usuario)
    flash(f"Se quitó {linea} del programa de {ejercicio}.")
    return redirect(url_for(".poa", ejercicio=ejercicio), 303)
