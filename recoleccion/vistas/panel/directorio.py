"""El directorio: las líneas e instituciones que salen en toda pantalla de ayuda y a donde se canaliza."""

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from recoleccion import reglas
from recoleccion.consultas import ajustes, oficina
from recoleccion.consultas import directorio as consulta
from recoleccion.errores import ErrorJornada
from recoleccion.fechas import fecha_corta

from ..contexto import ahora, bd, nuevo_id
from ..sesion import cuenta_segura, requiere
from . import bp, cerrados
from .comun import anotando
from .formas import FormularioInstitucion


@bp.get("/directorio")
@requiere("titular")
def directorio_lista() -> ResponseReturnValue:
    hoy = ahora().date()
    todas = consulta.listar(bd(), quitadas=True)
    lineas = [linea for linea in todas if not linea["quitada_en"]]
    return render_template(
        "panel/directorio.html",
        lineas=lineas,
        retiradas=[linea for linea in todas if linea["quitada_en"]],
        viejas={linea["id"] for linea in consulta.sin_verificar(lineas, hoy)},
        hoy=hoy.isoformat(),
    )


@bp.route("/directorio/nueva", methods=["GET", "POST"])
@requiere("titular")
def directorio_nueva() -> ResponseReturnValue:
    propia = request.args.get("propia") == "1"
    formulario = _formulario({"propia": propia, "en_ayuda": True})
    if request.method == "POST" and formulario.validar(ahora().date()):
        return _guardar(None, formulario)
    return _pagina(None, formulario), 422 if formulario.errors else 200


@bp.route("/directorio/<id>", methods=["GET", "POST"])
@requiere("titular")
def directorio_editar(id: str) -> ResponseReturnValue:
    actual = _linea(id)
    formulario = _formulario(actual)
    cambios: list[tuple[str, str, str]] = []
    if request.method == "POST" and formulario.validar(ahora().date()):
        if request.form.get("revision", consulta.huella(actual)) == consulta.huella(actual):
            return _guardar(actual, formulario)
        cambios = _diferencias(actual, formulario)
        if not cambios:
            flash("Alguien más acababa de guardar lo mismo.")
            return redirect(url_for(".directorio_lista"), 303)
    return _pagina(actual, formulario, cambios), 409 if cambios else 422 if formulario.errors else 200


@bp.post("/directorio/<id>/verificacion")
@requiere("titular")
def directorio_verificar(id: str) -> ResponseReturnValue:
    linea = _linea(id)
    with anotando("verificar directorio", f"institucion {id}"):
        hoy = ahora().date().isoformat()
        consulta.guardar(bd(), linea | {"verificado_el": hoy}, quien=cuenta_segura().usuario)
    flash(f"«{linea['nombre']}» quedó verificada hoy.")
    return redirect(url_for(".directorio_lista"), 303)


@bp.post("/directorio/<id>/orden")
@requiere("titular")
def directorio_mover(id: str) -> ResponseReturnValue:
    linea = _linea(id)
    with anotando("ordenar directorio", f"institucion {id}", linea["nombre"]):
        consulta.mover(bd(), id, -1 if request.form.get("a") == "antes" else 1)
    return redirect(url_for(".directorio_lista", _anchor=f"i-{id}"), 303)


@bp.post("/directorio/<id>/baja")
@requiere("titular")
def directorio_borrar(id: str) -> ResponseReturnValue:
    linea = _linea(id)
    with anotando("borrar directorio", f"institucion {id}", linea["nombre"]):
        borrada = consulta.quitar(bd(), id, ahora())
        _exigir_el_propio()
    flash(
        f"Se quitó «{linea['nombre']}» del directorio."
        if borrada
        else f"«{linea['nombre']}» ya no se ve en el directorio. Lo que se hizo con ella la sigue diciendo."
    )
    return redirect(url_for(".directorio_lista"), 303)


@bp.post("/directorio/<id>/regreso")
@requiere("titular")
def directorio_devolver(id: str) -> ResponseReturnValue:
    linea = _linea(id)
    with anotando("devolver al directorio", f"institucion {id}", linea["nombre"]):
        consulta.devolver(bd(), id)
    flash(f"«{linea['nombre']}» está otra vez en el directorio. Márquele y anote la fecha.")
    return redirect(url_for(".directorio_lista"), 303)


def _formulario(actual: Mapping[str, Any]) -> FormularioInstitucion:
    return FormularioInstitucion(request.form if request.method == "POST" else None, data=actual)


def _guardar(actual: Mapping[str, Any] | None, formulario: FormularioInstitucion) -> ResponseReturnValue:
    """La nueva lleva el id que nació con su página: mandarla dos veces es una."""
    nombre, nuevo = formulario.nombre.data, request.form.get("id")
    id = actual["id"] if actual else nuevo if reglas.id_valido(nuevo) else nuevo_id()
    try:
        with anotando("guardar directorio", f"institucion {id if actual else 'nueva'}", nombre):
            _exigir_razon(id, nombre, formulario.verificado_el.data)
            datos = formulario.data | {"id": id, "orden": actual["orden"] if actual else None}
            consulta.guardar(bd(), datos, quien=cuenta_segura().usuario)
            _exigir_el_propio()
    except ErrorJornada as error:
        if error.codigo == "trimestre_cerrado":
            return _pagina(actual, formulario, cerrado=error), error.http_status
        formulario.propia.errors = [f"{error.mensaje} {error.que_hacer}"]
        return _pagina(actual, formulario), error.http_status
    flash(f"Se guardó «{nombre}».")
    return redirect(url_for(".directorio_lista"), 303)


def _exigir_razon(id: str, nombre: str, dia: str | None) -> None:
    """Una verificación más, de un trimestre cerrado, mueve lo informado de las instituciones verificadas.

    :raises ErrorJornada: ``trimestre_cerrado``.
    """
    if dia and dia not in {una["fecha"] for una in consulta.verificaciones(bd(), id)}:
        cerrados.exigir([{"fecha": dia, "lineas": []}], f"verificación de «{nombre}»", None, fecha_corta(dia))


def _pagina(
    actual: Mapping[str, Any] | None,
    formulario: FormularioInstitucion,
    cambios: list[tuple[str, str, str]] | None = None,
    cerrado: ErrorJornada | None = None,
) -> str:
    id = actual["id"] if actual else None
    return render_template(
        "panel/directorio_editar.html",
        formulario=formulario,
        actual=actual,
        id=id,
        nuevo=request.form.get("id") or nuevo_id(),
        cerrado=f"{cerrado.mensaje} {cerrado.que_hacer}" if cerrado else None,
        justificacion=cerrados.escrita(),
        revision=consulta.huella(actual) if actual else "",
        cambios=cambios,
        verificaciones=consulta.verificaciones(bd(), id) if id else [],
        usos=consulta.usos(bd(), id) if id else {},
    )


def _diferencias(actual: Mapping[str, Any], formulario: FormularioInstitucion) -> list[tuple[str, str, str]]:
    """(campo, lo que guardó alguien más, lo que se escribió aquí)."""
    salida = []
    for campo in formulario:
        guardado, escrito = _dicho(campo.name, actual[campo.name]), _dicho(campo.name, campo.data)
        if guardado != escrito:
            salida.append((campo.label.text, guardado, escrito))
    return salida


def _dicho(campo: str, valor: Any) -> str:
    if campo in ("propia", "en_ayuda"):
        return "Sí" if valor else "No"
    if valor and campo in ("convenio_hasta", "verificado_el"):
        return fecha_corta(valor)
    return valor or ""


def _exigir_el_propio() -> None:
    """En producción, lo que se guarda no puede dejar a la gente sin el teléfono de la oficina.

    :raises ErrorJornada: ``produccion_sin_telefono``; quien lo llama dentro de una transacción la deshace.
    """
    if ajustes.leer(bd(), "modo") == "produccion" and "telefono_propio" in oficina.faltas_para_produccion(bd()):
        raise ErrorJornada("produccion_sin_telefono")


def _linea(id: str) -> dict[str, Any]:
    linea = consulta.leer(bd(), id)
    if linea is None:
        abort(404)
    return linea
