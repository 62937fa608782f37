"""Editar una encuesta en pantalla: operaciones sobre un borrador, que puede estar a medias. Puro: ni SQL ni páginas.

Cada operación recibe un borrador y devuelve otro; ninguna falla. :func:`problemas` dice qué le falta, en su pregunta, y
:func:`instrumento` da la versión que se guarda cuando ya no falta nada.
"""

from formularios.edicion.borrador import INTRO, Borrador, modelo, nuevo
from formularios.edicion.condicion import (
    CONDICIONES_MAXIMAS,
    Condicion,
    Condiciones,
    candidatas,
    condiciones_de,
    es_de_la_hoja,
    escribir,
)
from formularios.edicion.opciones import agregar_opciones, cambiar_opcion, mover_opcion, quitar_opcion
from formularios.edicion.operaciones import (
    agregar,
    cambiar,
    deshacer,
    duplicar,
    mostrar_si,
    mover,
    portada,
    quitar,
    ultima_quitada,
)
from formularios.edicion.partida import al_dia, copia_de, de_versiones
from formularios.edicion.problemas import Problema, avisos, instrumento, problemas
from formularios.edicion.tipos import TIPOS, fijas, tipo_de

__all__ = [
    "CONDICIONES_MAXIMAS",
    "INTRO",
    "TIPOS",
    "Borrador",
    "Condicion",
    "Condiciones",
    "Problema",
    "agregar",
    "agregar_opciones",
    "al_dia",
    "avisos",
    "cambiar",
    "cambiar_opcion",
    "candidatas",
    "condiciones_de",
    "copia_de",
    "de_versiones",
    "deshacer",
    "duplicar",
    "es_de_la_hoja",
    "escribir",
    "fijas",
    "instrumento",
    "modelo",
    "mostrar_si",
    "mover",
    "mover_opcion",
    "nuevo",
    "portada",
    "problemas",
    "quitar",
    "quitar_opcion",
    "tipo_de",
    "ultima_quitada",
]  # fmt: skip
