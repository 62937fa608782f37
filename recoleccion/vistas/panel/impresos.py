"""Lo que se imprime: el cartel de un evento, la tarjeta de ayuda, credenciales y fichas."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from recoleccion import reglas
from recoleccion.consultas import ajustes, avisos, credenciales, directorio, eventos, oficina
from recoleccion.errores import ErrorJornada
from recoleccion.impresos import aviso, cartel, qr, tarjeta
from recoleccion.impresos import credenciales as hojas_credenciales
from recoleccion.impresos import fichas as hojas_fichas

from ..contexto import ahora, azar, bd, instalacion
from ..sesion import requiere
from . import bp
from .comun import anotando, anotar, evento_o_404
from .formas import FormularioImpresion

DE_ESTE_MES_EL_OTRO_EJERCICIO = 11
"""Desde noviembre la tarjeta trae el calendario del año que viene."""


def pdf(contenido: bytes, nombre: str, *, descargar: bool = False) -> Response:
    """Un PDF que ningún intermediario guarda. Se abre en el navegador, o con ``descargar`` se baja.

    Lo que nace de un POST se baja: el visor, al guardarlo, lo volvería a pedir y saldrían otras tarjetas.
    El visor de Chrome es una página suya con estilos en línea, que nuestra política dejaría en blanco
    (crbug.com/271452); un PDF sin guiones sólo necesita que nadie lo enmarque.
    """
    respuesta = Response(contenido, mimetype="application/pdf")
    respuesta.headers["Content-Disposition"] = f'{"attachment" if descargar else "inline"}; filename="{nombre}.pdf"'
    respuesta.headers["Content-Security-Policy"] = "frame-ancestors 'none'"
    respuesta.headers["Cache-Control"] = "no-store"
    return respuesta


def host_publico() -> str:
    """La dirección que va en los carteles; mientras no se configure, la que se está usando."""
    return ajustes.leer(bd(), "host_publico") or request.host_url


def solo_aqui() -> bool:
    """La dirección es la de esta computadora: en un teléfono el QR no abre. La demostración es así a propósito."""
    anfitrion = urlsplit(qr.con_esquema(host_publico())).hostname
    return ajustes.leer(bd(), "modo") != "demo" and anfitrion in ("127.0.0.1", "localhost", "::1")


@bp.get("/eventos/<id>/cartel")
@requiere("titular")
def cartel_pagina(id: str) -> ResponseReturnValue:
    evento, host = evento_o_404(id), host_publico()
    return render_template(
        "panel/cartel.html",
        evento=evento,
        sitio=qr.sin_esquema(host),
        solo_aqui=solo_aqui(),
        codigo=Markup(qr.svg(qr.direccion(host, evento["clave"]))),  # noqa: S704  lo dibuja qrcode, no una persona
    )


@bp.get("/eventos/<id>/cartel.pdf")
@requiere("titular")
def cartel_pdf(id: str) -> ResponseReturnValue:
    evento = evento_o_404(id)
    papel = oficina.membrete(bd(), instalacion(), evento["programa"])
    return pdf(cartel.cartel_pdf(evento, host_publico(), papel.oficina, pie=papel.pie), f"cartel-{evento['clave']}")


@bp.get("/impresos")
@requiere("titular")
def impresos() -> ResponseReturnValue:
    return _pagina()


def _pagina(**cambios: Any) -> ResponseReturnValue:
    formularios = {
        "de_credenciales": FormularioImpresion(data={"cuantas": "50"}),
        "de_fichas": FormularioImpresion(data={"cuantas": "42"}),
        "folio": "",
        "error_folio": None,
    }
    estado = 422 if cambios else 200
    pagina = render_template(
        "panel/impresos.html",
        **formularios | cambios,
        hay=credenciales.contar(bd()),
        proximos=_proximos(),
        faltan_numeros=not any(linea["propia"] for linea in directorio.ayuda(bd())),
        huecos=avisos.huecos(avisos.vigente(bd())),
        segundos=aviso.segundos(avisos.vigente(bd())["leido"]),
    )
    return pagina, estado


def _proximos() -> list[dict[str, Any]]:
    """Los eventos de hoy y de las próximas dos semanas."""
    hoy = ahora().date()
    proximos = eventos.listar(bd(), desde=hoy.isoformat(), hasta=(hoy + timedelta(days=14)).isoformat())
    return [evento for evento in proximos if evento["estado"] != "cancelado"]


@bp.get("/impresos/tarjeta.pdf")
@requiere("titular")
def tarjeta_pdf() -> ResponseReturnValue:
    """La tarjeta de ayuda; con ``?completa=1``, con los nombres de las líneas."""
    hoy = ahora()
    ejercicio = hoy.year + (hoy.month >= DE_ESTE_MES_EL_OTRO_EJERCICIO)
    hojas = tarjeta.tarjetas_pdf(directorio.ayuda(bd()), ejercicio, completa=request.args.get("completa") == "1")
    return pdf(hojas, "numeros-utiles")


@bp.post("/impresos/credenciales.pdf")
@requiere("titular")
def credenciales_pdf() -> ResponseReturnValue:
    formulario = FormularioImpresion(request.form)
    if not formulario.validate():
        return _pagina(de_credenciales=formulario)
    cuantas = int(formulario.cuantas.data)
    with anotando("imprimir credenciales", "credencial", str(cuantas)):
        nuevas = credenciales.imprimir(bd(), cuantas, ahora(), azar())
        contenido = hojas_credenciales.credenciales_pdf(nuevas)
    return pdf(contenido, "credenciales", descargar=True)


@bp.post("/impresos/fichas.pdf")
@requiere("titular")
def fichas_pdf() -> ResponseReturnValue:
    formulario = FormularioImpresion(request.form)
    if not formulario.validate():
        return _pagina(de_fichas=formulario)
    cuantas = int(formulario.cuantas.data)
    contenido = hojas_fichas.fichas_pdf(cuantas, azar())
    anotar("imprimir fichas", "ficha", str(cuantas))
    return pdf(contenido, "fichas", descargar=True)


@bp.post("/impresos/revocacion")
@requiere("titular")
def revocar_credencial() -> ResponseReturnValue:
    escrito = request.form.get("folio", "").strip()
    folio = "".join(escrito.split()).replace("-", "")
    if not reglas.folio_valido(folio):
        return _pagina(
            folio=escrito, error_folio="Ese folio no está bien escrito. Son 8 números; véalos en la tarjeta."
        )
    try:
        with anotando("revocar credencial", f"credencial {folio}"):
            credenciales.revocar(bd(), folio, ahora())
    except ErrorJornada as error:
        return _pagina(folio=escrito, error_folio=f"{error.mensaje} {error.que_hacer}")
    flash(f"La credencial {folio} ya no sirve. Puede entregar otra.")
    return redirect(url_for(".impresos"), 303)
