"""Los datos de quien ejerce un derecho: buscarlos, entregarlos, corregirlos, bloquearlos y borrarlos.

Buscar, entregar y corregir pide la llave de nombres abierta. En la bitácora van el folio y cuántos; nunca quién.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from recoleccion.consultas import actas, retencion
from recoleccion.consultas import derechos_datos as consulta
from recoleccion.consultas.conexion import escritura
from recoleccion.fechas import plural
from recoleccion.impresos import derechos as papeles
from recoleccion.impresos.acta import papel_pdf
from recoleccion.sellado import Sello

from .. import llavero
from ..contexto import ahora, bd, instalacion
from ..sesion import confirma, cuenta_segura, requiere
from . import bp
from .comun import anotando, anotar
from .derechos import la_oficina, la_solicitud, pagina
from .formas_derechos import FormularioBusqueda, FormularioCorreccion
from .impresos import pdf

SIN_LLAVE = "Primero abra los nombres con su frase; después siga aquí."
A_LA_VISTA = 30
"""Con más, se pide acotar: una búsqueda de «Mar» no es para ver a todas las Marías."""
NINGUNO = "Marque por lo menos un registro."


def _anotando(accion: str, solicitud: Mapping[str, Any], cuantos: int) -> AbstractContextManager[None]:
    return anotando(accion, solicitud["folio"], plural(cuantos, "registro", "registros"))


@bp.post("/derechos/<id>/busqueda")
@requiere("titular")
def derechos_buscar(id: str) -> ResponseReturnValue:
    """Lo buscado no va en la dirección: no queda en el historial ni en ningún registro."""
    solicitud, formulario, sello = la_solicitud(id), FormularioBusqueda(request.form), llavero.sello_abierto()
    if sello is None:
        return _a_la_llave(id)
    if not formulario.validar():
        return pagina(id, busqueda=formulario)
    hallados, sin_leer = consulta.buscar(
        bd(), sello, servidor=instalacion().sello, nombre=formulario.nombre.data, telefono=formulario.telefono.data,
        folio=formulario.folio.data,
    )  # fmt: skip
    anotar("buscar datos ARCO", solicitud["folio"], plural(len(hallados), "registro hallado", "registros hallados"))
    vistos = hallados[:A_LA_VISTA]
    return pagina(id, busqueda=formulario, hallados=vistos, cuantos=len(hallados), sin_leer=sin_leer, codigo=200)


@bp.post("/derechos/<id>/registros")
@requiere("titular")
def derechos_ligar(id: str) -> ResponseReturnValue:
    ids = request.form.getlist("registro")
    with _anotando("ligar registros ARCO", la_solicitud(id), len(ids)):
        cuantos = consulta.ligar(bd(), id, ids)
    flash(f"{plural(cuantos, 'registro quedó', 'registros quedaron')} en la solicitud." if ids else NINGUNO)
    return _volver(id)


@bp.post("/derechos/<id>/registros/fuera")
@requiere("titular")
def derechos_desligar(id: str) -> ResponseReturnValue:
    ids = request.form.getlist("registro")
    with _anotando("desligar registro ARCO", la_solicitud(id), len(ids)):
        quitados = sum(consulta.desligar(bd(), id, registro) for registro in ids)
    flash("Ya no está en la solicitud." if quitados else "Marque uno con el que no se haya hecho nada todavía.")
    return _volver(id)


@bp.post("/derechos/<id>/entrega.pdf")
@requiere("titular")
def derechos_entregar(id: str) -> ResponseReturnValue:
    """La hoja con todo lo que se tiene de ella; se hace en la memoria y nadie la guarda."""
    solicitud, sello, hoy = la_solicitud(id), llavero.sello_abierto(), ahora().date()
    if sello is None:
        return _a_la_llave(id)
    filas = consulta.suyos(bd(), id, sello, instalacion().sello)
    with _anotando("entregar datos ARCO", solicitud, len(filas)):
        consulta.dar(bd(), id, hoy)
    papel = papeles.entrega(
        la_oficina(), solicitud, filas, instalacion().catalogos.etiqueta, hoy.isoformat(), retencion.conserva(bd())
    )
    return pdf(papel_pdf(papel), f"datos-{solicitud['folio']}", descargar=True)


@bp.post("/derechos/<id>/correccion")
@requiere("titular")
def derechos_corregir(id: str) -> ResponseReturnValue:
    """Sin cambios escritos, la página con lo que dice ahora; con ellos, los guarda."""
    solicitud, registro, sello = la_solicitud(id), request.form.get("registro", ""), llavero.sello_abierto()
    if sello is None:
        return _a_la_llave(id)
    if "nombre" not in request.form:
        return pagina(id, corrige=registro, correccion=_como_dice(id, registro, sello), codigo=200)
    formulario = FormularioCorreccion(request.form)
    if not formulario.validar():
        return pagina(id, corrige=registro, correccion=formulario)
    with _anotando("corregir datos ARCO", solicitud, 1):
        consulta.corregir(
            bd(), id, registro, nombre=formulario.nombre.data or None, telefono=formulario.telefono.data or None,
            hoy=ahora().date(),
        )  # fmt: skip
    flash("Quedó corregido.")
    return _volver(id)


def _como_dice(id: str, registro: str, sello: Sello) -> FormularioCorreccion:
    dicho = next((fila for fila in consulta.suyos(bd(), id, sello, instalacion().sello) if fila["id"] == registro), {})
    return FormularioCorreccion(data={"nombre": dicho.get("nombre") or "", "telefono": dicho.get("telefono") or ""})


@bp.post("/derechos/<id>/bloqueo")
@requiere("titular")
def derechos_bloquear(id: str) -> ResponseReturnValue:
    ids = request.form.getlist("registro")
    with _anotando("bloquear datos ARCO", la_solicitud(id), len(ids)):
        cuantos = consulta.bloquear(bd(), id, ids, ahora().date())
    flash(
        f"{plural(cuantos, 'nombre bloqueado', 'nombres bloqueados')}: ya no salen en listas." if cuantos else NINGUNO
    )
    return _volver(id)


@bp.post("/derechos/<id>/desbloqueo")
@requiere("titular")
def derechos_desbloquear(id: str) -> ResponseReturnValue:
    ids = request.form.getlist("registro")
    with _anotando("quitar bloqueo ARCO", la_solicitud(id), len(ids)):
        cuantos = consulta.desbloquear(bd(), id, ids)
    flash(f"{plural(cuantos, 'nombre', 'nombres')} sin bloqueo." if cuantos else NINGUNO)
    return _volver(id)


@bp.post("/derechos/<id>/borrado")
@requiere("titular")
@confirma
def derechos_borrar(id: str) -> ResponseReturnValue:
    """Para siempre y con su acta. Pide escribir «borrar»: no se deshace, ni con un respaldo."""
    solicitud, ids = la_solicitud(id), request.form.getlist("registro")
    if not ids or request.form.get("escrito", "").strip().lower() != "borrar":
        flash("No se borró nada. Marque los registros y escriba «borrar» en el cuadro.")
        return _volver(id)
    with escritura(bd()):
        eventos = consulta.borrar(bd(), id, ids, ahora().date(), instalacion().sello)
        if eventos:
            anotar("borrar datos ARCO", solicitud["folio"], plural(len(eventos), "registro", "registros"))
            datos = {
                "folio": solicitud["folio"],
                "nombres": len(eventos),
                "eventos": [e | {"nombres": 1} for e in eventos],
            }
            actas.guardar(bd(), "arco", datos, ahora=ahora(), quien=cuenta_segura().usuario)
    consulta.rematar(bd())
    flash(f"Se borró para siempre quién es en {plural(len(eventos), 'registro', 'registros')}. Imprima el acta.")
    return _volver(id)


def _volver(id: str) -> ResponseReturnValue:
    return redirect(url_for(".derechos_solicitud", id=id, _anchor="suyos"), 303)


def _a_la_llave(id: str) -> ResponseReturnValue:
    flash(SIN_LLAVE)
    return redirect(url_for(".derechos_solicitud", id=id, _anchor="abrir"), 303)
