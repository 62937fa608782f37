"""Derechos ARCO: recibir una solicitud con folio, ver cuánto queda y responderla. Lo demás: ``derechos_datos.py``."""

from dataclasses import asdict
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from formularios import inhabiles
from recoleccion import reglas
from recoleccion.consultas import actas, derechos_datos, llave, oficina, ranuras
from recoleccion.consultas import derechos as consulta
from recoleccion.errores import ErrorJornada
from recoleccion.impresos import derechos as papeles
from recoleccion.impresos.acta import papel_pdf

from .. import llavero
from ..contexto import ahora, bd, instalacion, nuevo_id
from ..sesion import cuenta_segura, requiere
from . import bp
from .comun import anotando
from .formas_derechos import (
    FormularioAmpliacion,
    FormularioBusqueda,
    FormularioPlazos,
    FormularioRespuesta,
    FormularioSolicitud,
)
from .formas_llave import FormularioAbrir
from .impresos import pdf

ETAPAS = {
    "por_responder": "Por contestar",
    "espera_a_la_persona": "Esperando que la persona traiga lo que falta",
    "por_cumplir": "Contestada; falta hacer lo que procedió",
    "terminada": "Terminada",
}
HECHOS = {"dado": "se le entregó", "corregido": "se corrigió", "bloqueado": "bloqueado", "borrado": "se borró"}


@bp.get("/derechos")
@requiere("titular")
def derechos_lista() -> ResponseReturnValue:
    """Primero lo que vence antes; lo terminado, al final."""
    return render_template(
        "panel/derechos.html",
        abiertas=en_tramite(),
        terminadas=[s for s in map(con_situacion, consulta.listar(bd())) if s["situacion"].etapa == "terminada"],
        derechos=papeles.DERECHOS,
        respuestas=papeles.RESPUESTAS,
        etapas=ETAPAS,
        hay_llave=llave.hay(bd()),
        plazos=consulta.plazos(bd()),
        confirmados=consulta.confirmados(bd()),
        problema=inhabiles.cargar_o_los_de_ley(instalacion().carpeta_catalogos)[1],
    )


@bp.route("/derechos/nueva", methods=["GET", "POST"])
@requiere("titular")
def derechos_nueva() -> ResponseReturnValue:
    """Se sella al guardarla: no hace falta abrir la llave. Mandada dos veces es una, por el id que trae la página."""
    if not llave.hay(bd()):
        raise ErrorJornada("falta_llave")
    formulario = FormularioSolicitud(request.form or None, data={"recibida_el": ahora().date().isoformat()})
    if request.method == "POST" and formulario.validar(ahora().date()):
        escrito = request.form.get("id", "")
        id = escrito if reglas.id_valido(escrito) else nuevo_id()
        dicho = {campo: formulario[campo].data or "" for campo in consulta.CAMPOS}
        with anotando("recibir solicitud ARCO", f"solicitud {id}", papeles.DERECHOS[formulario.derecho.data]):
            folio = consulta.recibir(
                bd(), id=id, derecho=formulario.derecho.data, via=formulario.via.data,
                recibida_el=date.fromisoformat(formulario.recibida_el.data), dicho=dicho, ahora=ahora(),
                quien=cuenta_segura().usuario,
            )  # fmt: skip
        flash(f"Quedó con el folio {folio}. Imprima su acuse y déselo.")
        return redirect(url_for(".derechos_solicitud", id=id), 303)
    nuevo = request.form.get("id") or nuevo_id()
    return render_template("panel/derechos_nueva.html", f=formulario, nuevo=nuevo), 422 if formulario.errors else 200


@bp.route("/derechos/plazos", methods=["GET", "POST"])
@requiere("titular")
def derechos_plazos() -> ResponseReturnValue:
    actuales = {campo: str(dias) for campo, dias in asdict(consulta.plazos(bd())).items()}
    formulario = FormularioPlazos(request.form or None, data=actuales)
    if request.method == "POST" and formulario.validate():
        nuevos = consulta.Plazos(**{campo.name: int(campo.data) for campo in formulario})
        with anotando("cambiar plazos ARCO", "ajustes", ", ".join(f"{c} {v}" for c, v in asdict(nuevos).items())):
            consulta.guardar_plazos(bd(), nuevos)
        flash("Se guardaron los plazos.")
        return redirect(url_for(".derechos_lista"), 303)
    pagina = render_template(
        "panel/derechos_plazos.html", f=formulario, confirmados=consulta.confirmados(bd()), archivo=inhabiles.ARCHIVO
    )
    return pagina, 422 if formulario.errors else 200


@bp.get("/derechos/<id>")
@requiere("titular")
def derechos_solicitud(id: str) -> ResponseReturnValue:
    return pagina(id)


@bp.get("/derechos/<id>/acuse.pdf")
@requiere("titular")
def derechos_acuse(id: str) -> ResponseReturnValue:
    """El que se lleva la persona. No dice su nombre, así que no pide la llave."""
    solicitud, plazos = la_solicitud(id), consulta.plazos(bd())
    limite = _inhabiles().sumar(date.fromisoformat(solicitud["recibida_el"]), plazos.responder)
    return pdf(
        papel_pdf(papeles.acuse(la_oficina(), solicitud, limite.isoformat(), plazos.responder)),
        f"acuse-{solicitud['folio']}",
    )


@bp.post("/derechos/<id>/prevencion")
@requiere("titular")
def derechos_prevenir(id: str) -> ResponseReturnValue:
    return _paso(id, "pedir lo que falta", lambda: consulta.prevenir(bd(), id, ahora().date()))


@bp.post("/derechos/<id>/complemento")
@requiere("titular")
def derechos_completar(id: str) -> ResponseReturnValue:
    return _paso(id, "recibir lo que faltaba", lambda: consulta.completar(bd(), id, ahora().date()))


@bp.post("/derechos/<id>/ampliacion")
@requiere("titular")
def derechos_ampliar(id: str) -> ResponseReturnValue:
    formulario = FormularioAmpliacion(request.form)
    if not formulario.validate():
        return pagina(id, ampliacion=formulario)
    return _paso(
        id, "ampliar el plazo", lambda: consulta.ampliar(bd(), id, formulario.razon.data, ahora().date()),
        formulario.razon.data,
    )  # fmt: skip


@bp.post("/derechos/<id>/respuesta")
@requiere("titular")
def derechos_responder(id: str) -> ResponseReturnValue:
    """Consta que se contestó. La razón no debe decir nombres: queda en la solicitud, no en la bitácora."""
    formulario = FormularioRespuesta(request.form)
    if not formulario.validar():
        return pagina(id, respuesta=formulario)
    dicha, razon = formulario.respuesta.data, formulario.razon.data or ""
    return _paso(
        id, "responder", lambda: consulta.responder(bd(), id, dicha, razon, ahora().date()), papeles.RESPUESTAS[dicha]
    )


@bp.post("/derechos/<id>/cumplimiento")
@requiere("titular")
def derechos_cumplir(id: str) -> ResponseReturnValue:
    return _paso(id, "cumplir", lambda: consulta.cumplir(bd(), id, ahora().date()))


def _paso(id: str, que: str, hacer: Any, detalle: str = "") -> ResponseReturnValue:
    """Un paso del trámite y su renglón de bitácora. :raises ErrorJornada: ``arco_ya_no`` si ya no se puede."""
    solicitud = la_solicitud(id)
    with anotando(f"solicitud ARCO: {que}", solicitud["folio"], detalle):
        if not hacer():
            raise ErrorJornada("arco_ya_no")
        consulta.olvidar(bd(), ahora().date())
    ranuras.rematar(bd())
    flash(f"{solicitud['folio']}: quedó anotado.")
    return redirect(url_for(".derechos_solicitud", id=id), 303)


# --- Lo que usan estas páginas y las de los datos ----------------------------------------------------------------


def la_solicitud(id: str) -> dict[str, Any]:
    """:raises ErrorJornada: ``arco_no_existe``."""
    solicitud = consulta.leer(bd(), id)
    if solicitud is None:
        raise ErrorJornada("arco_no_existe")
    return con_situacion(solicitud)


def en_tramite() -> list[dict[str, Any]]:
    """Las que no han terminado, lo que vence antes primero. Sin ninguna, sólo pregunta: lo pide la primera página."""
    abiertas = [con_situacion(solicitud) for solicitud in consulta.abiertas(bd())]
    return sorted(abiertas, key=lambda s: s["situacion"].limite)


def con_situacion(solicitud: dict[str, Any]) -> dict[str, Any]:
    situacion = consulta.situacion(solicitud, ahora().date(), consulta.plazos(bd()), _inhabiles())
    return solicitud | {"situacion": situacion}


def _inhabiles() -> inhabiles.Inhabiles:
    return inhabiles.cargar_o_los_de_ley(instalacion().carpeta_catalogos)[0]


def la_oficina() -> str:
    return oficina.membrete(bd(), instalacion()).oficina


def pagina(
    id: str, *, hallados: list[dict[str, Any]] | None = None, codigo: int | None = None, **formularios: Any
) -> ResponseReturnValue:
    """La de una solicitud. Con la llave abierta dice quién pide y se pueden buscar sus registros."""
    solicitud = la_solicitud(id)
    sello = llavero.sello_abierto()
    hechas = [acta for acta in actas.listar(bd(), "arco") if acta["datos"].get("folio") == solicitud["folio"]]
    pagina_ = render_template(
        "panel/derechos_solicitud.html",
        s=solicitud,
        dicho=consulta.abrir(bd(), id, sello) if sello else None,
        abierta=sello is not None,
        suyos=derechos_datos.suyos(bd(), id, sello, instalacion().sello),
        hallados=hallados,
        actas=hechas,
        plazos=consulta.plazos(bd()),
        derechos=papeles.DERECHOS,
        vias=papeles.VIAS,
        respuestas=papeles.RESPUESTAS,
        etapas=ETAPAS,
        hechos=HECHOS,
        etiqueta=instalacion().catalogos.etiqueta,
        abrir=FormularioAbrir(data={"razon": "arco"}),
        **{
            "busqueda": FormularioBusqueda(),
            "respuesta": FormularioRespuesta(),
            "ampliacion": FormularioAmpliacion(),
            "correccion": None,
            "corrige": None,
            "cuantos": 0,
            "sin_leer": 0,
        }
        | formularios,
    )
    return pagina_, codigo or (422 if formularios else 200)
