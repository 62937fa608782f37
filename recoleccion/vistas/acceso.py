"""Lo que prueba quién es, además de la contraseña: llave de acceso, número de la aplicación y código impreso.

Una llave de acceso basta sola: es tenerla y, ahí mismo, la huella o el PIN. A quien tiene una o usa el número, la
contraseña sola ya no le abre: falta su segundo paso, en el panel y en ``/campo/``. Nadie está obligada a tenerlo; a
la titular y a quien administra se les recuerda. Un código impreso suple una de las dos cosas, nunca las dos.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import cast

from flask import current_app, session

from recoleccion import llave_webauthn, totp
from recoleccion.consultas import ajustes, bitacora, codigos_unicos, cuentas, llaves_acceso, segundo_paso, sesiones
from recoleccion.consultas.conexion import escritura
from recoleccion.consultas.cuentas import Cuenta
from recoleccion.consultas.sesiones import Metodo
from recoleccion.fechas import plural
from recoleccion.llave_webauthn import NoVale, Nueva, Sitio
from recoleccion.retos import Retos

from . import puerta, sesion
from .contexto import ahora, bd, instalacion

_EXTENSION = "jornada_retos"
_GALLETA = "reto"
AJUSTE, EXIGIBLE = "segundo", ("titular", "administra")
"""Con qué ajuste lo exige la oficina, y a quién."""
EQUIVOCADO = "segundo paso equivocado"
_CON: dict[Metodo, str] = {
    "contrasena": "", "llave": "con llave de acceso", "totp": "con el número", "codigo": "con un código impreso",
}  # fmt: skip


def sitio() -> Sitio | None:
    """Para dónde se dan llaves de acceso; nulo si la dirección de esta oficina no las admite."""
    return llave_webauthn.sitio(ajustes.leer(bd(), "host_publico") or "")


def pide_segundo(cuenta: Cuenta) -> bool:
    """Si su contraseña sola ya no abre."""
    return usa_numero(cuenta) or tiene_llaves(cuenta)


def le_falta(cuenta: Cuenta) -> bool:
    """Si la oficina exige segundo paso a su papel y todavía no lo tiene."""
    return cuenta.rol in EXIGIBLE and ajustes.leer(bd(), AJUSTE) == "si" and not pide_segundo(cuenta)


def usa_numero(cuenta: Cuenta) -> bool:
    return segundo_paso.activado_en(bd(), cuenta.id) is not None


def tiene_llaves(cuenta: Cuenta) -> bool:
    return bool(llaves_acceso.de_cuenta(bd(), cuenta.id))


# --- Llaves de acceso ----------------------------------------------------------------------------------------------


def opciones(para: str, donde: Sitio, cuenta: Cuenta | None) -> str:
    """El JSON con que el navegador pide la llave, con un reto de esta sesión. ``para``: «entrar», «alta»…"""
    reto = _retos().nuevo(para, session.setdefault(_GALLETA, secrets.token_urlsafe(16)), ahora())
    if para != "alta" or cuenta is None:
        return llave_webauthn.opciones_de_uso(donde, reto)
    suyas = [llave.id for llave in llaves_acceso.de_cuenta(bd(), cuenta.id)]
    oficina = ajustes.leer(bd(), "oficina") or "jornada"
    return llave_webauthn.opciones_de_alta(donde, oficina, cuenta.id, cuenta.usuario, suyas, reto)


def nueva_llave(credencial: str) -> Nueva | None:
    """La que se acaba de hacer, si contesta el reto de alta de esta sesión."""
    donde = sitio()
    try:
        reto = llave_webauthn.reto_de(credencial)
        if donde is None or not _es_de_esta_sesion(reto, "alta"):
            return None
        nueva = llave_webauthn.comprobar_alta(credencial, donde, reto)
    except NoVale:
        return None
    return nueva if _retos().gastar(reto, ahora()) else None


def con_llave(credencial: str, para: str) -> Cuenta | None:
    """De quién es la llave que contesta el reto de esta sesión; nulo si algo no cuadra."""
    donde = sitio()
    try:
        reto = llave_webauthn.reto_de(credencial)
        if donde is None or not _es_de_esta_sesion(reto, para):
            return None
        id, dueno = llave_webauthn.de_quien_dice(credencial)
        llave = llaves_acceso.por_id(bd(), id)
        if llave is None or llave.cuenta_id != dueno:
            return None
        contador = llave_webauthn.comprobar_uso(credencial, donde, reto, llave.publica)
    except NoVale:
        return None
    cuenta = cuentas.leer(bd(), llave.cuenta_id)
    if cuenta is None or not cuenta.activa or not _retos().gastar(reto, ahora()):
        return None
    if not llaves_acceso.usar(bd(), llave.id, contador, ahora()):
        _anotar(cuenta, "llave de acceso rechazada", "su contador no avanzó: puede haber una copia")
        return None
    return cuenta


def _es_de_esta_sesion(reto: bytes, para: str) -> bool:
    de_quien = session.get(_GALLETA)
    return isinstance(de_quien, str) and _retos().vale(reto, para, de_quien, ahora())


def _retos() -> Retos:
    """Los de esta aplicación, desde que hacen falta."""
    return cast(Retos, current_app.extensions.setdefault(_EXTENSION, Retos()))


# --- El número de la aplicación y los códigos ----------------------------------------------------------------------


def con_numero(cuenta: Cuenta, escrito: str) -> Metodo | None:
    """Si es el número de su aplicación, o uno de sus códigos impresos, que se gasta.

    :raises ErrorJornada: ``muchos_numeros``.
    """
    return puerta.intentar(cuenta.usuario, lambda: _con_numero(cuenta, escrito))


def _con_numero(cuenta: Cuenta, escrito: str) -> Metodo | None:
    if codigos_unicos.normalizar(escrito):
        return "codigo" if gastar_codigo(cuenta, escrito) else None
    return "totp" if es_su_numero(cuenta, escrito) else None


def es_su_numero(cuenta: Cuenta, escrito: str) -> bool:
    """Gasta el lapso de ese número. Sólo dentro de un intento contado."""
    guardado = segundo_paso.leer(bd(), cuenta.id, instalacion().sello)
    if guardado is None:
        return False
    secreto, ultimo = guardado
    lapso = totp.lapso_de("".join(escrito.split()), secreto, ahora(), ultimo)
    return lapso is not None and segundo_paso.gastar(bd(), cuenta.id, lapso)


def gastar_codigo(cuenta: Cuenta, escrito: str) -> bool:
    """Gasta uno de sus códigos impresos y lo anota. Sólo dentro de un intento contado."""
    with escritura(bd()):
        if not codigos_unicos.usar(bd(), cuenta.id, escrito, ahora()):
            return False
        _anotar(cuenta, "usar código impreso", f"le quedan {codigos_unicos.sin_usar(bd(), cuenta.id)}")
    return True


# --- Lo que piden otras páginas ------------------------------------------------------------------------------------


def segundo_con(cuenta: Cuenta, form: Mapping[str, str]) -> Metodo | None:
    """El segundo paso de quien ya dio su contraseña. :raises ErrorJornada: ``muchos_numeros``."""
    if credencial := form.get("credencial"):
        suya = con_llave(credencial, "segundo")
        metodo: Metodo | None = "llave" if suya and suya.id == cuenta.id else None
    else:
        metodo = con_numero(cuenta, form.get("numero", ""))
    if metodo is None:
        _anotar(cuenta, EQUIVOCADO)
    return metodo


def confirmar_con(cuenta: Cuenta, form: Mapping[str, str]) -> Metodo | None:
    """Con qué probó otra vez que es ella quien tiene la sesión; nulo si no lo probó.

    :raises ErrorJornada: ``muchos_intentos``, ``muchos_numeros``.
    """
    if credencial := form.get("credencial"):
        suya = con_llave(credencial, "confirmar")
        return "llave" if suya and suya.id == cuenta.id else None
    if numero := form.get("numero"):
        return con_numero(cuenta, numero)
    return "contrasena" if puerta.confirmar(cuenta, form.get("contrasena", "")) else None


def anotar_entrada(cuenta: Cuenta, metodo: Metodo, donde: str = "panel") -> None:
    """Con qué entró y cuántas contraseñas equivocadas hubo antes en otros navegadores: así la dueña se entera."""
    detalle = "; ".join(filter(None, (_CON[metodo], _fallos())))
    bitacora.anotar(bd(), ahora(), cuenta.usuario, "entrar", donde, detalle)


def anotar_falta(cuenta: Cuenta) -> None:
    """Alguien dio su contraseña y falta el segundo paso. Si no sigue un «entrar», no fue ella."""
    _anotar(cuenta, "contraseña buena, falta el segundo paso", _fallos())


def _fallos() -> str:
    fallos = puerta.fallos_antes()
    return f"antes, {plural(fallos, 'contraseña equivocada', 'contraseñas equivocadas')}" if fallos else ""


def equivocados(cuenta: Cuenta) -> int:
    """En la última semana, los segundos pasos fallados después de una contraseña buena, si todavía es la misma."""
    desde = (ahora() - timedelta(days=7)).date()
    if cambio := bitacora.ultima(bd(), f"cuenta {cuenta.usuario}", ("cambiar contraseña", "recuperar contraseña")):
        desde = max(desde, datetime.fromisoformat(cambio["cuando"]).date() + timedelta(days=1))
    return bitacora.contar(bd(), {"desde": desde.isoformat(), "quien": cuenta.usuario, "accion": EQUIVOCADO})


def acaba_de_usar_su_llave() -> bool:
    """Si la última prueba de quién es, de hace menos de cinco minutos, fue su llave de acceso."""
    abierta = sesion.actual()
    return abierta is not None and abierta.metodo == "llave" and sesion.confirmada()


def quitar_todo(cuenta: Cuenta) -> None:
    """Sin segundo paso ni códigos, y sus sesiones cerradas: vuelve a bastar su contraseña."""
    base = bd()
    with escritura(base):
        segundo_paso.quitar(base, cuenta.id)
        llaves_acceso.quitar_todas(base, cuenta.id)
        codigos_unicos.borrar(base, cuenta.id)
        sesiones.cerrar_de(base, cuenta.id)


def _anotar(cuenta: Cuenta, accion: str, detalle: str = "") -> None:
    bitacora.anotar(bd(), ahora(), cuenta.usuario, accion, f"cuenta {cuenta.usuario}", detalle)
