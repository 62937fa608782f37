"""Lo que hay detrás de cada cifra de un informe: los eventos y las actividades que la suman."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from formularios import actividad
from recoleccion.consultas import avance, poa
from recoleccion.consultas import informes as consulta
from recoleccion.errores import ErrorJornada

from ..contexto import ahora, bd, instalacion
from ..sesion import requiere
from . import bp
from .informes import periodo_o_404

SUMAN = ("mujeres", "hombres", "no_especificado", "total")


@bp.get("/informes/<int:ejercicio>/<periodo>/linea/<linea>")
@requiere("titular")
def informe_linea(ejercicio: int, periodo: str, linea: str) -> ResponseReturnValue:
    """Con ``?acumulado=1``, desde el primero de enero. Con ``?informe=``, junto a lo que ese informe guardó."""
    cual = periodo_o_404(ejercicio, periodo)
    acumulado = request.args.get("acumulado") == "1"
    corte = cual.corte(ahora().date())
    dias = {"ejercicio": ejercicio, "desde": f"{ejercicio}-01-01" if acumulado else cual.desde, "hasta": corte}
    encontrada = next((fila for fila in poa.listar(bd(), ejercicio) if fila["clave"] == linea), None)
    if encontrada is None or not cual.trimestres:
        raise ErrorJornada("linea_no_existe")
    calculada = next(fila for fila in avance.de_ejercicio(bd(), ejercicio, hasta=corte) if fila.clave == linea)
    trimestres = range(1, cual.trimestres[-1] + 1) if acumulado else cual.trimestres
    hechos = consulta.eventos(bd(), dias, linea=linea)
    tipos = {tipo.clave: tipo for tipo in actividad.tipos(instalacion().carpeta_catalogos).get(linea, ())}
    return render_template(
        "panel/informe_registros.html",
        periodo=cual,
        linea=encontrada,
        acumulado=acumulado,
        dias=dias,
        realizado=sum(calculada.realizado[t - 1] for t in trimestres),
        guardado=_guardado(linea, acumulado, cual.trimestres),
        eventos=hechos,
        totales=_totales(hechos),
        actividades=consulta.actividades(bd(), dias, linea=linea),
        tipos=tipos,
        catalogos=instalacion().catalogos,
    )


@bp.get("/informes/<int:ejercicio>/<periodo>/eventos")
@requiere("titular")
def informe_eventos(ejercicio: int, periodo: str) -> ResponseReturnValue:
    """Todos los eventos del informe, lleven o no líneas: los de la población atendida."""
    cual = periodo_o_404(ejercicio, periodo)
    hoy = ahora().date()
    dias = {"ejercicio": ejercicio, "desde": cual.desde, "hasta": cual.corte(hoy)}
    if cual.efemerides:
        dias |= {"desde": f"{ejercicio}-01-01", "hasta": min(f"{ejercicio}-12-31", hoy.isoformat())}
    hechos = consulta.eventos(bd(), dias, efemerides=cual.efemerides)
    return render_template(
        "panel/informe_registros.html",
        periodo=cual,
        linea=None,
        acumulado=False,
        dias=dias,
        realizado=None,
        guardado=None,
        eventos=hechos,
        totales=_totales(hechos),
        actividades=[],
        tipos={},
        catalogos=instalacion().catalogos,
    )


def _totales(hechos: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    return {que: sum(int(evento[que]) for evento in hechos) for que in SUMAN}


def _guardado(linea: str, acumulado: bool, trimestres: Sequence[int]) -> dict[str, Any] | None:
    """Lo realizado según el informe del que se viene, para decir si hoy da otra cosa."""
    if not (id := request.args.get("informe")):
        return None
    informe = consulta.leer(bd(), id)
    suya = next((fila for fila in informe.datos.get("lineas", ()) if fila["clave"] == linea), None)
    if suya is None:
        return None
    realizado = suya["acumulado"] if acumulado else sum(suya["realizado"][t - 1] for t in trimestres)
    return {"id": informe.id, "hecho_en": informe.hecho_en, "realizado": realizado}
