"""Las actividades: anotarlas en dos toques desde la línea que les toca, buscarlas, cambiarlas y bajarlas."""

from collections.abc import Mapping
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from formularios import actividad_hoja, tabla
from formularios.actividad import TipoActividad
from formularios.actividad_formulario import FormularioActividad, formulario_actividad
from recoleccion.consultas import actividades as consulta
from recoleccion.consultas import directorio, evidencias, poa, trimestres
from recoleccion.errores import ErrorJornada
from recoleccion.fechas import fecha_corta

from ..contexto import ahora, azar, bd, instalacion, nuevo_id
from ..sesion import cuenta_segura, requiere
from . import bp
from .comun import anotando, entero_escrito

POR_PAGINA = 30
PIDEN_RAZON = ("trimestre_cerrado",)


@bp.get("/actividades")
@requiere("titular")
def actividades() -> ResponseReturnValue:
    filtros = _filtros()
    periodo = _periodo(filtros)
    cuantas = consulta.contar(bd(), **periodo)
    paginas = max(1, -(-cuantas // POR_PAGINA))
    pagina = min(max(request.args.get("pagina", 1, int), 1), paginas)
    linea = filtros["linea"]
    return render_template(
        "panel/actividades.html",
        actividades=consulta.listar(bd(), **periodo, cuantas=POR_PAGINA, salto=(pagina - 1) * POR_PAGINA),
        cuantas=cuantas,
        pagina=pagina,
        paginas=paginas,
        filtros=filtros,
        argumentos={nombre: valor for nombre, valor in filtros.items() if valor},
        resumen=consulta.resumen(bd(), filtros["ejercicio"], linea, periodo["desde"], periodo["hasta"])
        if linea
        else [],
        problema=consulta.problema_de_catalogo(bd()),
        **_lo_comun(filtros["ejercicio"]),
    )


def _lo_comun(ejercicio: int) -> dict[str, Any]:
    """Con qué se dicen las claves: las líneas del año, los tipos de cada una y los temas."""
    tipos = consulta.catalogo(bd())
    return {
        "ejercicios": poa.ejercicios(bd()),
        "lineas": [linea for linea in poa.listar(bd(), ejercicio) if linea["clave"] in tipos],
        "tipos": tipos,
        "etiquetas": {(linea, t.clave): t for linea, de_ella in tipos.items() for t in de_ella},
        "temas": dict(instalacion().catalogos.pares("tema")),
    }


def _filtros() -> dict[str, Any]:
    """Lo que se pide en la dirección; lo que no se entiende es como no pedirlo."""
    ejercicios = poa.ejercicios(bd())
    hoy = ahora().year
    cercano = min(ejercicios, key=lambda e: abs(e - hoy), default=hoy)
    pedido = request.args.get("ejercicio", cercano, int)
    trimestre = request.args.get("trimestre", 0, int)
    return {
        "ejercicio": pedido if pedido in ejercicios else cercano,
        "linea": request.args.get("linea", "")[:10],
        "tipo": request.args.get("tipo", "")[:40] if request.args.get("linea") else "",
        "trimestre": trimestre if 1 <= trimestre <= 4 else "",
        "quitadas": "1" if request.args.get("quitadas") == "1" else "",
    }


def _periodo(filtros: Mapping[str, Any]) -> dict[str, Any]:
    desde = hasta = None
    if filtros["trimestre"]:
        desde, hasta = trimestres.limites(filtros["ejercicio"], filtros["trimestre"])
    return {
        "ejercicio": filtros["ejercicio"],
        "linea": filtros["linea"] or None,
        "tipo": filtros["tipo"] or None,
        "desde": desde,
        "hasta": hasta,
        "quitadas": bool(filtros["quitadas"]),
    }


@bp.get("/actividades/hoja.csv")
@requiere("titular")
def actividades_csv() -> ResponseReturnValue:
    """Las que cumplen los filtros, con los títulos con que se vuelven a subir."""
    tipos, temas = consulta.catalogo(bd()), dict(instalacion().catalogos.pares("tema"))
    filas = [actividad_hoja.celdas_de(a, tipos, temas) for a in consulta.listar(bd(), **_periodo(_filtros()))]
    return _csv(tabla.a_csv(actividad_hoja.TITULOS, filas), "actividades.csv")


@bp.get("/actividades/plantilla.csv")
@requiere("titular")
def actividades_plantilla() -> ResponseReturnValue:
    """Sólo los títulos: no hay renglones de ejemplo que luego se suban sin querer."""
    return _csv(tabla.a_csv(actividad_hoja.TITULOS[1:], []), "plantilla-de-actividades.csv")


def _csv(contenido: bytes, nombre: str) -> Response:
    respuesta = Response(contenido, mimetype="text/csv")
    respuesta.headers["Content-Disposition"] = f'attachment; filename="{nombre}"'
    return respuesta


# --- Anotar y cambiar --------------------------------------------------------------------------------------------


@bp.get("/actividades/nueva")
@requiere("titular")
def actividad_elegir() -> ResponseReturnValue:
    """En qué línea: con sus palabras y lo que en cada una se anota."""
    return render_template("panel/actividad_elegir.html", **_lo_comun(_filtros()["ejercicio"]))


@bp.route("/actividades/nueva/<linea>", methods=["GET", "POST"])
@requiere("titular")
def actividad_nueva(linea: str) -> ResponseReturnValue:
    """Con ``?tipo=`` y ``?fecha=`` ya vienen puestos: así se anotan varias seguidas."""
    hoy = ahora().date().isoformat()
    tipos = consulta.catalogo(bd()).get(linea) or abort(404)
    puestos = {"fecha": request.args.get("fecha", hoy)[:10], "tipo": request.args.get("tipo", "")}
    if len(tipos) == 1:
        puestos["tipo"] = tipos[0].clave
    formulario = _formulario(tipos)(request.form if request.method == "POST" else None, data=puestos)
    if request.method == "GET":
        return _pagina(formulario, linea)
    if not formulario.validate():
        return _pagina(formulario, linea, estado=422)
    datos = formulario.a_dict() | {"linea": linea}
    try:
        with anotando("anotar actividad", f"línea {linea}", datos["tipo"]):
            consulta.crear(bd(), datos, azar=azar(), id=request.form.get("id"), **_quien())
    except ErrorJornada as error:
        return _pagina(formulario, linea, error=error, estado=error.http_status)
    flash(f"Se anotó en {linea}: {_en_palabras(formulario.elegido, datos)}.")
    if request.form.get("otra"):
        return redirect(url_for(".actividad_nueva", linea=linea, tipo=datos["tipo"], fecha=datos["fecha"]), 303)
    return redirect(url_for(".actividades", linea=linea, ejercicio=datos["fecha"][:4]), 303)


@bp.route("/actividades/<id>", methods=["GET", "POST"])
@requiere("titular")
def actividad_editar(id: str) -> ResponseReturnValue:
    actual = consulta.leer(bd(), id)
    tipos = consulta.catalogo(bd()).get(actual["linea"], ())
    formulario = _formulario(tipos)(request.form if request.method == "POST" else None, data=actual)
    if request.method == "GET":
        return _pagina(formulario, actual["linea"], actual)
    if not formulario.validate():
        return _pagina(formulario, actual["linea"], actual, estado=422)
    try:
        with anotando("cambiar actividad", f"actividad {id}"):
            consulta.cambiar(bd(), id, formulario.a_dict(), revision=entero_escrito("revision"), **_quien())
    except ErrorJornada as error:
        cambios = _diferencias(formulario, actual) if error.codigo == "cambio_de_otra_persona" else []
        return _pagina(formulario, actual["linea"], actual, error=error, cambios=cambios, estado=error.http_status)
    flash("Se guardaron los cambios.")
    return redirect(url_for(".actividades", linea=actual["linea"], ejercicio=formulario.fecha.data[:4]), 303)


@bp.post("/actividades/<id>/baja")
@requiere("titular")
def actividad_quitar(id: str) -> ResponseReturnValue:
    return _mover(id, "quitar")


@bp.post("/actividades/<id>/regreso")
@requiere("titular")
def actividad_reponer(id: str) -> ResponseReturnValue:
    return _mover(id, "reponer")


def _mover(id: str, que: str) -> ResponseReturnValue:
    actual = consulta.leer(bd(), id)
    try:
        with anotando(f"{que} actividad", f"actividad {id}"):
            if que == "quitar":
                consulta.quitar(bd(), id, revision=entero_escrito("revision"), **_quien())
            else:
                consulta.reponer(bd(), id, **_quien())
    except ErrorJornada as error:
        tipos = consulta.catalogo(bd()).get(actual["linea"], ())
        formulario = _formulario(tipos)(None, data=actual)
        return _pagina(formulario, actual["linea"], actual, error=error, estado=error.http_status)
    flash(
        "Se quitó: ya no cuenta. Puede volver a ponerla desde «Las quitadas»."
        if que == "quitar"
        else "Cuenta otra vez."
    )
    return redirect(url_for(".actividades", linea=actual["linea"], ejercicio=actual["ejercicio"]), 303)


def _quien() -> dict[str, Any]:
    razon = request.form.get("justificacion", "").strip()[:300]
    return {"ahora": ahora(), "quien": cuenta_segura().usuario, "justificacion": razon or None}


def _formulario(tipos: tuple[TipoActividad, ...]) -> type[FormularioActividad]:
    catalogos = instalacion().catalogos
    return formulario_actividad(tipos, catalogos.pares("tema"), ahora().date(), catalogos.retiradas("tema"))


def _pagina(
    formulario: FormularioActividad,
    linea: str,
    actual: Mapping[str, Any] | None = None,
    *,
    error: ErrorJornada | None = None,
    cambios: list[tuple[str, str, str]] | None = None,
    estado: int = 200,
) -> ResponseReturnValue:
    ejercicio = actual["ejercicio"] if actual else _filtros()["ejercicio"]
    fechas = [actual["fecha"], actual["cumplida_el"]] if actual else []
    pagina = render_template(
        "panel/actividad.html",
        formulario=formulario,
        linea=linea,
        que_dice=next((fila["texto"] for fila in poa.listar(bd(), ejercicio) if fila["clave"] == linea), ""),
        actual=actual,
        id=request.form.get("id") or nuevo_id(),
        error=error,
        cambios=cambios,
        con_razon=(error is not None and error.codigo in PIDEN_RAZON) or any(map(_en_cerrado, filter(None, fechas))),
        razon=request.form.get("justificacion", ""),
        programas=consulta.ya_usados(bd(), "programa"),
        instituciones=_instituciones(),
        fotos=evidencias.listar(bd(), actividad_id=actual["id"]) if actual else [],
    )
    return pagina, estado


def _en_cerrado(fecha: str) -> bool:
    return trimestres.cerrado(bd(), *trimestres.de_fecha(fecha))


def _instituciones() -> list[str]:
    """Las ya escritas y las del directorio, sin repetir."""
    return list(
        dict.fromkeys([*consulta.ya_usados(bd(), "institucion"), *(i["nombre"] for i in directorio.listar(bd()))])
    )


def _diferencias(formulario: FormularioActividad, actual: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """``(campo, cómo quedó, lo que escribió usted)`` de lo que no coincide."""
    mio, temas = formulario.a_dict(), dict(instalacion().catalogos.pares("tema"))
    etiquetas = {t.clave: t.etiqueta for t in formulario.tipos_de_la_linea}

    def dicho(columna: str, valor: Any) -> str:
        if columna in ("fecha", "limite", "cumplida_el") and valor:
            return fecha_corta(valor)
        texto = "" if valor is None else str(valor)
        return {"tipo": etiquetas, "tema": temas}.get(columna, {}).get(texto, texto) or "(en blanco)"

    return [
        (formulario[columna].label.text, dicho(columna, actual[columna]), dicho(columna, mio.get(columna)))
        for columna in consulta.DATOS
        if actual[columna] != mio.get(columna)
    ]


def _en_palabras(tipo: TipoActividad | None, datos: Mapping[str, Any]) -> str:
    return f"{tipo.etiqueta if tipo else datos['tipo']}, {datos['cantidad']}"
