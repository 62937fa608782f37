"""La primera página: qué hay hoy, qué viene en la semana, qué espera a la titular y cómo va el año."""

from datetime import date, timedelta
from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from recoleccion import calendario
from recoleccion.consultas import avance, dispositivos, hojas_a_medias, tablero
from recoleccion.fechas import mes_largo

from ..contexto import ahora, bd, instalacion
from ..sesion import cuenta_segura, requiere
from . import anio, bp, pendientes
from .comun import con_situacion

SEMANA = timedelta(days=7)
UN_MES = timedelta(days=31)
"""Qué tan lejos se ven las efemérides que vienen y qué tan atrás, lo que registró una promotora."""


@bp.get("/")
@requiere("titular", "promotora")
def inicio() -> ResponseReturnValue:
    """Con ``?anio=``, el vistazo es de otro año."""
    momento = ahora()
    hoy = momento.date()
    proximos = [
        con_situacion(evento, momento) for evento in tablero.agenda(bd(), hoy.isoformat(), (hoy + SEMANA).isoformat())
    ]
    pasados = [con_situacion(evento, momento) for evento in tablero.sin_cerrar(bd(), hoy.isoformat(), 20)[1]]
    abiertos = [evento for evento in pasados if evento["situacion"] == "abierto"]
    agenda = {
        "hoy": [e for e in proximos if e["fecha"] == hoy.isoformat()],
        "abiertos_antes": abiertos,
        "semana": [e for e in proximos if e["fecha"] > hoy.isoformat()],
        "personas": tablero.personas_por_evento(bd(), [e["id"] for e in proximos + abiertos]),
    }
    if cuenta_segura().rol != "titular":
        return render_template("panel/inicio_promotora.html", **agenda, **_de_la_promotora(hoy))
    hojas_a_medias.barrer(bd(), momento)
    lineas = avance.de_ejercicio(bd(), hoy.year, hasta=hoy.isoformat())
    return render_template(
        "panel/inicio.html",
        **agenda,
        pendientes=pendientes.todos(hoy, lineas),
        efemerides=_las_que_vienen(hoy),
        anios=tablero.anios(bd()),
        anio=_anio(hoy, lineas),
    )


def _anio(hoy: date, lineas: list[avance.Linea]) -> anio.Anio:
    ejercicio = request.args.get("anio", hoy.year, int)
    if ejercicio not in calendario.ANIOS:
        ejercicio = hoy.year
    if ejercicio != hoy.year:
        lineas = avance.de_ejercicio(bd(), ejercicio, hasta=hoy.isoformat())
    return anio.armar(ejercicio, hoy, lineas, instalacion().catalogos)


def _las_que_vienen(hoy: date) -> list[dict[str, Any]]:
    """Las efemérides de aquí a un mes, cada una con los eventos que ya la llevan."""
    opciones = instalacion().catalogos.efemeride
    hasta = hoy + UN_MES
    proximas = [
        efemeride
        for ejercicio in sorted({hoy.year, hasta.year})
        for efemeride in calendario.efemerides(opciones, ejercicio)
        if efemeride.desde.year == ejercicio and efemeride.hasta >= hoy and efemeride.desde <= hasta
    ]
    eventos = tablero.agenda(bd(), (hoy - UN_MES).isoformat(), (hasta + UN_MES).isoformat()) if proximas else []
    return [
        {
            "efemeride": efemeride,
            "faltan": (efemeride.desde - hoy).days,
            "eventos": [
                e
                for e in eventos
                if e["estado"] != "cancelado"
                and e["efemeride"] == efemeride.clave
                and (not efemeride.cada_mes or e["fecha"][:7] == f"{efemeride.desde:%Y-%m}")
            ],
        }
        for efemeride in proximas
    ]


def _de_la_promotora(hoy: date) -> dict[str, Any]:
    """Sus teléfonos y lo que ella registró: nada de lo que toca a la titular."""
    cuenta = cuenta_segura()
    return {
        "telefonos": [t for t in dispositivos.listar(bd()) if t["cuenta_id"] == cuenta.id and not t["revocado_en"]],
        "registradas": tablero.registradas_por(bd(), cuenta.id, (hoy - UN_MES).isoformat()),
    }


@bp.get("/asistencias")
@requiere("titular")
def asistencias() -> ResponseReturnValue:
    """De qué eventos salen las asistencias de un año o de un mes: lo que hay detrás de cada número del vistazo."""
    desde, hasta, periodo = _periodo()
    pedido = {nombre: request.args.get(nombre, "") for nombre in ("sexo", "edad", "zona")}
    if pedido["sexo"] not in ("", *anio.SEXOS):
        abort(404)
    sexos = anio.NO_ESPECIFICADO if pedido["sexo"] == "x" else tuple(filter(None, [pedido["sexo"]]))
    filas = tablero.gente_por_evento(bd(), desde, hasta, sexos=sexos, edad=pedido["edad"], zona=pedido["zona"])
    catalogos = instalacion().catalogos
    quienes = [anio.SEXOS.get(pedido["sexo"], ""), catalogos.etiqueta("edad", pedido["edad"])]
    return render_template(
        "panel/asistencias.html",
        periodo=periodo,
        quienes=[texto for texto in quienes if texto],
        zona=catalogos.etiqueta("zona", pedido["zona"]),
        filas=filas,
        total=sum(fila["n"] for fila in filas),
        ejercicio=desde[:4],
    )


def _periodo() -> tuple[str, str, str]:
    """El primer día, el último y cómo se llama lo pedido con ``?mes=`` o ``?anio=``; si no, el año de hoy."""
    mes = calendario.leer_mes(request.args.get("mes", ""))
    if mes is not None:
        clave = f"{mes[0]:04d}-{mes[1]:02d}"
        return f"{clave}-01", f"{clave}-31", mes_largo(clave)
    ejercicio = request.args.get("anio", ahora().year, int)
    if ejercicio not in calendario.ANIOS:
        abort(404)
    return f"{ejercicio}-01-01", f"{ejercicio}-12-31", str(ejercicio)
