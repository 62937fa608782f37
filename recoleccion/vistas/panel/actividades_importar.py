"""Agregar actividades desde una hoja de cálculo: leerla, enseñar qué pasaría con cada renglón y, al aceptar, anotarlas.

Subir dos veces el mismo archivo no duplica nada: el id de cada renglón sale de lo que dice.
"""

from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from formularios import actividad_hoja, tabla
from formularios.actividad_hoja import Renglon
from recoleccion import reglas
from recoleccion.consultas import actividades as consulta
from recoleccion.consultas import espera, poa, trimestres
from recoleccion.errores import ErrorJornada
from recoleccion.fechas import plural

from .. import seguridad
from ..contexto import ahora, azar, bd, instalacion
from ..sesion import cuenta_segura, requiere
from . import bp
from .comun import anotando
from .subida import abrir, nombre_corto

CLASE = "actividades"
MEGAS = tabla.BYTES // 1_000_000
MUY_GRANDE = f"El archivo pesa más de {MEGAS} MB. Quite imágenes y hojas que sobren, o pártalo, y súbalo otra vez."
SIN_ARCHIVO = "Elija el archivo: .xlsx o .csv."
A_LA_VISTA = 300
"""Renglones de cada clase que se enseñan."""


@dataclass(frozen=True)
class Visto:
    """Un renglón y qué pasaría con él. ``estado``: «nueva», «ya», «quitada» o «mal»."""

    renglon: Renglon
    id: str
    estado: str
    notas: tuple[str, ...]


@bp.route("/actividades/importar", methods=["GET", "POST"])
@seguridad.csrf.exempt
@requiere("titular")
def actividades_importar() -> ResponseReturnValue:
    """Lee el archivo. La ficha CSRF se comprueba aquí adentro: para leerla se acepta antes un cuerpo más grande."""
    if request.method == "GET":
        return _subir(None, 200)
    try:
        archivo, contenido = abrir("archivo", tabla.BYTES)
    except RequestEntityTooLarge:
        return _subir(MUY_GRANDE, 413)
    if archivo is None or not archivo.filename:
        return _subir(SIN_ARCHIVO, 422)
    if len(contenido) > tabla.BYTES:
        return _subir(MUY_GRANDE, 413)
    nombre = nombre_corto(archivo.filename)
    try:
        leida = tabla.leer(nombre, contenido, esperados=actividad_hoja.NOMBRES)
    except tabla.ErrorTabla as error:
        return _subir(f"«{nombre}» no se pudo tomar. {error}", 422)
    renglones, sobran = actividad_hoja.recortar(leida)
    faltan = [c for c in ("fecha", "tipo", "cantidad") if not any(c in r["celdas"] for r in renglones)]
    if faltan:
        titulos = ", ".join(f"«{actividad_hoja.CAMPOS[campo][0]}»" for campo in faltan)
        return _subir(
            f"En «{nombre}» no se halló la columna {titulos}. Póngale ese título a la suya y súbalo otra vez.", 422
        )
    tipos, linea = consulta.catalogo(bd()), request.form.get("linea", "")
    lector = actividad_hoja.Lector(
        tipos, instalacion().catalogos.pares("tema"), ahora().date(), linea if linea in tipos else None
    )
    guardado = {
        "archivo": nombre,
        "avisos": list(leida.avisos),
        "sobran": sobran,
        "renglones": [actividad_hoja.a_espera(lector.leer(**renglon)) for renglon in renglones],
    }
    huella = sha256(reglas.json_canonico(guardado)).hexdigest()
    espera.dejar(bd(), CLASE, huella, guardado, ahora())
    return redirect(url_for(".actividades_importada", huella=huella), 303)


def _subir(error: str | None, estado: int) -> ResponseReturnValue:
    tipos = consulta.catalogo(bd())
    temas = [etiqueta for _, etiqueta in instalacion().catalogos.pares("tema")]
    pagina = render_template(
        "panel/actividades_importar.html", error=error, megas=MEGAS, tipos=tipos, temas=temas, maximo=tabla.FILAS
    )
    return pagina, estado


@bp.get("/actividades/importada/<huella>")
@requiere("titular")
def actividades_importada(huella: str) -> ResponseReturnValue:
    """Qué pasaría con cada renglón. Nada se ha guardado todavía."""
    return _revision(huella)


@bp.post("/actividades/importada/<huella>")
@requiere("titular")
def actividades_guardar(huella: str) -> ResponseReturnValue:
    """Anota las nuevas que se vieron, todas o ninguna; si entre tanto cambió algo, se vuelve a enseñar."""
    guardado = espera.leer(bd(), CLASE, huella)
    if guardado is None:
        return _ya_no_esta()
    vistos = _vistos(guardado)
    nuevas = [visto for visto in vistos if visto.estado == "nueva"]
    if request.form.get("visto") != _sello(nuevas):
        return _revision(huella, "Entre tanto cambió algo: revise otra vez qué se va a anotar.", 409)
    razon = request.form.get("justificacion", "").strip()[:300] or None
    tipos, cuando, quien = consulta.catalogo(bd()), ahora(), cuenta_segura().usuario
    try:
        with anotando("importar actividades", "actividades", f"{len(nuevas)} de {guardado['archivo']}"):
            for visto in nuevas:
                datos = visto.renglon.datos or {}
                consulta.crear(
                    bd(), datos, ahora=cuando, quien=quien, azar=azar(), id=visto.id, justificacion=razon, tipos=tipos
                )
    except ErrorJornada as error:
        return _revision(huella, f"No se anotó ninguna. {error.mensaje} {error.que_hacer}", error.http_status)
    flash(f"{plural(len(nuevas), 'actividad anotada', 'actividades anotadas')}.")
    if any(visto.estado == "mal" for visto in vistos):
        return redirect(url_for(".actividades_importada", huella=huella), 303)
    espera.olvidar(bd(), CLASE, huella)
    return redirect(url_for(".actividades"), 303)


@bp.post("/actividades/importada/<huella>/descarte")
@requiere("titular")
def actividades_descartar(huella: str) -> ResponseReturnValue:
    espera.olvidar(bd(), CLASE, huella)
    flash("Se descartó el archivo: no se anotó nada de él.")
    return redirect(url_for(".actividades_importar"), 303)


def _revision(huella: str, error: str | None = None, estado: int = 200) -> ResponseReturnValue:
    guardado = espera.leer(bd(), CLASE, huella)
    if guardado is None:
        return _ya_no_esta()
    vistos = _vistos(guardado)
    grupos: dict[str, list[Visto]] = {"mal": [], "nueva": [], "ya": [], "quitada": []}
    for visto in vistos:
        grupos[visto.estado].append(visto)
    pagina = render_template(
        "panel/actividades_importada.html",
        huella=huella,
        guardado=guardado,
        grupos=grupos,
        sello=_sello(grupos["nueva"]),
        con_razon=_tocan_cerrado(grupos["nueva"]),
        razon=request.form.get("justificacion", ""),
        etiquetas={(linea, t.clave): t for linea, de_ella in consulta.catalogo(bd()).items() for t in de_ella},
        campos=actividad_hoja.CAMPOS,
        error=error,
        a_la_vista=A_LA_VISTA,
    )
    return pagina, estado


def _ya_no_esta() -> ResponseReturnValue:
    flash("Ese archivo ya no espera: pasó un día, o ya se anotó. Súbalo otra vez; lo que ya está no se duplica.")
    return redirect(url_for(".actividades_importar"), 303)


def _vistos(guardado: dict[str, Any]) -> list[Visto]:
    """Cada renglón del archivo contra lo que hoy está anotado."""
    renglones = [actividad_hoja.de_espera(partes) for partes in guardado["renglones"]]
    ids = _ids(renglones)
    estan = consulta.ya_estan(bd(), [id for id in ids if id])
    repetidas = actividad_hoja.iguales(renglones)
    lineas = {anio: {fila["clave"] for fila in poa.listar(bd(), anio)} for anio in poa.ejercicios(bd())}
    parecidas = consulta.por_fecha_y_tipo(bd(), set(lineas))
    return [
        _visto(renglon, id, estan, repetidas, lineas, parecidas) for renglon, id in zip(renglones, ids, strict=True)
    ]


def _ids(renglones: list[Renglon]) -> list[str]:
    """El que traía cada uno o, si no, el que sale de lo que dice y de cuántos iguales van antes; vacío si está mal."""
    veces: Counter[str] = Counter()
    ids = []
    for renglon in renglones:
        if renglon.datos is None:
            ids.append("")
        elif reglas.id_valido(renglon.id):
            ids.append(renglon.id)
        else:
            primero = consulta.id_de_renglon(renglon.datos, 0)
            ids.append(consulta.id_de_renglon(renglon.datos, veces[primero]))
            veces[primero] += 1
    return ids


def _visto(
    renglon: Renglon,
    id: str,
    estan: dict[str, bool],
    repetidas: dict[int, int],
    lineas: dict[int, set[str]],
    parecidas: dict[tuple[str, str, str], int],
) -> Visto:
    if renglon.datos is None:
        return Visto(renglon, id, "mal", renglon.errores)
    linea, fecha = renglon.datos["linea"], renglon.datos["fecha"]
    anio = int(fecha[:4])
    if linea not in lineas.get(anio, ()):
        return Visto(renglon, id, "mal", (f"Fecha: la línea {linea} no está en el programa anual de {anio}.",))
    if id in estan:
        return Visto(renglon, id, "ya" if estan[id] else "quitada", ())
    notas = list(renglon.avisos)
    if renglon.fila in repetidas:
        notas.append(f"Dice lo mismo que la fila {repetidas[renglon.fila]}: si es un error, quítela del archivo.")
    iguales = parecidas.get((linea, renglon.datos["tipo"], fecha), 0)
    if iguales:
        notas.append(f"Ese día ya hay {plural(iguales, 'actividad anotada', 'actividades anotadas')} de este tipo.")
    return Visto(renglon, id, "nueva", tuple(notas))


def _sello(nuevas: list[Visto]) -> str:
    """Qué se vio: si ya no es esto, no se guarda."""
    return sha256(reglas.json_canonico([[v.id, dict(v.renglon.datos or {})] for v in nuevas])).hexdigest()


def _tocan_cerrado(nuevas: list[Visto]) -> bool:
    dias = {(v.renglon.datos or {}).get(columna) for v in nuevas for columna in ("fecha", "cumplida_el")} - {None}
    return any(trimestres.cerrado(bd(), *par) for par in {trimestres.de_fecha(dia) for dia in dias})
