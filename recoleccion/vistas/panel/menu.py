"""El menú del panel, en tres grupos: lo de todos los días, lo del año y lo de la oficina."""

from typing import NamedTuple

from flask import current_app, request, url_for

from recoleccion.consultas.cuentas import ROLES

_TITULAR = ("titular",)
_LAS_DOS = ("titular", "promotora")
_LAS_QUE_CUIDAN = ("titular", "administra")

MENU: tuple[tuple[str, tuple[tuple[str, str, tuple[str, ...]], ...]], ...] = (
    (
        "Día a día",
        (
            ("panel.inicio", "Hoy", _LAS_DOS),
            ("panel.lista_eventos", "Eventos", _LAS_DOS),
            ("panel.calendario", "Calendario", _LAS_DOS),
            ("panel.cuarentena", "Por revisar", _TITULAR),
            ("panel.telefonos", "Teléfonos", _TITULAR),
            ("panel.impresos", "Imprimir", _TITULAR),
            ("panel.comentarios", "Comentarios", _TITULAR),
        ),
    ),
    (
        "El año",
        (
            ("panel.poa", "Programa anual", _TITULAR),
            ("panel.actividades", "Actividades", _TITULAR),
            ("panel.informes", "Informes", _TITULAR),
            ("panel.instrumentos_lista", "Encuestas", _TITULAR),
            ("panel.publicacion", "Publicación", _TITULAR),
        ),
    ),
    (
        "Oficina",
        (
            ("panel.directorio_lista", "Directorio", _TITULAR),
            ("panel.catalogos", "Catálogos", _TITULAR),
            ("panel.aviso", "Aviso", _TITULAR),
            ("panel.llave", "Llave de nombres", _TITULAR),
            ("panel.retencion", "Nombres", _TITULAR),
            ("panel.derechos_lista", "Derechos ARCO", _TITULAR),
            ("panel.cuentas_lista", "Cuentas", _TITULAR),
            ("panel.bitacora", "Bitácora", _LAS_QUE_CUIDAN),
            ("panel.estado_sistema", "Estado", _LAS_QUE_CUIDAN),
            ("panel.sesiones", "Sesiones", ROLES),
            ("panel.ajustes_oficina", "Ajustes", _TITULAR),
            ("panel.mi_entrada", "Mi entrada", ROLES),
            ("manual.indice", "Ayuda", ROLES),
        ),
    ),
)
"""Por grupo: vista, cómo se lee y a quién se le ofrece. Una vista que esta instalación no trae no sale."""


class Parte(NamedTuple):
    direccion: str
    texto: str
    aqui: bool


class Grupo(NamedTuple):
    """``abierto``: aquí está la página que se ve, y en un teléfono empieza desplegado."""

    nombre: str
    partes: tuple[Parte, ...]
    abierto: bool


def menu(rol: str) -> list[Grupo]:
    """El de quien entró con ese rol, con la parte donde está; vacío si no tiene ninguna."""
    ofrecidas = [
        (nombre, [(url_for(vista), texto) for vista, texto, roles in partes if rol in roles and _existe(vista)])
        for nombre, partes in MENU
    ]
    aqui = _donde_esta([direccion for _, partes in ofrecidas for direccion, _ in partes])
    return [
        Grupo(
            nombre,
            tuple(Parte(direccion, texto, direccion == aqui) for direccion, texto in partes),
            any(direccion == aqui for direccion, _ in partes),
        )
        for nombre, partes in ofrecidas
        if partes
    ]


def _existe(vista: str) -> bool:
    return vista in current_app.view_functions


def _donde_esta(direcciones: list[str]) -> str | None:
    """La más larga de la que cuelga la página pedida; de «Hoy» no cuelga ninguna."""
    inicio = url_for("panel.inicio")
    cuelga = [
        direccion
        for direccion in direcciones
        if request.path == direccion or (direccion != inicio and request.path.startswith(f"{direccion}/"))
    ]
    return max(cuelga, key=len, default=None)
