"""Los eventos: buscarlos, crearlos, cambiarlos y ver cada uno."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from formularios.evento import formulario_evento
from formularios.instrumento import Instrumento
from recoleccion.consultas import ajustes, asistencias, eventos, instrumentos, llave, poa, tablero
from recoleccion.errores import ErrorJornada
from recoleccion.impresos import qr

from ..contexto import ahora, azar, bd, instalacion
from ..sesion import requiere
from . import bp
from .comun import anotando, con_situacion, evento_o_404
from .encuestas import resultados
from .vivo import numeros

POR_PAGINA = 25
SIN_NOMBRES = {"pide_nombre": False, "pide_telefono": False}


@bp.get("/eventos")
@requiere("titular", "promotora")
def lista_eventos() -> ResponseReturnValue:
    filtros = {nombre: request.args.get(nombre, "").strip() for nombre in ("mes", "texto", "linea", "anio", "que")}
    encontrados = _buscar(filtros)
    paginas = max(1, -(-len(encontrados) // POR_PAGINA))
    pagina = min(max(request.args.get("pagina", 1, int), 1), paginas)
    return render_template(
        "panel/eventos.html",
        eventos=encontrados[(pagina - 1) * POR_PAGINA : pagina * POR_PAGINA],
        cuantos=len(encontrados),
        pagina=pagina,
        paginas=paginas,
        filtros=filtros,
        argumentos={nombre: valor for nombre, valor in filtros.items() if valor},
        meses=tablero.meses(bd()),
        personas=tablero.personas_por_evento(bd()),
    )


def _buscar(filtros: Mapping[str, str]) -> list[dict[str, Any]]:
    """Los eventos que piden los filtros, el más nuevo primero. Un filtro que no se entiende no encuentra nada."""
    momento = ahora()
    hoy = momento.date().isoformat()
    periodo = filtros["mes"] or filtros["anio"]
    # «2026-11~» va después de cualquier día de noviembre en orden de texto.
    lista = eventos.listar(bd(), periodo or None, f"{periodo}~" if periodo else None, filtros["texto"] or None)
    if filtros["linea"]:
        lista = [e for e in lista if filtros["linea"] in e["lineas"]]
    if filtros["que"] == "realizados":
        lista = [e for e in lista if e["fecha"] <= hoy and e["estado"] != "cancelado"]
    elif filtros["que"] == "por_venir":
        lista = [e for e in lista if e["fecha"] > hoy and e["estado"] != "cancelado"]
    return [con_situacion(evento, momento) for evento in reversed(lista)]


@bp.get("/eventos/<id>")
@requiere("titular", "promotora")
def evento(id: str) -> ResponseReturnValue:
    encontrado = evento_o_404(id)
    host = ajustes.leer(bd(), "host_publico") or request.host_url
    return render_template(
        "panel/evento.html",
        evento=encontrado | {"encuestas": _con_versiones(encontrado)},
        catalogos=instalacion().catalogos,
        con_llave=llave.hay(bd()),
        vivo=numeros(encontrado),
        resultados=resultados(encontrado),
        quienes=asistencias.quienes(bd(), id),
        direccion=f"{qr.sin_esquema(host)}/{encontrado['clave']}",
    )


@bp.route("/eventos/nuevo", methods=["GET", "POST"])
@requiere("titular")
def evento_nuevo() -> ResponseReturnValue:
    """Con ``?encuesta=`` ya viene marcada: así se llega desde una recién guardada."""
    marcada = {"encuestas": request.args.getlist("encuesta")}
    formulario = _sin_lo_que_falta(
        _formulario(ahora().year)(request.form if request.method == "POST" else None, data=marcada)
    )
    if request.method == "POST" and formulario.validate():
        try:
            with anotando("crear", "evento"):
                id = eventos.crear(bd(), SIN_NOMBRES | formulario.a_dict(), ahora(), azar())
        except ErrorJornada as error:
            return _pagina_formulario(formulario, None, f"{error.mensaje} {error.que_hacer}")
        flash("Se guardó el evento. Ya tiene su código para el cartel.")
        return redirect(url_for(".evento", id=id), 303)
    return _pagina_formulario(formulario, None)


@bp.route("/eventos/<id>/editar", methods=["GET", "POST"])
@requiere("titular")
def evento_editar(id: str) -> ResponseReturnValue:
    actual = evento_o_404(id)
    formulario = _sin_lo_que_falta(
        _formulario(int(actual["fecha"][:4]), actual)(request.form if request.method == "POST" else None, data=actual)
    )
    if request.method == "POST" and formulario.validate():
        try:
            with anotando("editar", f"evento {id}"):
                eventos.actualizar(bd(), id, formulario.a_dict())
        except ErrorJornada as error:
            return _pagina_formulario(formulario, actual, f"{error.mensaje} {error.que_hacer}")
        flash("Se guardaron los cambios.")
        return redirect(url_for(".evento", id=id), 303)
    return _pagina_formulario(formulario, actual)


@bp.post("/eventos/<id>/version-nueva")
@requiere("titular")
def version_nueva(id: str) -> ResponseReturnValue:
    """La encuesta ``encuesta`` de este evento pasa a su última versión, si nadie la ha contestado aquí."""
    actual, clave = evento_o_404(id), request.form.get("encuesta", "")
    with anotando("usar versión nueva", f"evento {id}", clave if clave in _suyas(actual) else ""):
        version = eventos.usar_version_nueva(bd(), id, clave)
    flash(f"Este evento ya usa la versión {version}. Los teléfonos la toman la próxima vez que tengan señal.")
    return redirect(url_for(".evento", id=id), 303)


def _suyas(evento: Mapping[str, Any] | None) -> dict[str, int]:
    return {encuesta["instrumento"]: encuesta["version"] for encuesta in (evento or {}).get("encuestas", ())}


def _con_versiones(evento: dict[str, Any]) -> list[dict[str, Any]]:
    """Las encuestas del evento, con ``nueva`` (la versión más nueva que la suya) y si ``se_puede`` usar aquí.

    De un evento que ya pasó no se dice: ya no hay qué decidir.
    """
    ofrecidas = instrumentos.ofrecidas(bd()) if evento["estado"] in ("programado", "abierto") else {}
    encuestas = []
    for encuesta in evento["encuestas"]:
        ultima = ofrecidas.get(encuesta["instrumento"], 0)
        nueva = ultima if ultima > encuesta["version"] else None
        se_puede = nueva is not None and eventos.sin_contestar(bd(), evento, encuesta["instrumento"])
        encuestas.append(encuesta | {"nueva": nueva, "se_puede": se_puede})
    return encuestas


def _formulario(anio: int, evento: Mapping[str, Any] | None = None) -> Any:
    """La clase del formulario con las líneas del ejercicio más cercano y las encuestas que se pueden elegir.

    Son las que se ofrecen, en su última versión, y las que el evento ya tenía, en la suya y en su orden.
    """
    base = bd()
    ejercicios = poa.ejercicios(base)
    lineas = poa.listar(base, min(ejercicios, key=lambda e: abs(e - anio))) if ejercicios else []
    suyas = _suyas(evento)
    encuestas: dict[str, Instrumento] = {
        clave: instrumentos.leer(base, clave, version)
        for clave, version in (suyas | instrumentos.ofrecidas(base) | suyas).items()
    }
    return formulario_evento(instalacion().catalogos, lineas, encuestas)


def _sin_lo_que_falta(formulario: Any) -> Any:
    """Sin la llave de la oficina no se ofrece pedir nombres ni teléfonos; lo que el evento ya decía se queda igual."""
    if not llave.hay(bd()):
        for campo in SIN_NOMBRES:
            del formulario[campo]
    return formulario


def _pagina_formulario(formulario: Any, evento: dict[str, Any] | None, error: str | None = None) -> ResponseReturnValue:
    estado = 422 if error or formulario.errors else 200
    pagina = render_template(
        "panel/evento_editar.html", formulario=formulario, evento=evento, error=error, con_llave=llave.hay(bd())
    )
    return pagina, estado
