"""«Mi entrada»: con qué entra cada quien. Contraseña, llaves de acceso, número de la aplicación y códigos impresos."""

import secrets
from datetime import timedelta

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeTimedSerializer
from markupsafe import Markup

from recoleccion import totp
from recoleccion.consultas import ajustes, codigos_unicos, cuentas, llaves_acceso, segundo_paso
from recoleccion.consultas.cuentas import ROLES, Cuenta
from recoleccion.errores import ErrorJornada
from recoleccion.fechas import fecha_larga
from recoleccion.impresos import qr
from recoleccion.impresos.codigos import codigos_pdf

from .. import acceso
from ..acceso import confirmar_con
from ..contexto import ahora, azar, bd, instalacion
from ..navegador import nombrar
from ..sesion import PUBLICA, confirma, cuenta_actual, cuenta_segura, requiere
from . import bp
from .comun import anotando, anotar
from .impresos import pdf

__all__ = ["confirmar_con"]

NO_ES = "No es el número que la aplicación enseña. Revise que la hora de su teléfono esté en automático."
YA_NO = "La contraseña sola ya no basta para entrar: también se pide esto."
PRIMERO = "Su oficina pide un segundo paso: agregue una llave de acceso o active el número de la aplicación."
SIN_EL = ("/panel/contrasena", "/panel/sesiones")
_DURA = timedelta(minutes=15)


@bp.before_request
def _primero_el_segundo_paso() -> ResponseReturnValue | None:
    """Si la oficina lo exige, a quien no lo tiene sólo se le abre «Mi entrada» (y lo que se abre sin sesión)."""
    vista = current_app.view_functions.get(request.endpoint or "")
    if PUBLICA in getattr(vista, "requiere", ()) or request.path.startswith((url_for(".mi_entrada"), *SIN_EL)):
        return None
    cuenta = cuenta_actual()
    if cuenta is None or not acceso.le_falta(cuenta):
        return None
    flash(PRIMERO)
    return redirect(url_for(".mi_entrada"), 303)


@bp.get("/mi-entrada")
@requiere(*ROLES)
def mi_entrada() -> ResponseReturnValue:
    cuenta, base = cuenta_segura(), bd()
    return render_template(
        "panel/mi_entrada.html",
        donde=acceso.sitio(),
        llaves=llaves_acceso.de_cuenta(base, cuenta.id),
        maximas=llaves_acceso.MAXIMAS,
        numero_desde=segundo_paso.activado_en(base, cuenta.id),
        codigos=codigos_unicos.sin_usar(base, cuenta.id),
        pocos=codigos_unicos.POCOS,
        sola=codigos_unicos.unica_titular(base) == cuenta,
        nombre_llave=nombrar(request.user_agent.string),
    )


# --- Llaves de acceso ----------------------------------------------------------------------------------------------


@bp.post("/mi-entrada/llaves")
@requiere(*ROLES)
@confirma
def llave_acceso_agregar() -> ResponseReturnValue:
    """:raises ErrorJornada: ``llave_acceso_no_vale``, ``llave_acceso_repetida``, ``muchas_llaves_acceso``."""
    cuenta = cuenta_segura()
    nueva = acceso.nueva_llave(request.form.get("credencial", ""))
    if nueva is None:
        raise ErrorJornada("llave_acceso_no_vale")
    nombre = " ".join(request.form.get("nombre", "").split()) or nombrar(request.user_agent.string)
    antes = acceso.pide_segundo(cuenta)
    with anotando("agregar llave de acceso", f"cuenta {cuenta.usuario}"):
        llaves_acceso.agregar(
            bd(), cuenta.id, id=nueva.id, publica=nueva.publica, contador=nueva.contador, nombre=nombre, ahora=ahora()
        )
    return _listo(f"Se agregó la llave de acceso «{nombre[: llaves_acceso.NOMBRE_LARGO]}».", antes)


@bp.post("/mi-entrada/llaves/<id>/baja")
@requiere(*ROLES)
@confirma
def llave_acceso_quitar(id: str) -> ResponseReturnValue:
    cuenta = cuenta_segura()
    with anotando("quitar llave de acceso", f"cuenta {cuenta.usuario}"):
        nombre = llaves_acceso.quitar(bd(), cuenta.id, id)
        if nombre is None:
            abort(404)
    flash(f"Se quitó «{nombre}»: ya no abre. Bórrela también del aparato o de su lista de contraseñas.")
    return redirect(url_for(".mi_entrada"), 303)


# --- El número de la aplicación ------------------------------------------------------------------------------------


@bp.post("/mi-entrada/numero")
@requiere(*ROLES)
@confirma
def numero_activar() -> ResponseReturnValue:
    """Primero enseña el QR; con el número que la aplicación da queda activado. Antes de eso no se guarda nada.

    :raises ErrorJornada: ``numero_vencido``.
    """
    cuenta, escrito = cuenta_segura(), request.form.get("numero")
    if escrito is None:
        return _pagina_numero(cuenta, secrets.token_bytes(totp.LARGO_SECRETO))
    secreto = _secreto_llevado(cuenta)
    if secreto is None:
        raise ErrorJornada("numero_vencido")
    lapso = totp.lapso_de("".join(escrito.split()), secreto, ahora(), 0)
    if lapso is None:
        return _pagina_numero(cuenta, secreto, NO_ES), 422
    antes = acceso.pide_segundo(cuenta)
    with anotando("activar número de la aplicación", f"cuenta {cuenta.usuario}"):
        segundo_paso.activar(bd(), cuenta.id, secreto, lapso, sello=instalacion().sello, ahora=ahora())
    return _listo("Se activó el número de la aplicación.", antes)


@bp.post("/mi-entrada/numero/baja")
@requiere(*ROLES)
@confirma
def numero_quitar() -> ResponseReturnValue:
    cuenta = cuenta_segura()
    with anotando("quitar número de la aplicación", f"cuenta {cuenta.usuario}"):
        segundo_paso.quitar(bd(), cuenta.id)
    flash("Ya no se pide el número de la aplicación.")
    return redirect(url_for(".mi_entrada"), 303)


def _pagina_numero(cuenta: Cuenta, secreto: bytes, error: str | None = None) -> str:
    direccion = totp.direccion(secreto, cuenta.usuario, ajustes.leer(bd(), "oficina") or "jornada")
    return render_template(
        "panel/mi_entrada_numero.html",
        dibujo=Markup(qr.svg(direccion, "M")),  # noqa: S704  lo dibuja la biblioteca: no lleva texto de nadie
        a_mano=totp.a_mano(secreto),
        direccion=direccion,
        llevado=_firmante(cuenta).dumps(secreto.hex()),
        error=error,
    )


def _secreto_llevado(cuenta: Cuenta) -> bytes | None:
    try:
        return bytes.fromhex(_firmante(cuenta).loads(request.form.get("secreto", ""), max_age=_DURA.seconds))
    except (BadData, ValueError, TypeError):
        return None


def _firmante(cuenta: Cuenta) -> URLSafeTimedSerializer:
    """Firmado, para que quien use una página ajena no le ponga a nadie un número que ya conoce."""
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=f"jornada/segundo-paso/v1/{cuenta.id}")


# --- Los códigos impresos ------------------------------------------------------------------------------------------


@bp.post("/mi-entrada/codigos")
@requiere(*ROLES)
@confirma
def codigos_nuevos() -> ResponseReturnValue:
    """Se enseñan en esta respuesta y en ninguna otra."""
    cuenta = cuenta_segura()
    with anotando("pedir códigos impresos", f"cuenta {cuenta.usuario}"):
        dados = codigos_unicos.nuevos(bd(), cuenta.id, ahora(), azar())
    return render_template("panel/mi_entrada_codigos.html", codigos=[codigos_unicos.en_grupos(c) for c in dados])


@bp.post("/mi-entrada/codigos/hoja.pdf")
@requiere(*ROLES)
def codigos_hoja() -> ResponseReturnValue:
    """La hoja con los códigos que la página anterior enseñó; aquí no quedan guardados.

    :raises ErrorJornada: ``codigos_cambiados``.
    """
    cuenta = cuenta_segura()
    codigos = [codigo for escrito in request.form.getlist("codigo") if (codigo := codigos_unicos.normalizar(escrito))]
    if len(codigos) > codigos_unicos.CUANTOS or not codigos_unicos.son_suyos(bd(), cuenta.id, codigos):
        raise ErrorJornada("codigos_cambiados")
    anotar("imprimir códigos", f"cuenta {cuenta.usuario}")
    hoja = codigos_pdf(
        [codigos_unicos.en_grupos(codigo) for codigo in codigos],
        nombre=cuenta.nombre,
        usuario=cuenta.usuario,
        oficina=ajustes.leer(bd(), "oficina") or "",
        direccion=f"{request.host}{url_for('.entrar')}",
        fecha=fecha_larga(ahora().date(), con_ejercicio=True),
    )
    return pdf(hoja, "codigos-para-entrar", descargar=True)


# --- El de otra cuenta ---------------------------------------------------------------------------------------------


@bp.post("/cuentas/<id>/segundo-paso")
@requiere("titular")
@confirma
def cuenta_sin_segundo(id: str) -> ResponseReturnValue:
    """Le quita el segundo paso y los códigos a quien perdió su teléfono o su hoja. El propio, en «Mi entrada»."""
    de_quien = cuentas.leer(bd(), id)
    if de_quien is None:
        abort(404)
    if id == cuenta_segura().id:
        return redirect(url_for(".mi_entrada"), 303)
    with anotando("quitar segundo paso", f"cuenta {de_quien.usuario}"):
        acceso.quitar_todo(de_quien)
    flash(f"{de_quien.nombre} entra otra vez con su pura contraseña. Pídale que active de nuevo su segundo paso.")
    return redirect(url_for(".cuentas_lista"), 303)


def _listo(frase: str, ya_pedia: bool) -> ResponseReturnValue:
    flash(frase if ya_pedia else f"{frase} {YA_NO}")
    return redirect(url_for(".mi_entrada"), 303)
