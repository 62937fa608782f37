"""Las evidencias de un evento o de una actividad: subirlas, verlas con la llave abierta, quitarlas.

Sólo la titular. Una foto se limpia en otro proceso, se sella y hasta entonces se escribe; se abre en memoria, para
quien tiene la llave, y cada vez que se ven queda anotado.
"""

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from recoleccion import fotos
from recoleccion.consultas import actividades, eventos, llave
from recoleccion.consultas import evidencias as consulta
from recoleccion.errores import ErrorJornada
from recoleccion.fechas import fecha_corta, plural

from .. import llavero, seguridad
from ..contexto import ahora, azar, bd, instalacion, nuevo_id
from ..sesion import cuenta_segura, requiere
from . import bp
from .comun import anotando, anotar, evento_o_404
from .formas_llave import FormularioAbrir

A_LA_VEZ = 10
MAX_SUBIDA = 64 * 1_048_576
CLASES = {
    "foto": "Foto de la actividad",
    "hoja": "Foto de una lista o de otra hoja",
    "documento": "Foto de un oficio o documento",
}
DEMASIADO = (
    f"Es demasiado en un solo envío, y no se guardó nada. Suba hasta {A_LA_VEZ} fotos a la vez, "
    f"de menos de {fotos.MEGAS} MB cada una."
)


@dataclass(frozen=True)
class Duena:
    """De quién son: ``campo`` es ``evento_id`` o ``actividad_id``. ``avisa``: consta que se avisó que habrá fotos."""

    campo: str
    id: str
    titulo: str
    avisa: bool

    @property
    def objeto(self) -> str:
        return f"{self.campo.removesuffix('_id')} {self.id}"

    @property
    def direccion(self) -> str:
        return url_for(f".{self.campo.removesuffix('_id')}_evidencias", id=self.id)


def _de_evento(id: str) -> Duena:
    evento = evento_o_404(id)
    return Duena("evento_id", id, evento["titulo"], bool(evento["avisa_fotos"]))


def _de_actividad(id: str) -> Duena:
    """En una actividad no hay cartel donde avisar: se responde al subirlas."""
    actividad = actividades.leer(bd(), id)
    linea, tipo = actividad["linea"], actividad["tipo"]
    que = next((t.etiqueta for t in actividades.catalogo(bd()).get(linea, ()) if t.clave == tipo), tipo)
    return Duena("actividad_id", id, f"{que}, {fecha_corta(actividad['fecha'])} ({linea})", False)


@bp.get("/eventos/<id>/evidencias")
@requiere("titular")
def evento_evidencias(id: str) -> ResponseReturnValue:
    return _pagina(_de_evento(id))


@bp.get("/actividades/<id>/evidencias")
@requiere("titular")
def actividad_evidencias(id: str) -> ResponseReturnValue:
    return _pagina(_de_actividad(id))


def _pagina(
    duena: Duena, fallas: list[tuple[str, str]] | None = None, estado: int = 422, clase: str = "foto"
) -> ResponseReturnValue:
    hay = consulta.listar(bd(), **{duena.campo: duena.id})
    abierta = bool(hay) and llavero.sello_abierto() is not None
    if abierta:
        anotar("ver evidencias", duena.objeto, plural(len(hay), "evidencia", "evidencias"))
    pagina = render_template(
        "panel/evidencias.html",
        duena=duena,
        evidencias=hay,
        fallas=fallas,
        abierta=abierta,
        abrir=FormularioAbrir(razon="fotos"),
        clases=CLASES,
        clase=clase,
        con_llave=llave.hay(bd()),
        id_nuevo=nuevo_id(),
        maximo=consulta.MAXIMO,
        a_la_vez=A_LA_VEZ,
        megas=fotos.MEGAS,
        minutos=llavero.DURA.seconds // 60,
    )
    return pagina, estado if fallas else 200


@bp.post("/eventos/<id>/evidencias/aviso")
@requiere("titular")
def evento_evidencias_aviso(id: str) -> ResponseReturnValue:
    """Consta que se avisó que habrá fotos (o, con ``avisa=0``, que no)."""
    duena, avisa = _de_evento(id), request.form.get("avisa") != "0"
    with anotando("avisó que habrá fotos" if avisa else "no avisó que habrá fotos", duena.objeto):
        eventos.actualizar(bd(), id, {"avisa_fotos": avisa})
    flash("Consta que se avisó." if avisa else "Quedó que no se avisó: no se podrán subir fotos de la actividad.")
    return redirect(duena.direccion, 303)


@bp.post("/eventos/<id>/evidencias")
@seguridad.csrf.exempt
@requiere("titular")
def evento_evidencias_subir(id: str) -> ResponseReturnValue:
    return _subir(_de_evento, id)


@bp.post("/actividades/<id>/evidencias")
@seguridad.csrf.exempt
@requiere("titular")
def actividad_evidencias_subir(id: str) -> ResponseReturnValue:
    return _subir(_de_actividad, id)


def _subir(de_quien: Callable[[str], Duena], id: str) -> ResponseReturnValue:
    """La ficha CSRF se comprueba aquí adentro: para leerla hay que aceptar primero un cuerpo más grande."""
    request.max_content_length = MAX_SUBIDA
    try:
        seguridad.csrf.protect()
        subidas = [archivo for archivo in request.files.getlist("fotos") if archivo.filename]
    except RequestEntityTooLarge:
        return _pagina(de_quien(id), [("", DEMASIADO)], 413)
    duena = de_quien(id)
    if error := _revisar(duena, len(subidas)):
        return _pagina(duena, [("", error)], clase=request.form.get("clase", "foto"))
    fallas = [(str(archivo.filename), falla) for archivo in subidas if (falla := _tomar(duena, archivo))]
    guardadas = len(subidas) - len(fallas)
    if guardadas:
        flash(f"Se guardó sellada {plural(guardadas, 'foto', 'fotos')}." if guardadas == 1
              else f"Se guardaron selladas {plural(guardadas, 'foto', 'fotos')}.")  # fmt: skip
    return _pagina(duena, fallas, clase=request.form["clase"]) if fallas else redirect(duena.direccion, 303)


def _revisar(duena: Duena, cuantas: int) -> str | None:
    """Lo que falta para poder subirlas, con palabras."""
    if request.form.get("clase") not in CLASES:
        return "Diga de qué son las fotos."
    if not cuantas:
        return "Elija al menos una foto."
    if cuantas > A_LA_VEZ:
        return f"Son {cuantas} fotos, y no se guardó ninguna. Suba hasta {A_LA_VEZ} a la vez."
    if duena.campo == "actividad_id" and request.form["clase"] == "foto" and "avisadas" not in request.form:
        return "Si salen personas, diga que se les avisó; si no se les avisó, no suba la foto."
    return None


def _tomar(duena: Duena, archivo: FileStorage) -> str | None:
    """Limpia, sella y guarda una; lo que se dice si no se pudo. Una mala no detiene a las demás."""
    contenido = archivo.stream.read(fotos.MAX_BYTES + 1)
    clase = request.form["clase"]
    try:
        foto = fotos.limpiar(contenido)
        with anotando("guardar evidencia", duena.objeto, clase):
            consulta.guardar(
                bd(),
                instalacion().evidencias,
                foto.jpeg,
                **{duena.campo: duena.id},
                clase=clase,
                pie=request.form.get("pie"),
                ancho=foto.ancho,
                alto=foto.alto,
                ahora=ahora(),
                quien=cuenta_segura().usuario,
                azar=azar(),
                id=id_de(request.form.get("id", ""), contenido),
            )
    except ErrorJornada as error:
        return f"{error.mensaje} {error.que_hacer}"
    return None


def id_de(pagina: str, contenido: bytes) -> str:
    """La misma foto enviada otra vez desde la misma página es la misma evidencia."""
    resumen = hashlib.sha256(pagina.encode() + hashlib.sha256(contenido).digest()).digest()
    return str(uuid.UUID(bytes=resumen[:16], version=4))


@bp.get("/evidencias/<id>/foto.jpg")
@requiere("titular")
def evidencia_foto(id: str) -> ResponseReturnValue:
    """La imagen, sólo con la llave abierta; si no, la página que pide la frase.

    :raises ErrorJornada: ``evidencia_no_existe``, ``evidencia_danada``.
    """
    duena, sello = _duena(id), llavero.sello_abierto()
    if sello is None:
        return redirect(duena.direccion, 303)
    respuesta = Response(consulta.abrir(bd(), instalacion().evidencias, id, sello), mimetype="image/jpeg")
    respuesta.headers["Content-Disposition"] = 'inline; filename="evidencia.jpg"'
    respuesta.headers["Content-Security-Policy"] = seguridad.CSP_ARCHIVO
    respuesta.headers["Cache-Control"] = "no-store"
    return respuesta


@bp.post("/evidencias/<id>/retiro")
@requiere("titular")
def evidencia_quitar(id: str) -> ResponseReturnValue:
    """Se borra su archivo; en los respaldos de antes sigue. :raises ErrorJornada: ``evidencia_no_existe``."""
    duena = _duena(id)
    with anotando("quitar evidencia", duena.objeto):
        consulta.quitar(bd(), instalacion().evidencias, id, ahora=ahora())
    consulta.barrer(bd(), instalacion().evidencias)
    flash("Se quitó, y su archivo se borró. En los respaldos que ya hizo sigue.")
    return redirect(duena.direccion, 303)


def _duena(id: str) -> Duena:
    """De quién es una evidencia. :raises ErrorJornada: ``evidencia_no_existe``."""
    evidencia = consulta.leer(bd(), id)
    if evidencia is None:
        raise ErrorJornada("evidencia_no_existe")
    if evidencia["evento_id"]:
        return _de_evento(evidencia["evento_id"])
    return _de_actividad(evidencia["actividad_id"])
