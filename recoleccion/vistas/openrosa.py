"""Lo que hablan ODK Collect y KoboCollect: ``/openrosa/<permiso>/...``, XML siempre, también al fallar.

El permiso va en la dirección, como las llaves de los *app users* de ODK Central; llega al teléfono en un QR y aquí sólo
se guarda su resumen. Lo recibido pasa por la misma recepción que todo lo demás.

Fuente: docs.getodk.org/openrosa-http, /openrosa-form-list y /openrosa-form-submission: ``201`` se guardó (también si ya
estaba igual, como hace ODK Central); ``202`` se guardó y alguien lo tiene que ver: no hay que reenviarlo.
"""

from io import BytesIO
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.formparser import parse_form_data

from recoleccion.consultas import avisos, dispositivos, eventos, instrumentos, recepcion
from recoleccion.errores import ErrorJornada
from recoleccion.openrosa import documentos, formas, lectura
from recoleccion.openrosa.formas import Forma
from recoleccion.protocolo.decision import MENSAJES, Veredicto

from .contexto import ahora, bd, instalacion
from .paquete_campo import eventos_cercanos

PREFIJO = "/openrosa"
MAXIMO = 400_000
"""Bytes de un envío. Menos de lo que waitress y Werkzeug guardan en memoria: lo contestado no pasa por el disco."""
PARTE = "xml_submission_file"
bp = Blueprint("openrosa", __name__, url_prefix=f"{PREFIJO}/<permiso>")


@bp.get("/formList")
def lista(permiso: str) -> ResponseReturnValue:
    """Los formularios de los eventos de ayer a siete días, los mismos que se lleva la aplicación nuestra."""
    dispositivo = _vigente(permiso)
    aplicacion = (request.user_agent.string.split() or [""])[0]  # lo demás diría qué teléfono es
    version = aplicacion[:60] if aplicacion.isascii() and aplicacion.isprintable() else None
    dispositivos.visto(bd(), dispositivo["id"], ahora(), None, None, version)
    pedido = request.args.get("formID")
    todas = [
        forma for evento in eventos_cercanos(bd(), ahora()) for forma in _formas(evento) if pedido in (None, forma.id)
    ]
    direcciones = [url_for(".formulario", permiso=permiso, id=forma.id, _external=True) for forma in todas]
    return _xml(documentos.lista(zip(todas, direcciones, strict=True)))


@bp.get("/forms/<id>.xml")
def formulario(permiso: str, id: str) -> ResponseReturnValue:
    _vigente(permiso)
    return _xml(_forma(id).xml)


@bp.get("/forms/<id>/manifest")
def manifiesto(permiso: str, id: str) -> ResponseReturnValue:
    _vigente(permiso)
    _forma(id)
    return _xml(documentos.manifiesto())


@bp.route("/submission", methods=["HEAD", "POST"])
def envio(permiso: str) -> ResponseReturnValue:
    """Recibe un formulario, también de un teléfono dado de baja: lo suyo espera en la cuarentena, nada se pierde."""
    dispositivo = _dispositivo(permiso)
    if request.method == "HEAD":
        return _con_cabeceras(Response(status=204, headers={"Location": request.base_url}))
    leido = lectura.leer(_xml_recibido())
    veredicto = recepcion.tomar_en_linea(
        bd(),
        _registro(leido),
        sello=instalacion().sello,
        ahora=ahora(),
        dispositivo_id=dispositivo["id"],
        objecion="dispositivo_revocado" if dispositivo["revocado_en"] else None,
    )
    return _acuse(veredicto)


def respuesta(mensaje: str, estado: int) -> Response:
    """Un ``OpenRosaResponse``, que la aplicación le muestra a quien envía."""
    clase = {201: "submit_success", 202: "submit_pending"}.get(estado, "submit_error")
    return _xml(documentos.respuesta(mensaje, clase), estado)


def _acuse(veredicto: Veredicto) -> Response:
    if veredicto.estado in ("conflicto", "retenido"):
        return respuesta(MENSAJES.get(veredicto.codigo or "", "Se guardó para revisarlo."), 202)
    if veredicto.estado == "repetido":
        return respuesta("Ya lo teníamos: cuenta una sola vez.", 201)
    return respuesta(MENSAJES.get(veredicto.codigo or "", "Se guardó en la oficina."), 201)


def _dispositivo(permiso: str) -> dict[str, Any]:
    """El teléfono, aunque esté dado de baja. :raises ErrorJornada: ``openrosa_permiso``."""
    dispositivo = dispositivos.por_token(bd(), permiso, "odk")
    if dispositivo is None:
        raise ErrorJornada("openrosa_permiso")
    return dispositivo


def _vigente(permiso: str) -> dict[str, Any]:
    """:raises ErrorJornada: ``openrosa_permiso``, ``dispositivo_revocado``."""
    dispositivo = _dispositivo(permiso)
    if dispositivo["revocado_en"]:
        raise ErrorJornada("dispositivo_revocado")
    return dispositivo


def _formas(evento: dict[str, Any]) -> list[Forma]:
    """:raises ErrorJornada: ``sin_aviso``."""
    encuestas = [instrumentos.leer(bd(), e["instrumento"], e["version"]) for e in evento["encuestas"]]
    asistencia = formas.asistencia(evento, instalacion().catalogos, avisos.vigente(bd()))
    return [asistencia, *(formas.encuesta(evento, i) for i in encuestas if formas.cabe(i))]


def _forma(id: str) -> Forma:
    """:raises ErrorJornada: ``openrosa_sin_formulario``."""
    evento = _evento_de(id)[1]
    forma = next((forma for forma in _formas(evento) if forma.id == id), None)
    if forma is None or evento["estado"] == "cancelado":
        raise ErrorJornada("openrosa_sin_formulario")
    return forma


def _evento_de(id: str) -> tuple[str, dict[str, Any]]:
    """De un ``formID``, la encuesta (o la asistencia) y su evento, aunque su clave se haya cambiado."""
    partes = formas.partir_id(id)
    hallado = eventos.por_clave(bd(), partes[1]) if partes else None
    if partes is None or hallado is None:
        raise ErrorJornada("openrosa_sin_formulario")
    return partes[0], hallado[0]


def _registro(leido: lectura.Envio) -> dict[str, Any]:
    """:raises ErrorJornada: ``openrosa_sin_formulario`` si es de un formulario que aquí nunca hubo."""
    cual, evento = _evento_de(leido.forma)
    version = formas.partir_version(leido.version)
    if version is None:
        raise ErrorJornada("openrosa_sin_formulario")
    if cual == formas.ASISTENCIA:
        return lectura.asistencia(leido, evento["id"], version)
    try:
        instrumento = instrumentos.leer(bd(), cual, version)
    except ErrorJornada as error:
        raise ErrorJornada("openrosa_sin_formulario") from error
    return lectura.contestacion(leido, evento["id"], instrumento)


def _xml_recibido() -> bytes:
    """La única parte que se espera, leída en memoria. Los nombres de los archivos, que traen hora, ni se miran."""
    if (request.content_length or 0) > MAXIMO:
        raise ErrorJornada("openrosa_grande")
    _, sueltas, archivos = parse_form_data(
        request.environ, lambda *_, **__: BytesIO(), max_form_memory_size=MAXIMO, max_form_parts=50
    )
    if set(archivos) - {PARTE}:
        raise ErrorJornada("openrosa_adjuntos")
    partes = [archivo.read() for archivo in archivos.getlist(PARTE)]
    partes += [suelta.encode(errors="replace") for suelta in sueltas.getlist(PARTE)]
    if len(partes) != 1:
        raise ErrorJornada("openrosa_ilegible")
    return partes[0]


def _xml(documento: bytes, estado: int = 200) -> Response:
    return _con_cabeceras(Response(documento, estado, content_type="text/xml; charset=utf-8"))


def _con_cabeceras(respuesta: Response) -> Response:
    """Las que OpenRosa pide en toda respuesta."""
    respuesta.headers.update({**documentos.CABECERAS, "X-OpenRosa-Accept-Content-Length": str(MAXIMO)})
    respuesta.date = ahora()
    return respuesta
