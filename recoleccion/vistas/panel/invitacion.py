"""Lo que sale de un evento además del cartel: la invitación para compartir, y el aviso para pegar y para leer."""

from typing import Any

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from recoleccion.consultas import ajustes, avisos
from recoleccion.impresos import aviso as hojas_aviso
from recoleccion.impresos import qr
from recoleccion.impresos.invitacion import ALTO, ANCHO, invitacion_png, mensaje

from ..contexto import bd
from ..sesion import requiere
from . import bp
from .comun import evento_o_404
from .impresos import host_publico, pdf, solo_aqui


@bp.get("/eventos/<id>/invitacion")
@requiere("titular")
def invitacion_pagina(id: str) -> ResponseReturnValue:
    evento = evento_o_404(id)
    texto = mensaje(evento, host_publico())
    return render_template(
        "panel/invitacion.html", evento=evento, mensaje=texto, ancho=ANCHO, alto=ALTO, solo_aqui=solo_aqui()
    )


@bp.get("/eventos/<id>/invitacion.png")
@requiere("titular")
def invitacion_imagen(id: str) -> ResponseReturnValue:
    evento = evento_o_404(id)
    imagen = invitacion_png(evento, host_publico(), ajustes.leer(bd(), "oficina") or "")
    respuesta = Response(imagen, mimetype="image/png")
    respuesta.headers["Content-Disposition"] = f'inline; filename="invitacion-{evento["clave"]}.png"'
    respuesta.headers["Cache-Control"] = "no-store"
    return respuesta


@bp.get("/eventos/<id>/aviso.pdf")
@requiere("titular")
def aviso_de_evento(id: str) -> ResponseReturnValue:
    """Con el QR que lleva al aviso completo, y si habrá fotos, dicho."""
    evento = evento_o_404(id)
    completo = f"{qr.con_esquema(host_publico())}/{evento['clave']}/aviso"
    return pdf(_aviso(con_fotos=bool(evento["avisa_fotos"]), completo=completo), f"aviso-{evento['clave']}")


@bp.get("/impresos/aviso.pdf")
@requiere("titular")
def aviso_para_pegar() -> ResponseReturnValue:
    """El de siempre, sin evento: para dejarlo en la oficina."""
    return pdf(_aviso(), "aviso")


def _aviso(**como: Any) -> bytes:
    vigente = avisos.vigente(bd())
    return hojas_aviso.aviso_pdf(
        simplificado=vigente["simplificado"],
        leido=vigente["leido"],
        oficina=ajustes.leer(bd(), "oficina") or "",
        version=vigente["version"],
        vigente_desde=vigente["vigente_desde"],
        **como,
    )
