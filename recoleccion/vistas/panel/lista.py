"""La lista de asistencia para firmar. Sólo la titular; con nombres, sólo mientras tiene abierta su llave."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from recoleccion.consultas import asistencias, bitacora, identidades, llave, oficina
from recoleccion.fechas import fecha_larga, horario, numero, plural
from recoleccion.impresos.lista import POR_HOJA, Encabezado, lista_pdf

from .. import llavero
from ..contexto import bd, instalacion
from ..sesion import requiere
from . import bp
from .comun import anotar, evento_o_404
from .formas_llave import FormularioAbrir
from .impresos import pdf

HOJAS_VACIAS, HOJAS_MAXIMAS = 2, 20
"""Una plática son unas cuarenta personas: dos hojas."""
LEYENDAS = {
    "abierta": "(sin nombre)",
    "ninguna": "(sin nombre)",
    "cerrada": "(cerrado)",
    "ilegible": "(no se pudo abrir)",
    "borrada": "(se borró)",
    "bloqueada": "(bloqueado)",
    "sin_cuaderno": "(no se pudo abrir)",
}
"""Lo que se lee en lugar de un nombre, según cómo está."""
LEYENDAS_DE_PAPEL = LEYENDAS | {"cerrada": ""}
LEYENDA = (
    "Los datos de esta lista los cuida {oficina} y se usan para comprobar la asistencia. "
    "El aviso de privacidad completo está en la entrada. Nadie está obligado a dar su nombre."
)

LEYENDA_FOTOS = " Se avisó que habrá fotos."


@bp.get("/eventos/<id>/lista")
@requiere("titular")
def lista_pagina(id: str) -> ResponseReturnValue:
    evento = evento_o_404(id)
    quienes = _quienes(evento["id"])
    anotar("ver lista", f"evento {id}", _detalle(quienes))
    cuenta = Counter(quien["identidad"] for quien in quienes)
    return render_template(
        "panel/lista.html",
        evento=evento,
        encabezado=_encabezado(evento),
        filas=[_fila(quien, LEYENDAS) for quien in quienes],
        abrir=FormularioAbrir(razon="lista"),
        hay_llave=llave.hay(bd()),
        cerradas=cuenta["cerrada"],
        ilegibles=cuenta["ilegible"],
        sin_cuaderno=cuenta["sin_cuaderno"],
        abierta=llavero.esta_abierta(),
        minutos=llavero.DURA.seconds // 60,
    )


@bp.get("/eventos/<id>/lista.pdf")
@requiere("titular")
def lista_para_firmar(id: str) -> ResponseReturnValue:
    """Con ``?vacia=1``, la misma lista sin nadie, para llenarla a mano: dos hojas, o las que diga ``hojas``.

    Con los nombres cerrados, van en blanco.
    """
    evento = evento_o_404(id)
    vacia = request.args.get("vacia") == "1"
    quienes = [] if vacia else _quienes(evento["id"])
    if not vacia:
        anotar("imprimir lista", f"evento {id}", _detalle(quienes))
    filas = [_fila(quien, LEYENDAS_DE_PAPEL) for quien in quienes]
    hojas = min(max(request.args.get("hojas", HOJAS_VACIAS, int), 1), HOJAS_MAXIMAS)
    en_blanco = hojas * POR_HOJA if vacia else 5
    return pdf(lista_pdf(_encabezado(evento, vacia=vacia), filas, en_blanco), f"lista-{evento['clave']}")


def _encabezado(evento: Mapping[str, Any], *, vacia: bool = False) -> Encabezado:
    etiqueta = instalacion().catalogos.etiqueta
    papel = oficina.membrete(bd(), instalacion(), evento["programa"])
    return Encabezado(
        oficina=papel.oficina,
        titulo=evento["titulo"],
        datos=[
            ("Actividad", etiqueta("tipo", evento["tipo"])),
            ("Tema", etiqueta("tema", evento["tema"])),
            ("Fecha", fecha_larga(evento["fecha"], con_ejercicio=True)),
            ("Hora", horario(evento["hora_inicio"], evento["hora_fin"])),
            ("Sede", evento["sede"]),
            ("Localidad", etiqueta("localidad", evento["localidad"])),
            ("Facilitadora", evento["facilitadora"] or "________________________"),
            ("Programa", etiqueta("programa", evento["programa"])),
        ],
        totales="Total: ______" if vacia else _totales(evento["id"]),
        leyenda=LEYENDA.format(oficina=papel.oficina) + (LEYENDA_FOTOS if evento["avisa_fotos"] else ""),
        programa=papel.leyenda,
        pie=papel.pie,
        bitacora=cabeza.corta if (cabeza := bitacora.cabeza(bd())) else "",
        logo=papel.logo,
    )


def _totales(evento_id: str) -> str:
    vivo = asistencias.vivo(bd(), evento_id)
    mujeres, hombres = vivo["por_sexo"].get("M", 0), vivo["por_sexo"].get("H", 0)
    partes = [plural(mujeres, "mujer", "mujeres"), plural(hombres, "hombre", "hombres")]
    if resto := vivo["total"] - mujeres - hombres:
        partes.append(f"{numero(resto)} sin especificar")
    texto = f"Total: {plural(vivo['total'], 'persona', 'personas')} ({', '.join(partes)})."
    contadas = vivo["por_modo"].get("conteo", 0)
    return f"{texto} De ellas, {numero(contadas)} sólo se contaron." if contadas else texto


def _quienes(evento_id: str) -> list[dict[str, Any]]:
    """Los renglones de la lista; con nombres sólo si la titular tiene abierta la llave."""
    return identidades.mostrar(asistencias.lista(bd(), evento_id), llavero.sello_abierto())


def _detalle(quienes: Sequence[Mapping[str, Any]]) -> str:
    """Cuántos nombres se vieron, para la bitácora."""
    vistos = sum(quien["identidad"] == "abierta" for quien in quienes)
    return plural(vistos, "nombre abierto", "nombres abiertos") if vistos else "sin nombres"


def _fila(quien: Mapping[str, Any], leyendas: Mapping[str, str]) -> dict[str, str]:
    """``leyenda``: lo que va en lugar del nombre."""
    etiqueta = instalacion().catalogos.etiqueta
    leyenda = "" if quien["nombre"] else leyendas[quien["identidad"]]
    return {
        "nombre": quien["nombre"] or leyenda,
        "leyenda": leyenda,
        "sexo": etiqueta("sexo", quien["sexo"]),
        "edad": "" if quien["edad"] == "nd" else quien["edad"],
        "procedencia": etiqueta("procedencia", quien["procedencia"]),
        "telefono": quien["telefono"] or "",
    }
