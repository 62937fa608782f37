"""Las series: crear todas sus sesiones de una vez y ver cuánta gente va y cuánta permanece."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import Form

from formularios.campos import Parrafo, Renglon
from formularios.sesiones import MAXIMO_TITULO, FormularioSerie, formulario_serie, leer_lista
from recoleccion import reglas
from recoleccion.consultas import eventos, llave, series
from recoleccion.errores import ErrorJornada
from recoleccion.fechas import plural

from ..contexto import ahora, azar, bd, instalacion
from ..sesion import requiere
from . import bp, cerrados
from .comun import anotando, con_situacion
from .evento_forma import SIN_NOMBRES, clase, sin_lo_que_falta


class FormularioNombre(Form):
    """Cómo se llama la serie y su nota."""

    nombre = Renglon("Nombre de la serie", maximo=MAXIMO_TITULO, falta="Escriba cómo se llama la serie.")
    nota = Parrafo("Nota", maximo=1000)


@bp.get("/series")
@requiere("titular")
def series_lista() -> ResponseReturnValue:
    return render_template("panel/series.html", series=series.listar(bd()), catalogos=instalacion().catalogos)


@bp.route("/series/nueva", methods=["GET", "POST"])
@requiere("titular")
def serie_nueva() -> ResponseReturnValue:
    """Con ``?de=`` trae lo de un evento. «Ver las fechas» no crea nada: dice cuáles serían y con qué se enciman."""
    de = request.values.get("de", "")
    modelo = eventos.leer(bd(), de) if de else None
    de_serie = formulario_serie(clase(modelo))
    if request.method == "GET":
        datos = modelo | {"titulo": modelo["titulo"][:MAXIMO_TITULO]} if modelo else {}
        return _pagina_nueva(sin_lo_que_falta(de_serie(data=datos)), modelo, reglas.nuevo_id(azar()))
    formulario = sin_lo_que_falta(de_serie(request.form, data=modelo))
    id = request.form.get("id", "")
    id = id if reglas.id_valido(id) else reglas.nuevo_id(azar())
    if not formulario.validate() or request.form.get("paso") == "ver":
        return _pagina_nueva(formulario, modelo, id)
    if series.leer(bd(), id):
        flash("Esa serie ya estaba guardada, y así se quedó.")
        return redirect(url_for(".serie", id=id), 303)
    try:
        _crear(id, formulario, modelo)
    except ErrorJornada as error:
        return _pagina_nueva(formulario, modelo, id, error)
    cuantas = plural(len(formulario.sesiones), "sesión", "sesiones")
    flash(f"Se guardó la serie con {cuantas}. Cada una ya tiene su código para el cartel.")
    return redirect(url_for(".serie", id=id), 303)


def _crear(id: str, formulario: FormularioSerie, modelo: Mapping[str, Any] | None) -> None:
    datos, nombre = SIN_NOMBRES | formulario.de_cada_sesion(), formulario["titulo"].data
    incluye = _incluido(formulario, modelo)
    with anotando("crear", f"serie {id}", plural(len(formulario.sesiones), "sesión", "sesiones")):
        _exigir_razon(nombre, [*formulario.sesiones, *([incluye["fecha"]] if incluye else ())], datos["lineas"])
        series.crear(
            bd(),
            id=id,
            nombre=nombre,
            nota=formulario["nota"].data,
            datos=datos,
            fechas=formulario.sesiones,
            ahora=ahora(),
            azar=azar(),
            carta_de=modelo["id"] if modelo else None,
            incluye=incluye,
        )


def _incluido(formulario: FormularioSerie, modelo: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """El evento de donde salió la serie, si es una de sus sesiones. El que ya es de otra se queda en la suya."""
    return modelo if modelo and formulario["incluye"].data and not modelo["serie_id"] else None


def _exigir_razon(nombre: str, fechas: Iterable[str], lineas: list[str]) -> None:
    cerradas = [{"fecha": fecha, "lineas": lineas} for fecha in fechas]
    cerrados.exigir(cerradas, f"serie «{nombre}»", None, "se agregaron sesiones")


def _pagina_nueva(
    formulario: FormularioSerie, modelo: Mapping[str, Any] | None, id: str, error: ErrorJornada | None = None
) -> ResponseReturnValue:
    falta_razon = error is not None and error.codigo == "trimestre_cerrado"
    pagina = render_template(
        "panel/serie_nueva.html",
        formulario=formulario,
        modelo=modelo,
        id=id,
        error=f"{error.mensaje} {error.que_hacer}" if error else None,
        con_llave=llave.hay(bd()),
        usadas=eventos.usadas(bd()),
        vistas=_vistas(formulario, modelo) if request.form.get("paso") == "ver" and not formulario.errors else None,
        pide_razon=falta_razon or cerrados.hace_falta(formulario.sesiones),
        falta_razon=falta_razon,
        justificacion=cerrados.escrita(),
    )
    return pagina, 422 if error or formulario.errors else 200


def _vistas(formulario: FormularioSerie, modelo: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Las fechas de la serie, cada una con los eventos con que se encima; la que ``ya`` existe no se crea."""
    datos, incluye = formulario.de_cada_sesion(), _incluido(formulario, modelo)
    suya = {incluye["fecha"]} if incluye else set()
    return [
        {
            "fecha": fecha,
            "ya": fecha in suya,
            "encimados": [] if fecha in suya else eventos.encimados(bd(), datos | {"fecha": fecha}),
        }
        for fecha in sorted({*formulario.sesiones, *suya})
    ]


def _serie_o_404(id: str) -> dict[str, Any]:
    serie = series.leer(bd(), id)
    if serie is None:
        raise ErrorJornada("serie_no_existe")
    return serie


@bp.get("/series/<id>")
@requiere("titular")
def serie(id: str) -> ResponseReturnValue:
    return _pagina_serie(_serie_o_404(id))


def _pagina_serie(
    serie: Mapping[str, Any], fechas: str = "", error: str | None = None, *, falta_razon: bool = False
) -> ResponseReturnValue:
    momento = ahora()
    todas = [con_situacion(evento, momento) for evento in series.sesiones(bd(), serie["id"])]
    permanencia = series.permanencia(bd(), serie["id"], momento.date().isoformat())
    pagina = render_template(
        "panel/serie.html",
        serie=serie,
        todas=todas,
        cuentas={sesion.evento["id"]: sesion for sesion in permanencia.sesiones},
        mayor=max((sesion.personas for sesion in permanencia.sesiones), default=0),
        permanencia=permanencia,
        catalogos=instalacion().catalogos,
        fechas=fechas,
        error=error,
        falta_razon=falta_razon,
        justificacion=cerrados.escrita(),
    )
    return pagina, 422 if error else 200


@bp.post("/series/<id>/sesiones")
@requiere("titular")
def serie_agregar(id: str) -> ResponseReturnValue:
    """Más sesiones, con sus fechas escritas. Las que ya están se saltan: mandarlo dos veces es una."""
    serie, escritas = _serie_o_404(id), request.form.get("fechas", "")
    try:
        fechas = leer_lista(escritas)
        with anotando("agregar sesiones", f"serie {id}"):
            ultima = (series.sesiones(bd(), id) or [None])[-1]
            lineas = eventos.con_listas(bd(), [ultima])[0]["lineas"] if ultima else []
            _exigir_razon(serie["nombre"], fechas, lineas)
            cuantas = series.agregar(bd(), id, fechas, ahora(), azar())
    except ValueError as error:
        return _pagina_serie(serie, escritas, str(error))
    except ErrorJornada as error:
        falta_razon = error.codigo == "trimestre_cerrado"
        return _pagina_serie(serie, escritas, f"{error.mensaje} {error.que_hacer}", falta_razon=falta_razon)
    nuevas = plural(cuantas, "sesión nueva", "sesiones nuevas")
    flash(f"La serie tiene {nuevas}." if cuantas else "Esas fechas ya tenían sesión: no se agregó ninguna.")
    return redirect(url_for(".serie", id=id), 303)


@bp.route("/series/<id>/editar", methods=["GET", "POST"])
@requiere("titular")
def serie_editar(id: str) -> ResponseReturnValue:
    serie = _serie_o_404(id)
    formulario = FormularioNombre(request.form if request.method == "POST" else None, data=serie)
    if request.method == "POST" and formulario.validate():
        with anotando("editar", f"serie {id}"):
            series.guardar(bd(), id, formulario.nombre.data, formulario.nota.data)
        flash("Se guardaron los cambios.")
        return redirect(url_for(".serie", id=id), 303)
    pagina = render_template("panel/serie_editar.html", formulario=formulario, serie=serie)
    return pagina, 422 if formulario.errors else 200
