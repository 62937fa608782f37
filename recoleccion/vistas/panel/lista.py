"""La lista de asistencia para firmar. Lleva nombres: sólo la titular, nunca se guarda en el navegador."""

from collections.abc import Mapping
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from recoleccion.consultas import ajustes, asistencias
from recoleccion.fechas import fecha_larga, horario, numero, plural
from recoleccion.impresos.lista import Encabezado, lista_pdf

from ..contexto import bd, instalacion
from ..sesion import requiere
from . import bp
from .comun import anotar, evento_o_404
from .impresos import pdf

LEYENDA = (
    "Los datos de esta lista los cuida {oficina} y se usan para comprobar la asistencia. "
    "El aviso de privacidad completo está en la entrada. Nadie está obligado a dar su nombre."
)


@bp.get("/eventos/<id>/lista")
@requiere("titular")
def lista_pagina(id: str) -> ResponseReturnValue:
    evento = evento_o_404(id)
    anotar("ver lista", f"evento {id}")
    return render_template(
        "panel/lista.html", evento=evento, encabezado=_encabezado(evento), filas=_filas(evento["id"])
    )


@bp.get("/eventos/<id>/lista.pdf")
@requiere("titular")
def lista_para_firmar(id: str) -> ResponseReturnValue:
    """Con ``?vacia=1``, la misma hoja sin nadie, para llenarla a mano."""
    evento = evento_o_404(id)
    vacia = request.args.get("vacia") == "1"
    if not vacia:
        anotar("imprimir lista", f"evento {id}")
    filas = [] if vacia else _filas(evento["id"])
    return pdf(lista_pdf(_encabezado(evento, vacia=vacia), filas), f"lista-{evento['clave']}")


def _encabezado(evento: Mapping[str, Any], *, vacia: bool = False) -> Encabezado:
    etiqueta = instalacion().catalogos.etiqueta
    oficina = ajustes.leer(bd(), "oficina") or ""
    return Encabezado(
        oficina=oficina,
        titulo=evento["titulo"],
        datos=[
            ("Actividad", etiqueta("tipo", evento["tipo"])),
            ("Tema", etiqueta("tema", evento["tema"])),
            ("Fecha", fecha_larga(evento["fecha"], con_ejercicio=True)),
            ("Hora", horario(evento["hora_inicio"], evento["hora_fin"])),
            ("Sede", evento["sede"]),
            ("Localidad", etiqueta("localidad", evento["localidad"])),
            ("Facilitadora", "________________________"),
            ("Programa", etiqueta("programa", evento["programa"])),
        ],
        totales="Total: ______" if vacia else _totales(evento["id"]),
        leyenda=LEYENDA.format(oficina=oficina),
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


def _filas(evento_id: str) -> list[dict[str, str]]:
    etiqueta = instalacion().catalogos.etiqueta
    return [
        {
            "nombre": fila["nombre"] or "(sin nombre)",
            "sexo": etiqueta("sexo", fila["sexo"]),
            "edad": "" if fila["edad"] == "nd" else fila["edad"],
            "procedencia": etiqueta("procedencia", fila["procedencia"]),
            "telefono": fila["telefono"] or "",
        }
        for fila in asistencias.lista(bd(), evento_id)
    ]
