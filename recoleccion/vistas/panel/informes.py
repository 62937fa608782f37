"""Los informes: prepararlos, guardarlos con su huella y bajarlos. La página, el PDF y el XLSX salen de lo guardado."""

from collections.abc import Mapping
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from recoleccion import informar, reglas
from recoleccion.consultas import informes as consulta
from recoleccion.consultas import poa, trimestres
from recoleccion.errores import ErrorJornada
from recoleccion.hojas.informe import informe_xlsx
from recoleccion.impresos.informe import MEDIDAS, informe_pdf
from recoleccion.informes import armar, canonico, cuadro, periodos
from recoleccion.informes.periodos import Periodo

from ..contexto import ahora, bd, instalacion, nuevo_id
from ..sesion import cuenta_segura, requiere
from . import bp
from .comun import anotando, anotar
from .impresos import pdf

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def periodo_o_404(ejercicio: int, clave: str) -> Periodo:
    """:raises ErrorJornada: ``informe_no_existe`` si no es un periodo o ese ejercicio no tiene programa."""
    periodo = periodos.de_clave(ejercicio, clave)
    if periodo is None or ejercicio not in poa.ejercicios(bd()):
        raise ErrorJornada("informe_no_existe")
    return periodo


@bp.get("/informes")
@requiere("titular")
def informes() -> ResponseReturnValue:
    hoy = ahora().date()
    ejercicios = poa.ejercicios(bd())
    cercano = min(ejercicios, key=lambda e: abs(e - hoy.year), default=hoy.year)
    pedido = request.args.get("ejercicio", cercano, int)
    ejercicio = pedido if pedido in ejercicios else cercano
    guardados = consulta.listar(bd(), ejercicio)
    return render_template(
        "panel/informes.html",
        ejercicio=ejercicio,
        ejercicios=ejercicios,
        periodos=[
            {
                "periodo": periodo,
                "empezo": periodo.empezo(hoy),
                "termino": periodo.termino(hoy),
                "guardado": next((g for g in guardados if g["periodo"] == periodo.clave), None),
            }
            for periodo in periodos.todos(ejercicio)
        ],
        guardados=guardados,
    )


@bp.route("/informes/<int:ejercicio>/<periodo>", methods=["GET", "POST"])
@requiere("titular")
def informe_preparar(ejercicio: int, periodo: str) -> ResponseReturnValue:
    """La vista previa con lo que hay hoy, y el formulario con lo que se escribe. Se guarda justo lo que se vio."""
    cual = periodo_o_404(ejercicio, periodo)
    hoy = ahora().date()
    if not cual.empezo(hoy):
        return render_template("panel/informe_por_venir.html", periodo=cual), 422 if request.method == "POST" else 200
    cifras = informar.cifras(bd(), instalacion(), cual, hoy)
    if request.method == "GET":
        return _vista_previa(cual, cifras, _lo_de_antes(cual))
    escrito = _escrito(cifras)
    id = request.form.get("id", "")
    if any(guardado["id"] == id for guardado in consulta.listar(bd(), ejercicio, periodo)):
        flash("Ese informe ya estaba guardado y no cambia. Si corrigió algo, guarde otro.")
        return redirect(url_for(".informe", id=id), 303)
    if request.form.get("cifras") != canonico.huella_de_cifras(cifras) or not reglas.id_valido(id):
        return _vista_previa(cual, cifras, escrito, cambiaron=True), 409
    with anotando("guardar informe", f"informe {id}", f"{ejercicio} {periodo}"):
        informar.guardar(bd(), cifras, id=id, ahora=ahora(), quien=cuenta_segura().nombre, **escrito)
    flash("Se guardó el informe. Ya no cambia: si llegan más registros, guarde otro.")
    return redirect(url_for(".informe", id=id), 303)


def _vista_previa(
    periodo: Periodo, cifras: dict[str, Any], escrito: Mapping[str, Any], *, cambiaron: bool = False
) -> str:
    vista = cifras | {"justificaciones": escrito["justificaciones"], "nota": "", "firmas": escrito["firmas"]}
    faltan = {linea["clave"] for linea in cifras.get("lineas", ()) if linea["semaforo"] in ("amarillo", "rojo")}
    return render_template(
        "panel/informe_preparar.html",
        periodo=periodo,
        datos=vista,
        faltan=faltan,
        escrito=escrito,
        papeles=armar.PAPELES,
        limites={"texto": armar.LIMITE_TEXTO, "firma": armar.LIMITE_FIRMA},
        id=nuevo_id(),
        cifras=canonico.huella_de_cifras(cifras),
        cambiaron=cambiaron,
        hoy=ahora().date().isoformat(),
        **_leido(vista),
    )


def _leido(datos: Mapping[str, Any]) -> dict[str, Any]:
    """Lo que la plantilla dibuja, escrito por ``cuadro`` igual que en el PDF."""
    return {
        "renglones": cuadro.renglones(datos) if "lineas" in datos else [],
        "poblacion": cuadro.cuadro_de_poblacion(datos),
        "corte": cuadro.leyenda_del_corte(datos),
        "leyenda_semaforo": cuadro.leyenda_del_semaforo(datos["umbrales"]) if "umbrales" in datos else "",
        "reglas": cuadro.REGLAS,
    }


def _lo_de_antes(periodo: Periodo) -> dict[str, Any]:
    """Lo escrito la última vez que se guardó este mismo informe; las firmas, del último de cualquiera."""
    anterior = consulta.ultimo(bd(), periodo.ejercicio, periodo.clave) or {}
    firmas = (anterior or consulta.ultimo(bd()) or {}).get("firmas") or {papel: {} for papel, _ in armar.PAPELES}
    if not firmas["elaboro"].get("nombre"):
        firmas["elaboro"] = {"nombre": cuenta_segura().nombre, "cargo": firmas["elaboro"].get("cargo", "")}
    return {
        "justificaciones": anterior.get("justificaciones", {}),
        "nota": anterior.get("nota", ""),
        "firmas": firmas,
    }


def _escrito(cifras: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "justificaciones": {
            linea["clave"]: request.form.get(f"justificacion-{linea['clave']}", "").strip()
            for linea in cifras.get("lineas", ())
        },
        "nota": request.form.get("nota", "").strip(),
        "firmas": {
            papel: {que: request.form.get(f"{papel}-{que}", "").strip() for que in ("nombre", "cargo")}
            for papel, _ in armar.PAPELES
        },
    }


# --- Los guardados ----------------------------------------------------------------------------------------------------


@bp.get("/informes/<id>")
@requiere("titular")
def informe(id: str) -> ResponseReturnValue:
    guardado = consulta.leer(bd(), id)
    datos = guardado.datos
    return render_template(
        "panel/informe.html",
        informe=guardado,
        datos=datos,
        sin_justificar=cuadro.faltan_por_justificar(datos),
        papeles=armar.PAPELES,
        por_cerrar=datos["clase"] == "trimestral"
        and datos["corte"] == datos["hasta"] < ahora().date().isoformat()
        and not trimestres.cerrado(bd(), datos["ejercicio"], datos["trimestres"][0]),
        **_leido(datos),
    )


@bp.get("/informes/<id>/informe.pdf")
@requiere("titular")
def informe_en_pdf(id: str) -> ResponseReturnValue:
    """Para firmar; ``?papel=carta`` si no hay oficio."""
    guardado = consulta.leer(bd(), id)
    papel = request.args.get("papel", "oficio")
    contenido = informe_pdf(guardado.datos, guardado.huella, papel if papel in MEDIDAS else "oficio")
    anotar("imprimir informe", f"informe {id}")
    return pdf(contenido, _nombre(guardado))


@bp.get("/informes/<id>/informe.xlsx")
@requiere("titular")
def informe_en_xlsx(id: str) -> ResponseReturnValue:
    guardado = consulta.leer(bd(), id)
    anotar("bajar informe", f"informe {id}", "xlsx")
    return _descarga(informe_xlsx(guardado.datos, guardado.huella), XLSX, f"{_nombre(guardado)}.xlsx")


@bp.get("/informes/<id>/datos.json")
@requiere("titular")
def informe_en_json(id: str) -> ResponseReturnValue:
    """Los bytes exactos de los que es la huella: ``sha256sum`` da lo mismo que va al pie."""
    guardado = consulta.leer(bd(), id)
    return _descarga(guardado.texto.encode(), "application/json", f"{_nombre(guardado)}.json")


def _nombre(guardado: consulta.Informe) -> str:
    return f"informe-{guardado.ejercicio}-{guardado.periodo}-{guardado.huella[:8]}"


def _descarga(contenido: bytes, tipo: str, nombre: str) -> Response:
    respuesta = Response(contenido, mimetype=tipo)
    respuesta.headers["Content-Disposition"] = f'attachment; filename="{nombre}"'
    respuesta.headers["Cache-Control"] = "no-store"
    return respuesta
