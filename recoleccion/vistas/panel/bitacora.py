"""La bitácora: quién hizo qué, para leerla, buscar en ella y bajarla. Aquí nada se cambia."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from formularios import tabla
from recoleccion.consultas import bitacora as consulta
from recoleccion.consultas import eventos
from recoleccion.fechas import plural

from ..contexto import bd
from ..sesion import cuenta_segura, requiere
from . import bp
from .comun import anotar
from .formas_llave import RAZONES
from .llave import OBJETO as LLAVE

POR_PAGINA = 50
TITULOS = ("Renglón", "Cuándo", "Quién", "Qué hizo", "Con qué", "Detalle", "Huella")
_DE_EVENTO = "evento "
_DEL_SISTEMA = ("cuenta ", "panel", "campo", "ajuste", "bitácora", "dispositivo ", "respaldo", "cuaderno ")
"""De estos objetos el detalle lo escribe el programa."""


@bp.get("/bitacora")
@requiere("titular", "administra")
def bitacora() -> ResponseReturnValue:
    """La cadena se recorre entera al abrir la primera página; en las demás se dice sólo la cabeza."""
    filtros = _filtros()
    argumentos = {clave: valor for clave, valor in filtros.items() if valor}
    cuantos = consulta.contar(bd(), filtros)
    paginas = max(1, -(-cuantos // POR_PAGINA))
    pagina = min(max(request.args.get("pagina", 1, int), 1), paginas)
    papel = request.args.get("papel", "").strip()[:64]
    quienes, acciones = consulta.quienes_y_que(bd())
    filas = _sin_lo_escrito(consulta.listar(bd(), POR_PAGINA, salto=(pagina - 1) * POR_PAGINA, filtros=filtros))
    return render_template(
        "panel/bitacora.html",
        filas=filas,
        titulos=_titulos(filas),
        cuantos=cuantos,
        pagina=pagina,
        paginas=paginas,
        filtros=filtros,
        argumentos=argumentos,
        quienes=quienes,
        acciones=acciones,
        revision=consulta.revisar(bd()) if pagina == 1 and not argumentos else None,
        cabeza=consulta.cabeza(bd()),
        papel=papel,
        hallado=consulta.de_papel(bd(), papel) if papel else None,
    )


@bp.get("/bitacora/hoja.csv")
@requiere("titular", "administra")
def bitacora_csv() -> ResponseReturnValue:
    """Los renglones que cumplen los filtros, el más nuevo primero. Bajarla también se anota."""
    filtros = _filtros()
    cuantos = consulta.contar(bd(), filtros)
    filas = _sin_lo_escrito(consulta.listar(bd(), cuantos, filtros=filtros, con_huella=True))
    anotar("bajar bitácora", "bitácora", plural(len(filas), "renglón", "renglones"))
    respuesta = Response(tabla.a_csv(TITULOS, [tuple(fila.values()) for fila in filas]), mimetype="text/csv")
    respuesta.headers["Content-Disposition"] = 'attachment; filename="bitacora.csv"'
    return respuesta


def _sin_lo_escrito(filas: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A quien administra sólo se le enseña el detalle de lo suyo. Lo que alguien escribió (para qué abrió los nombres,
    por qué descartó un registro o amplió un plazo) podría decir de quién era."""
    if cuenta_segura().rol != "titular":
        for fila in filas:
            suyo = fila["objeto"].startswith(_DEL_SISTEMA)
            if not suyo and not (fila["objeto"] == LLAVE and fila["detalle"] in RAZONES.values()):
                fila["detalle"] = ""
    return filas


def _filtros() -> dict[str, str]:
    """Lo que se pide en la dirección; una fecha que no es fecha es como no pedirla. Buscar texto, sólo la titular."""
    pedidos = {clave: request.args.get(clave, "").strip()[:80] for clave in ("quien", "accion", "texto")}
    if cuenta_segura().rol != "titular":
        pedidos["texto"] = ""
    return {clave: _dia(request.args.get(clave, "")) for clave in ("desde", "hasta")} | pedidos


def _dia(escrito: str) -> str:
    try:
        return date.fromisoformat(escrito).isoformat()
    except ValueError:
        return ""


def _titulos(filas: list[dict[str, Any]]) -> Mapping[str, Mapping[str, str]]:
    """Por objeto («evento» y su id), cómo se llama y con qué id, para enlazarlo; sólo a la titular."""
    hallados: dict[str, dict[str, str]] = {}
    if cuenta_segura().rol != "titular":
        return hallados
    for objeto in {fila["objeto"] for fila in filas if fila["objeto"].startswith(_DE_EVENTO)}:
        if evento := eventos.leer(bd(), objeto.removeprefix(_DE_EVENTO)):
            hallados[objeto] = {"id": evento["id"], "titulo": evento["titulo"]}
    return hallados
