"""El panel: el escritorio de la titular. Cada módulo es una parte; toda ruta dice qué rol requiere."""

from typing import Any

from flask import Blueprint

from recoleccion.consultas import ajustes
from recoleccion.consultas.cuentas import ROLES

from .. import fechas, sesion
from ..contexto import ahora, bd

bp = Blueprint("panel", __name__, url_prefix="/panel")
fechas.registrar(bp)

MENU = (
    ("panel.inicio", "Hoy", ("titular", "promotora")),
    ("panel.lista_eventos", "Eventos", ("titular", "promotora")),
    ("panel.instrumentos_lista", "Encuestas", ("titular",)),
    ("panel.poa", "Programa anual", ("titular",)),
    ("panel.publicacion", "Publicación", ("titular",)),
    ("panel.comentarios", "Comentarios", ("titular",)),
    ("panel.llave", "Llave de nombres", ("titular",)),
    ("panel.impresos", "Imprimir", ("titular",)),
    ("panel.telefonos", "Teléfonos", ("titular",)),
    ("panel.cuarentena", "Por revisar", ("titular",)),
    ("panel.directorio_lista", "Directorio", ("titular",)),
    ("panel.aviso", "Aviso", ("titular",)),
    ("panel.ajustes_oficina", "Ajustes", ("titular",)),
    ("panel.cuentas_lista", "Cuentas", ("titular",)),
    ("panel.contrasena_propia", "Mi contraseña", ROLES),
)


@bp.context_processor
def _comun() -> dict[str, Any]:
    cuenta = sesion.cuenta_actual()
    rol = cuenta.rol if cuenta else ""
    return {
        "cuenta": cuenta,
        "es_titular": rol == "titular",
        "menu": [(ruta, texto) for ruta, texto, roles in MENU if rol in roles],
        "oficina": ajustes.leer(bd(), "oficina", "Oficina"),
        "modo": ajustes.leer(bd(), "modo", "prueba"),
        "ahora": ahora(),
    }


from . import (  # noqa: E402  las partes se registran en el blueprint que ya existe
    actividades,
    actividades_importar,
    ajustes_oficina,
    aviso,
    comentarios,
    constructor,
    constructor_pregunta,
    cuarentena,
    cuentas,
    directorio,
    entrada,
    estado,
    eventos,
    hoy,
    impresos,
    instrumentos,
    instrumentos_importar,
    instrumentos_vista,
    lista,
    llave,
    papel,
    papel_archivo,
    papel_encuestas,
    papel_lista,
    poa,
    publicacion,
    rescate,
    telefonos,
    vivo,
)

__all__ = [
    "actividades", "actividades_importar", "ajustes_oficina", "aviso", "bp", "comentarios", "constructor", "constructor_pregunta", "cuarentena", "cuentas",
    "directorio", "entrada", "estado", "eventos", "hoy", "impresos", "instrumentos", "instrumentos_importar",
    "instrumentos_vista", "lista", "llave", "papel", "papel_archivo", "papel_encuestas", "papel_lista", "poa",
    "publicacion", "rescate", "telefonos", "vivo",
]  # fmt: skip
