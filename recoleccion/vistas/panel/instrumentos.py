"""Las encuestas de la oficina: cuáles hay, sus versiones, qué cambió entre ellas, y bajarlas o dejar de ofrecerlas."""

from typing import Any, Literal

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from formularios import condiciones, diferencias
from formularios.dibujo import numeros
from formularios.huecos import sin_huecos
from formularios.instrumento import Instrumento
from recoleccion.consultas import ajustes, borradores, directorio, instrumentos
from recoleccion.errores import ErrorJornada
from recoleccion.impresos.encuesta import encuesta_pdf
from recoleccion.openrosa.formas import por_que_no

from ..contexto import ahora, bd
from ..sesion import requiere
from . import bp
from .comun import anotando
from .impresos import pdf
from .marco import con_marco

MEGAS = 4
"""Lo que puede pesar una hoja."""
_TIPOS = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@bp.get("/instrumentos")
@requiere("titular")
def instrumentos_lista() -> ResponseReturnValue:
    filas = [fila | {"encuesta": instrumentos.leer(bd(), fila["clave"], fila["version"])} for fila in _todas()]
    return render_template("panel/instrumentos.html", encuestas=filas, a_medias=borradores.listar(bd()), megas=MEGAS)


def _todas() -> list[dict[str, Any]]:
    """Las que se ofrecen primero, por título."""
    return sorted(instrumentos.listar(bd()), key=lambda f: (f["retirado_en"] is not None, f["titulo"].casefold()))


@bp.get("/instrumentos/<clave>")
@requiere("titular")
def instrumento_ultimo(clave: str) -> ResponseReturnValue:
    return instrumento(clave, _versiones(clave)[0]["version"])


@bp.get("/instrumentos/<clave>/<int:version>")
@requiere("titular")
def instrumento(clave: str, version: int) -> ResponseReturnValue:
    versiones = _versiones(clave)
    fila = next((v for v in versiones if v["version"] == version), None) or abort(404)
    encuesta = instrumentos.leer(bd(), clave, version)
    anterior = next(instrumentos.anteriores(bd(), encuesta), None)
    pagina = render_template(
        "panel/instrumento.html",
        encuesta=encuesta,
        fila=fila,
        versiones=versiones,
        anterior=anterior,
        cambios=cambios(anterior, encuesta),
        leido=leido(encuesta),
        no_en_odk=por_que_no(encuesta),
    )
    return con_marco(pagina)


def leido(encuesta: Instrumento) -> dict[str, Any]:
    """Lo que se enseña de una encuesta: cada cosa que trae, con su número y en palabras, y los módulos que tiene.

    Los números son los del módulo que se usa si el tema no pide otro.
    """
    encuesta = sin_huecos(encuesta)
    comun = encuesta.para_tema("")
    numerada = numeros(comun, personal=True)
    return {
        "preguntas": [
            {
                "pregunta": p,
                "numero": numerada.get(p.clave),
                "como": diferencias.PALABRAS[p.tipo].capitalize(),
                "solo_si": condiciones.frase(encuesta, p.relevante, numerada),
                "opciones": [opcion.texto for opcion in encuesta.opciones_de(p)],
                "publica": _se_publica(encuesta, p.clave),
                "otro_modulo": p.clave not in comun.por_clave,
            }
            for p in encuesta.preguntas
        ],
        "cuantas": len(numerada),
        "modulos": list(dict.fromkeys(p.modulo for p in encuesta.preguntas if p.modulo)),
    }


def _se_publica(encuesta: Instrumento, clave: str) -> str:
    p = encuesta.por_clave[clave]
    if p.demografica in ("sexo", "edad"):
        return "Para agrupar"
    cerrada = p.tipo in ("una", "varias") and p.opciones and not p.demografica
    if not cerrada or p.publicacion == "no" or encuesta.repeticiones(p.grupo):
        return "No"
    return "Sí, juntando opciones" if p.publicacion else "Sí"


def cambios(anterior: Instrumento | None, encuesta: Instrumento) -> dict[str, Any] | None:
    """Lo que cambió desde la versión anterior; nada si no la hay."""
    if anterior is None:
        return None
    todas = diferencias.comparar(anterior, encuesta)
    return {
        "desde": anterior.version,
        "generales": diferencias.generales(anterior, encuesta),
        "preguntas": [d for d in todas if d.que != "igual"],
        "iguales": sum(d.que == "igual" for d in todas),
    }


def encuesta_o_404(clave: str, version: int) -> Instrumento:
    try:
        return instrumentos.leer(bd(), clave, version)
    except ErrorJornada:
        abort(404)


def _versiones(clave: str) -> list[dict[str, Any]]:
    try:
        return instrumentos.versiones(bd(), clave)
    except ErrorJornada:
        abort(404)


# --- Ofrecerla o no ----------------------------------------------------------------------------------------------


@bp.post("/instrumentos/<clave>/retiro")
@requiere("titular")
def instrumento_retirar(clave: str) -> ResponseReturnValue:
    titulo = _versiones(clave)[0]["titulo"]
    with anotando("retirar encuesta", f"encuesta {clave}"):
        instrumentos.retirar(bd(), clave, ahora())
    flash(f"«{titulo}» ya no se ofrece para eventos nuevos. Donde ya estaba se sigue contestando.")
    return redirect(url_for(".instrumento_ultimo", clave=clave), 303)


@bp.post("/instrumentos/<clave>/oferta")
@requiere("titular")
def instrumento_ofrecer(clave: str) -> ResponseReturnValue:
    titulo = _versiones(clave)[0]["titulo"]
    with anotando("volver a ofrecer encuesta", f"encuesta {clave}"):
        instrumentos.volver_a_ofrecer(bd(), clave)
    flash(f"«{titulo}» se ofrece otra vez para eventos nuevos.")
    return redirect(url_for(".instrumento_ultimo", clave=clave), 303)


# --- Llevársela --------------------------------------------------------------------------------------------------


@bp.get("/instrumentos/plantilla.xlsx")
@requiere("titular")
def instrumento_plantilla() -> ResponseReturnValue:
    from formularios.xlsform.plantilla import ejemplo  # noqa: PLC0415  # carga openpyxl

    return _descarga(ejemplo(), "xlsx", "plantilla-de-encuesta.xlsx")


@bp.get("/instrumentos/<clave>/<int:version>/hoja.xlsx")
@requiere("titular")
def instrumento_xlsx(clave: str, version: int) -> ResponseReturnValue:
    return _hoja(encuesta_o_404(clave, version), "xlsx")


@bp.get("/instrumentos/<clave>/<int:version>/hoja.csv")
@requiere("titular")
def instrumento_csv(clave: str, version: int) -> ResponseReturnValue:
    return _hoja(encuesta_o_404(clave, version), "csv")


def _hoja(encuesta: Instrumento, formato: Literal["xlsx", "csv"]) -> Response:
    """El XLSForm; si usa opciones de un archivo, un ``.zip`` con él y sus CSV, que se importa igual."""
    from formularios.xlsform.empacar import empacar  # noqa: PLC0415  # carga pyxform

    extension, contenido = empacar(encuesta, formato)
    return _descarga(contenido, extension, f"{encuesta.clave}-{encuesta.version}.{extension}")


def _descarga(contenido: bytes, formato: str, nombre: str) -> Response:
    respuesta = Response(contenido, mimetype=_TIPOS.get(formato, "application/zip"))
    respuesta.headers["Content-Disposition"] = f'attachment; filename="{nombre}"'
    return respuesta


@bp.get("/instrumentos/<clave>/<int:version>/papel.pdf")
@requiere("titular")
def instrumento_papel(clave: str, version: int) -> ResponseReturnValue:
    """``?tamano=a4`` para hojas A4; si no, carta. ``?tema=`` escoge el módulo."""
    contenido = encuesta_pdf(
        encuesta_o_404(clave, version),
        oficina=ajustes.leer(bd(), "oficina") or "",
        tamano="a4" if request.args.get("tamano") == "a4" else "carta",
        tema=request.args.get("tema", ""),
        ayuda=directorio.ayuda(bd()),
    )
    return pdf(contenido, f"{clave}-{version}")
