"""El programa anual: sus líneas con lo que se lleva, los trimestres, el semáforo y el ejercicio que sigue."""

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from formularios import indicadores
from formularios.texto import en_una_linea
from recoleccion.consultas import ajustes, avance, detras, trimestres
from recoleccion.consultas import poa as consulta
from recoleccion.consultas.avance import Limites, Linea
from recoleccion.errores import ErrorJornada
from recoleccion.fechas import plural

from ..contexto import ahora, bd, instalacion
from ..sesion import cuenta_segura, requiere
from . import bp
from .comun import anotando
from .poa_formas import FormularioSemaforo


@bp.get("/poa")
@requiere("titular")
def poa() -> ResponseReturnValue:
    hoy = ahora().date()
    ejercicios = consulta.ejercicios(bd())
    cercano = min(ejercicios, key=lambda e: abs(e - hoy.year), default=hoy.year)
    pedido = request.args.get("ejercicio", cercano, int)
    ejercicio = pedido if pedido in ejercicios else cercano
    t = trimestre_pedido(ejercicio, hoy)
    limites = avance.umbrales(bd())
    lineas = avance.de_ejercicio(bd(), ejercicio, hasta=hoy.isoformat())
    return render_template(
        "panel/poa.html",
        ejercicio=ejercicio,
        ejercicios=ejercicios,
        t=t,
        corte=min(hoy.isoformat(), trimestres.limites(ejercicio, t)[1]),
        lineas=[(linea, color(linea, t, limites, ejercicio, hoy)) for linea in lineas],
        por_venir=detras.por_venir(bd(), ejercicio, hoy.isoformat()),
        cuatro=cuatro_trimestres(ejercicio, hoy),
        sin_indicador=sum(not (linea.indicador or linea.unidad or linea.medida) for linea in lineas),
        limites=limites,
    )


def exigir_ejercicio(ejercicio: int) -> None:
    """:raises ErrorJornada: ``ejercicio_no_existe``; también si el número de la dirección es absurdo."""
    if ejercicio not in consulta.ejercicios(bd()):
        raise ErrorJornada("ejercicio_no_existe", ejercicio=str(ejercicio)[:6])


def trimestre_pedido(ejercicio: int, hoy: date) -> int:
    """El de ``?trimestre=``; si no se pide uno de ese año, hasta el que va."""
    va = 4 if ejercicio < hoy.year else trimestres.de_fecha(hoy.isoformat())[1] if ejercicio == hoy.year else 1
    pedido = request.args.get("trimestre", va, int)
    return pedido if 1 <= pedido <= 4 else va


def color(linea: Linea, t: int, limites: Limites, ejercicio: int, hoy: date) -> str | None:
    """El semáforo de un trimestre; mientras no termina sólo puede ser verde: lo que falta puede llegar."""
    dice = linea.semaforo(t, limites)
    return dice if dice == "verde" or trimestres.limites(ejercicio, t)[1] < hoy.isoformat() else None


def cuatro_trimestres(ejercicio: int, hoy: date) -> list[dict[str, Any]]:
    """De cada trimestre: ``n``, ``desde``, ``hasta`` y su ``estado``: cerrado, terminado, en_curso o por_venir."""
    cerrados = trimestres.cerrados(bd(), ejercicio)
    cuatro = []
    for n in range(1, 5):
        desde, hasta = trimestres.limites(ejercicio, n)
        abierto = "por_venir" if hoy.isoformat() < desde else "en_curso" if hoy.isoformat() <= hasta else "terminado"
        estado = "cerrado" if n in cerrados else abierto
        cuatro.append({"n": n, "desde": desde, "hasta": hasta, "estado": estado, **cerrados.get(n, {})})
    return cuatro


@bp.post("/poa/<int:ejercicio>/trimestres/<int:trimestre>/cierre")
@requiere("titular")
def trimestre_cerrar(ejercicio: int, trimestre: int) -> ResponseReturnValue:
    exigir_ejercicio(ejercicio)
    with anotando("cerrar trimestre", f"{ejercicio}-T{trimestre}"):
        trimestres.cerrar(bd(), ejercicio, trimestre, ahora=ahora(), quien=cuenta_segura().usuario)
    flash(f"Se cerró el {trimestres.NOMBRES[trimestre]} trimestre. Lo que se cambie en él pedirá una razón.")
    return _al_programa(ejercicio)


@bp.post("/poa/<int:ejercicio>/trimestres/<int:trimestre>/reapertura")
@requiere("titular")
def trimestre_reabrir(ejercicio: int, trimestre: int) -> ResponseReturnValue:
    exigir_ejercicio(ejercicio)
    razon = en_una_linea(request.form.get("justificacion", ""))[:500]
    with anotando("reabrir trimestre", f"{ejercicio}-T{trimestre}"):
        trimestres.reabrir(
            bd(), ejercicio, trimestre, justificacion=razon, ahora=ahora(), quien=cuenta_segura().usuario
        )
    flash(f"El {trimestres.NOMBRES[trimestre]} trimestre está abierto otra vez. Quedó anotado por qué.")
    return _al_programa(ejercicio)


@bp.get("/poa/<int:ejercicio>/cambios")
@requiere("titular")
def poa_cambios(ejercicio: int) -> ResponseReturnValue:
    exigir_ejercicio(ejercicio)
    return render_template("panel/poa_cambios.html", ejercicio=ejercicio, cambios=trimestres.cambios(bd(), ejercicio))


@bp.post("/poa/<int:ejercicio>/copia")
@requiere("titular")
def poa_copiar(ejercicio: int) -> ResponseReturnValue:
    """Carga el ejercicio que sigue con las líneas de éste."""
    exigir_ejercicio(ejercicio)
    con_metas = request.form.get("con_metas") == "1"
    with anotando("copiar programa", f"{ejercicio} a {ejercicio + 1}", "con metas" if con_metas else "sin metas"):
        cuantas = consulta.copiar(
            bd(), ejercicio, ejercicio + 1, con_metas=con_metas, ahora=ahora(), quien=cuenta_segura().usuario
        )
    flash(f"Ya está el programa de {ejercicio + 1}: {plural(cuantas, 'línea', 'líneas')}. Revise sus metas.")
    return _al_programa(ejercicio + 1)


@bp.post("/poa/<int:ejercicio>/sugeridos")
@requiere("titular")
def poa_sugerir(ejercicio: int) -> ResponseReturnValue:
    exigir_ejercicio(ejercicio)
    with anotando("sugerir indicadores", f"ejercicio {ejercicio}"):
        consulta.sugerir(bd(), ejercicio, indicadores.sugeridos(instalacion().carpeta_catalogos))
    flash("Se puso el indicador sugerido en las líneas que no tenían y que nadie había cambiado.")
    return _al_programa(ejercicio)


@bp.route("/poa/semaforo", methods=["GET", "POST"])
@requiere("titular")
def poa_semaforo() -> ResponseReturnValue:
    """Desde qué porcentaje va bien una línea."""
    verde, amarillo = avance.umbrales(bd())
    escrito = request.form if request.method == "POST" else None
    formulario = FormularioSemaforo(escrito, data={"verde": verde, "amarillo": amarillo})
    if request.method == "POST" and formulario.validate():
        limites = f"{formulario.verde.data},{formulario.amarillo.data}"
        with anotando("cambiar semáforo", "programa anual", limites):
            ajustes.guardar(bd(), "semaforo", limites)
        flash("Se guardó el semáforo.")
        return redirect(url_for(".poa"), 303)
    return render_template("panel/poa_semaforo.html", formulario=formulario), 422 if formulario.errors else 200


def _al_programa(ejercicio: int) -> ResponseReturnValue:
    return redirect(url_for(".poa", ejercicio=ejercicio), 303)
