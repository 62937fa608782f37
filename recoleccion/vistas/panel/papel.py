"""Lo que llegó en papel a un evento: las hojas que ya se pasaron, las que quedaron a medias y cada hoja guardada."""

from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from recoleccion import fotos
from recoleccion.consultas import evidencias, hojas_a_medias, identidades, llave, papel, urna
from recoleccion.consultas.conexion import escritura
from recoleccion.errores import ErrorJornada
from recoleccion.fechas import plural

from .. import llavero, seguridad
from ..contexto import ahora, azar, bd, instalacion, nuevo_id
from ..sesion import cuenta_segura, requiere
from . import bp, cerrados
from .comun import anotando, anotar, evento_o_404
from .evidencias import id_de
from .formas_llave import FormularioAbrir
from .lista import LEYENDAS
from .subida import abrir


@bp.get("/eventos/<id>/papel")
@requiere("titular")
def papel_evento(id: str) -> ResponseReturnValue:
    evento = evento_o_404(id)
    return render_template(
        "panel/papel.html",
        evento=evento,
        hojas=papel.listar(bd(), id),
        a_medias=hojas_a_medias.listar(bd(), id),
        en_urna=urna.cuantas(bd(), id),
        antes=es_antes(evento),
    )


@bp.get("/papel/<id>")
@requiere("titular")
def papel_hoja(id: str) -> ResponseReturnValue:
    """Una hoja guardada: quiénes, y la foto. Los nombres, sólo con la llave abierta."""
    return _pagina(id)


def _pagina(id: str, error: str | None = None, estado: int = 200) -> ResponseReturnValue:
    hoja = hoja_o_404(id)
    evento = evento_o_404(hoja["evento_id"])
    filas = identidades.mostrar(papel.renglones(bd(), id), llavero.sello_abierto())
    vistos = sum(fila["identidad"] == "abierta" for fila in filas)
    if vistos:
        anotar("ver hoja de papel", f"evento {hoja['evento_id']}", plural(vistos, "nombre abierto", "nombres abiertos"))
    pagina = render_template(
        "panel/papel_hoja.html",
        hoja=hoja,
        evento=evento,
        filas=[_fila(fila) for fila in filas],
        cerradas=sum(fila["identidad"] == "cerrada" for fila in filas),
        abrir=FormularioAbrir(razon="papel"),
        con_llave=llave.hay(bd()),
        abierta=llavero.esta_abierta(),
        foto=evidencias.leer(bd(), hoja["evidencia_id"]) if hoja["evidencia_id"] else None,
        megas=fotos.MEGAS,
        cerrado=cerrados.hace_falta([evento["fecha"]]),
        nuevo=nuevo_id(),
        error=error,
    )
    return pagina, estado


@bp.post("/papel/<id>/foto")
@seguridad.csrf.exempt
@requiere("titular")
def papel_foto(id: str) -> ResponseReturnValue:
    """La foto de la hoja. La ficha CSRF se comprueba aquí adentro: para leerla se acepta antes un cuerpo más grande."""
    try:
        _, contenido = abrir("foto", fotos.MAX_BYTES)
        hoja = hoja_o_404(id)
        if not contenido:
            return _pagina(id, "Elija la foto de la hoja.", 422)
        foto = fotos.limpiar(contenido)
        with anotando("guardar foto de una hoja", f"evento {hoja['evento_id']}"):
            _guardar_foto(hoja, foto, id_de(request.form.get("id", ""), contenido))
    except RequestEntityTooLarge:
        return _pagina(id, f"La foto pesa más de {fotos.MEGAS} MB. Tómela otra vez con menos resolución.", 413)
    except ErrorJornada as error:
        return _pagina(id, f"{error.mensaje} {error.que_hacer}", error.http_status)
    flash("La foto quedó guardada junto a la hoja.")
    return redirect(url_for(".papel_hoja", id=id), 303)


def _guardar_foto(hoja: dict[str, Any], foto: fotos.Foto, id: str) -> None:
    evidencia = evidencias.guardar(
        bd(),
        instalacion().evidencias,
        foto.jpeg,
        evento_id=hoja["evento_id"],
        clase="hoja",
        pie="Lista de asistencia en papel",
        ancho=foto.ancho,
        alto=foto.alto,
        ahora=ahora(),
        quien=cuenta_segura().usuario,
        azar=azar(),
        id=id,
    )
    papel.poner_foto(bd(), hoja["id"], evidencia)


@bp.post("/papel/<id>/baja")
@requiere("titular")
def papel_quitar(id: str) -> ResponseReturnValue:
    """Anula el renglón ``renglon`` de la hoja, o todos con ``todos=1``: se tecleó dos veces, o no era aquí."""
    hoja, sello = hoja_o_404(id), instalacion().sello
    anulacion = papel.id_de_hoja(request.form.get("id")) or nuevo_id()
    with escritura(bd()):
        if request.form.get("todos") == "1":
            cuantas = papel.quitar_todos(bd(), id, sello=sello, ahora=ahora(), azar=azar())
        else:
            renglon = request.form.get("renglon", "")
            cuantas = int(papel.quitar(bd(), id, renglon, id=anulacion, sello=sello, ahora=ahora()))
        if cuantas:
            menos = plural(cuantas, "persona menos", "personas menos")
            justificar(evento_o_404(hoja["evento_id"]), menos)
            anotar("quitar de una hoja de papel", f"evento {hoja['evento_id']}", menos)
    if not cuantas:
        flash("Ese renglón ya no está en esta hoja: no se cambió nada.")
    else:
        se = "Se quitó: esa persona ya no se cuenta."
        flash(se if cuantas == 1 else f"Se quitaron {cuantas} personas: ya no se cuentan.")
    return redirect(url_for(".papel_hoja", id=id), 303)


def hoja_o_404(id: str) -> dict[str, Any]:
    """:raises ErrorJornada: ``hoja_no_existe``."""
    hoja = papel.leer(bd(), id)
    if hoja is None:
        raise ErrorJornada("hoja_no_existe")
    return hoja


def evento_con_papel(id: str) -> dict[str, Any]:
    """El evento, si ya pudo haber hojas suyas. :raises ErrorJornada: ``evento_no_existe``, ``hoja_antes``."""
    evento = evento_o_404(id)
    if es_antes(evento):
        raise ErrorJornada("hoja_antes")
    return evento


def es_antes(evento: dict[str, Any]) -> bool:
    """¿Su día todavía no llega? Entonces no puede haber hojas suyas."""
    return str(evento["fecha"]) > ahora().date().isoformat()


def seguir(direccion: str) -> ResponseReturnValue:
    """A dónde va quien ya guardó. Al guion de la página se le dice, para que no suelte lo tecleado antes de saberlo."""
    if request.headers.get("Accept") == "application/json":
        return jsonify(ir=direccion)
    return redirect(direccion, 303)


def justificar(evento: dict[str, Any], que: str) -> None:
    """En un trimestre cerrado pide decir por qué. Dentro de la transacción del cambio.

    :raises ErrorJornada: ``trimestre_cerrado``.
    """
    cerrados.exigir([evento], f"lista de papel del evento del {evento['fecha']}", None, que)


def _fila(visto: dict[str, Any]) -> dict[str, Any]:
    etiqueta = instalacion().catalogos.etiqueta
    return {
        "id": visto["id"],
        "anulacion": nuevo_id(),
        "nombre": visto["nombre"],
        "leyenda": "" if visto["nombre"] else LEYENDAS[visto["identidad"]],
        "sexo": etiqueta("sexo", visto["sexo"]),
        "edad": "No dijo" if visto["edad"] == "nd" else visto["edad"],
        "procedencia": etiqueta("procedencia", visto["procedencia"]),
        "telefono": visto["telefono"] or "",
        "folio": visto["folio"] or "",
    }
