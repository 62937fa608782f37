"""El calendario: un mes o el año, con efemérides, y la dirección secreta para verlo en el teléfono de la oficina."""

import hmac
from collections import Counter
from datetime import date
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from recoleccion import calendario as reglas_calendario
from recoleccion.consultas import ajustes, tablero
from recoleccion.fechas import MESES, mes_largo
from recoleccion.instalacion import ZONA_HORARIA
from recoleccion.sellado import b64

from ..contexto import ahora, azar, bd, instalacion
from ..sesion import cuenta_segura, publica, requiere
from . import bp
from .comun import anotando, con_situacion

LLAVE = "calendario_llave"
"""El ajuste con la llave de la dirección; vacío, el calendario no sale de aquí."""
_BYTES_LLAVE = 24


@bp.get("/calendario")
@requiere("titular", "promotora")
def calendario() -> ResponseReturnValue:
    """El mes de ``?mes=2026-11`` o el año de ``?anio=2026``; sin nada, el mes de hoy."""
    hoy = ahora().date()
    if "anio" in request.args:
        ejercicio = request.args.get("anio", 0, int)
        if ejercicio not in reglas_calendario.ANIOS:
            abort(404)
        return _pagina_del_anio(ejercicio, hoy)
    mes = reglas_calendario.leer_mes(request.args.get("mes", f"{hoy:%Y-%m}"))
    if mes is None:
        abort(404)
    return _pagina_del_mes(*mes, hoy)


def _pagina_del_mes(ejercicio: int, mes: int, hoy: date) -> str:
    semanas, momento = reglas_calendario.semanas(ejercicio, mes), ahora()
    eventos: dict[str, list[dict[str, Any]]] = {}
    for evento in tablero.agenda(bd(), semanas[0][0].isoformat(), semanas[-1][-1].isoformat()):
        eventos.setdefault(evento["fecha"], []).append(con_situacion(evento, momento))
    efemerides = _efemerides({semanas[0][0].year, ejercicio, semanas[-1][-1].year})
    clave = f"{ejercicio}-{mes:02d}"
    return render_template(
        "panel/calendario.html",
        semanas=semanas,
        eventos=eventos,
        efemerides=reglas_calendario.por_dia(efemerides),
        en_rango=reglas_calendario.dias_de_rango(efemerides),
        mes=mes,
        ejercicio=ejercicio,
        titulo=mes_largo(clave),
        cuantos=sum(len(suyos) for dia, suyos in eventos.items() if dia.startswith(clave)),
        hoy=hoy,
        anterior=_clave_si_cabe(*reglas_calendario.mes_anterior(ejercicio, mes)),
        siguiente=_clave_si_cabe(*reglas_calendario.mes_siguiente(ejercicio, mes)),
        **_direccion(),
    )


def _pagina_del_anio(ejercicio: int, hoy: date) -> str:
    dias = tablero.eventos_por_dia(bd(), f"{ejercicio}-01-01", f"{ejercicio}-12-31")
    por_mes = Counter[int]()
    for dia, cuantos in dias.items():
        por_mes[int(dia[5:7])] += cuantos
    efemerides = [e for e in _efemerides({ejercicio}) if not e.cada_mes]
    return render_template(
        "panel/calendario_anio.html",
        ejercicio=ejercicio,
        meses=[
            {
                "clave": f"{ejercicio}-{n:02d}",
                "numero": n,
                "nombre": MESES[n - 1],
                "semanas": reglas_calendario.semanas(ejercicio, n),
                "eventos": por_mes[n],
                "efemerides": [e for e in efemerides if e.desde.year == ejercicio and e.desde.month == n],
            }
            for n in range(1, 13)
        ],
        dias=dias,
        senalados=reglas_calendario.por_dia(efemerides),
        hoy=hoy,
        cuantos=sum(dias.values()),
        anios=reglas_calendario.ANIOS,
        **_direccion(),
    )


def _efemerides(anios: set[int]) -> list[reglas_calendario.Efemeride]:
    opciones = instalacion().catalogos.efemeride
    return [e for anio in sorted(anios) for e in reglas_calendario.efemerides(opciones, anio) if e.desde.year == anio]


def _clave_si_cabe(ejercicio: int, mes: int) -> str | None:
    return f"{ejercicio}-{mes:02d}" if ejercicio in reglas_calendario.ANIOS else None


# --- En el calendario del teléfono ------------------------------------------------------------------------------


def _direccion() -> dict[str, str | None]:
    """La dirección vigente, que sólo ve la titular: ``direccion`` (https) y ``suscribir`` (webcal)."""
    llave = ajustes.leer(bd(), LLAVE)
    if not llave or cuenta_segura().rol != "titular":
        return {"direccion": None, "suscribir": None}
    host = (ajustes.leer(bd(), "host_publico") or request.host_url).rstrip("/")
    direccion = f"{host}{url_for('.calendario_ics', llave=llave)}"
    return {"direccion": direccion, "suscribir": f"webcal://{direccion.partition('://')[2]}"}


@bp.post("/calendario/direccion")
@requiere("titular")
def calendario_direccion() -> ResponseReturnValue:
    """Hace una dirección nueva; la que hubiera deja de servir. Con ``quitar``, se queda sin ninguna."""
    quitar = request.form.get("quitar") == "1"
    with anotando("quitar dirección" if quitar else "dirección nueva", "calendario"):
        ajustes.guardar(bd(), LLAVE, "" if quitar else b64(azar().randbytes(_BYTES_LLAVE)))
    flash(
        "La dirección dejó de servir: los calendarios que la usaban ya no se actualizan."
        if quitar
        else "Está lista la dirección. Si había otra, dejó de servir."
    )
    return redirect(url_for(".calendario", direccion=1, _anchor="en-el-telefono"), 303)


@bp.get("/calendario/<llave>.ics")
@publica
def calendario_ics(llave: str) -> ResponseReturnValue:
    """Los eventos del año pasado en adelante, para quien tenga la dirección: título, lugar y hora, nunca personas."""
    vigente = ajustes.leer(bd(), LLAVE) or ""
    if not vigente or not hmac.compare_digest(vigente.encode(), llave.encode()):
        abort(404)
    desde, hasta = f"{ahora().year - 1}-01-01", f"{reglas_calendario.ANIOS[-1]}-12-31"
    texto = reglas_calendario.icalendar(
        tablero.para_icalendar(bd(), desde, hasta),
        nombre=ajustes.leer(bd(), "oficina", "Oficina") or "Oficina",
        zona=ZONA_HORARIA,
    )
    return Response(texto.encode(), content_type="text/calendar; charset=utf-8")
