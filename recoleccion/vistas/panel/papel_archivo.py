"""Traer una lista que ya está en CSV o XLSX: se sube, se dice qué es cada columna y cae en la rejilla para revisarla.

El archivo trae nombres, así que entre un paso y otro no se guarda en ningún lado: lo leído va y viene en la página.
Lo primero que queda guardado es el borrador de la rejilla, con los nombres ya sellados.
"""

import json
from types import MappingProxyType
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from formularios import lista_ajena, renglones, tabla
from formularios.tabla import ErrorTabla, Tabla, llana

from .. import seguridad
from ..contexto import instalacion, nuevo_id
from ..sesion import requiere
from . import bp
from .comun import evento_o_404
from .papel import es_antes, evento_con_papel
from .papel_lista import Rejilla, pintar, revisar
from .subida import abrir

_MAX_LEIDA = 4_000_000
"""Bytes de una lista leída, de vuelta de la página."""
MUESTRAS = 3
SIN_ARCHIVO = "Elija el archivo de la lista: .csv o .xlsx."
MUY_GRANDE = f"El archivo pesa más de {tabla.BYTES // 1_000_000} MB. Quite imágenes y hojas que sobren."
SE_PERDIO = "No llegó la lista que había subido. Súbala otra vez."


@bp.get("/eventos/<id>/papel/archivo")
@requiere("titular")
def papel_archivo(id: str) -> ResponseReturnValue:
    return _subir(id)


def _subir(id: str, error: str | None = None, estado: int = 200) -> ResponseReturnValue:
    evento = evento_o_404(id)
    pagina = render_template(
        "panel/papel_archivo.html", evento=evento, antes=es_antes(evento), error=error, maximo=renglones.MAXIMO
    )
    return pagina, estado


@bp.post("/eventos/<id>/papel/archivo")
@seguridad.csrf.exempt
@requiere("titular")
def papel_subir(id: str) -> ResponseReturnValue:
    """Lee el archivo y enseña sus columnas. La ficha CSRF se comprueba aquí adentro, como en las encuestas."""
    try:
        archivo, contenido = abrir("archivo", tabla.BYTES)
    except RequestEntityTooLarge:
        return _subir(id, MUY_GRANDE, 413)
    evento = evento_con_papel(id)
    if archivo is None or not archivo.filename:
        return _subir(id, SIN_ARCHIVO, 422)
    try:
        leida = tabla.leer(archivo.filename, contenido, esperados=lista_ajena.esperados())
        lista_ajena.revisar_largo(leida)
    except ErrorTabla as error:
        return _subir(id, str(error), 422)
    return _columnas(evento, leida, tabla.emparejar(leida.encabezados, lista_ajena.sinonimos()), {})


@bp.post("/eventos/<id>/papel/columnas")
@seguridad.csrf.exempt
@requiere("titular")
def papel_columnas(id: str) -> ResponseReturnValue:
    """Con las columnas ya dichas, la rejilla; si hay palabras que no se conocen, primero se pregunta qué son."""
    request.max_content_length = request.max_form_memory_size = _MAX_LEIDA
    try:
        seguridad.csrf.protect()
        leida = _de_texto(request.form.get("tabla", ""))
    except RequestEntityTooLarge:
        return _subir(id, MUY_GRANDE, 413)
    evento = evento_con_papel(id)
    if leida is None:
        return _subir(id, SE_PERDIO, 422)
    columnas = lista_ajena.leer_columnas({c: request.form.get(f"de_{c}", "") for c in lista_ajena.CAMPOS}, leida)
    aclarados = _aclarados()
    catalogos = instalacion().catalogos
    pendientes = lista_ajena.por_aclarar(catalogos, leida, columnas, aclarados)
    if not columnas:
        return _columnas(evento, leida, columnas, aclarados, "Diga por lo menos qué columna es el nombre o el sexo.")
    if len(pendientes) > lista_ajena.VALORES:
        return _columnas(evento, leida, columnas, aclarados, "Esa columna trae demasiadas palabras distintas. ¿Es ésa?")
    if pendientes:
        return _columnas(evento, leida, columnas, aclarados, "Diga qué quieren decir estas palabras de su lista.")
    filas = list(lista_ajena.a_renglones(catalogos, leida, columnas, aclarados, nuevo_id))
    rejilla = Rejilla(evento, nuevo_id(), [crudo for _, crudo in filas], "archivo")
    rejilla.filas = {crudo.id: str(numero) for numero, crudo in filas}
    leidos, avisos = revisar(rejilla)
    return pintar(rejilla, leidos, avisos, fuera=dict(leida.problemas))


def _columnas(
    evento: dict[str, Any],
    leida: Tabla,
    columnas: lista_ajena.Columnas,
    aclarados: lista_ajena.Aclarados,
    error: str | None = None,
) -> ResponseReturnValue:
    catalogos = instalacion().catalogos
    pendientes = lista_ajena.por_aclarar(catalogos, leida, columnas, {})
    pagina = render_template(
        "panel/papel_columnas.html",
        evento=evento,
        tabla=leida,
        texto=_a_texto(leida),
        campos=[(clave, titulo, columnas.get(clave)) for clave, (titulo, _) in lista_ajena.CAMPOS.items()],
        muestras=[
            [celdas[n] for _, celdas in leida.filas if celdas[n]][:MUESTRAS] for n in range(len(leida.encabezados))
        ],
        por_aclarar=[
            (campo, lista_ajena.CAMPOS[campo][0], valor, catalogos.pares(campo), aclarados.get((campo, llana(valor))))
            for campo, valor in pendientes[: lista_ajena.VALORES]
        ],
        error=error,
    )
    return pagina, 422 if error else 200


def _aclarados() -> dict[tuple[str, str], str]:
    """Lo que se dijo de cada palabra; una opción que no existe no se toma."""
    catalogos = instalacion().catalogos
    dichos = zip(
        request.form.getlist("dato"), request.form.getlist("palabra"), request.form.getlist("es"), strict=False
    )
    return {
        (campo, llana(palabra)): clave
        for campo, palabra, clave in dichos
        if campo in lista_ajena.DE_LISTA and clave in catalogos.claves(campo)
    }


def _a_texto(leida: Tabla) -> str:
    problemas = {str(numero): frase for numero, frase in leida.problemas.items()}
    return json.dumps([leida.encabezados, leida.filas, problemas], ensure_ascii=False)


def _de_texto(texto: str) -> Tabla | None:
    """La tabla que fue a la página y volvió; ``None`` si ya no es una."""
    try:
        encabezados, filas, problemas = json.loads(texto)
        leida = Tabla(
            tuple(str(titulo) for titulo in encabezados),
            tuple((int(numero), tuple(str(celda) for celda in celdas)) for numero, celdas in filas),
            MappingProxyType({int(numero): str(frase) for numero, frase in problemas.items()}),
        )
        lista_ajena.revisar_largo(leida)
    except (ValueError, TypeError, AttributeError, RecursionError, OverflowError):
        return None
    return leida if all(len(celdas) == len(leida.encabezados) for _, celdas in leida.filas) else None
