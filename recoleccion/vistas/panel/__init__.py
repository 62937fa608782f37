"""El panel: el escritorio de la titular. Cada módulo es una parte; toda ruta dice qué rol requiere."""

from typing import Any

from flask import Blueprint

from recoleccion.consultas import ajustes

from .. import fechas, sesion
from ..contexto import ahora, bd
from .menu import menu

bp = Blueprint("panel", __name__, url_prefix="/panel")
fechas.registrar(bp)


@bp.context_processor
def _comun() -> dict[str, Any]:
    cuenta = sesion.cuenta_actual()
    rol = cuenta.rol if cuenta else ""
    return {
        "cuenta": cuenta,
        "es_titular": rol == "titular",
        "menu": menu(rol),
        "oficina": ajustes.leer(bd(), "oficina", "Oficina"),
        "modo": ajustes.leer(bd(), "modo", "prueba"),
        "ahora": ahora(),
    }


from . import (  # noqa: E402  las partes se registran en el blueprint que ya existe
    acceso,
    acceso_entrar,
    actividades,
    actividades_importar,
    ajustes_oficina,
    aviso,
    bitacora,
    calendario,
    carta,
    catalogo_localidades,
    catalogos,
    cierre_evento,
    comentarios,
    confirmar,
    constructor,
    constructor_pregunta,
    cuarentena,
    cuentas,
    derechos,
    derechos_datos,
    directorio,
    entrada,
    estado,
    estado_sistema,
    evento_editar,
    eventos,
    evidencias,
    hoja_evento,
    hoy,
    impresos,
    informes,
    informes_registros,
    instrumentos,
    instrumentos_importar,
    instrumentos_vista,
    invitacion,
    lista,
    llave,
    llave_giro,
    llave_quienes,
    papel,
    papel_archivo,
    papel_encuestas,
    papel_lista,
    papeleria,
    poa,
    poa_linea,
    publicacion,
    repetidas,
    rescate,
    retencion,
    series,
    sesiones,
    telefonos,
    vivo,
)

__all__ = [
    "acceso", "acceso_entrar", "actividades", "actividades_importar", "ajustes_oficina", "aviso", "bitacora",
    "bp", "calendario", "carta", "catalogo_localidades", "catalogos", "cierre_evento", "comentarios", "confirmar",
    "constructor", "constructor_pregunta", "cuarentena", "cuentas", "derechos", "derechos_datos", "directorio",
    "entrada", "estado", "estado_sistema", "evento_editar", "eventos", "evidencias", "hoja_evento", "hoy",
    "impresos", "informes", "informes_registros", "instrumentos", "instrumentos_importar", "instrumentos_vista",
    "invitacion", "lista", "llave", "llave_giro", "llave_quienes", "papel", "papel_archivo", "papel_encuestas",
    "papel_lista", "papeleria", "poa", "poa_linea", "publicacion", "repetidas", "rescate", "retencion", "series",
    "sesiones", "telefonos", "vivo",
]  # fmt: skip
