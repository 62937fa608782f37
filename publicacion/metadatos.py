"""Los metadatos de Datasette: títulos, descripciones, unidades, licencia y fuente, en español."""

import json
import os
from pathlib import Path
from typing import Any

from .compartida import dejar_leer
from .esquema_publico import TABLAS, VISTAS

CLAVE = "jornada_publicacion"
TITULO = "Datos abiertos de las actividades"
DESCRIPCION = (
    "Cuántas asistencias hubo a las pláticas, talleres y campañas, y qué se contestó en las encuestas anónimas. "
    "Sólo hay cuentas de grupos: ningún renglón es una persona."
)
LICENCIA = "CC BY 4.0"
LICENCIA_URL = "https://creativecommons.org/licenses/by/4.0/deed.es"


def metadatos(
    *,
    titulo: str = TITULO,
    fuente: str = "La oficina que organiza las actividades",
    base: str = "publica",
    buscadores: bool = False,
) -> dict[str, Any]:
    """El diccionario que lee Datasette. ``fuente`` es quien publica; ``base``, el nombre del archivo sin extensión.

    ``buscadores``: si Google y los demás pueden mostrar el portal. Mientras la oficina no lo decida, no.
    """
    tablas: dict[str, Any] = {
        nombre: {
            "title": tabla.titulo,
            "description": tabla.descripcion,
            "columns": {
                columna: f"{c.descripcion} Unidad: {c.unidad}." if c.unidad else c.descripcion
                for columna, c in tabla.columnas.items()
            },
        }
        for nombre, tabla in TABLAS.items()
    }
    vistas = {
        nombre: {"title": vista.titulo, "description": vista.descripcion, "columns": dict(vista.columnas)}
        for nombre, vista in VISTAS.items()
    }
    comunes = {"license": LICENCIA, "license_url": LICENCIA_URL, "source": fuente}
    return {
        "title": titulo,
        "description": DESCRIPCION,
        **comunes,
        "allow_sql": {"analista": "*"},  # lo trae quien entró: publicacion.acceso
        "databases": {base: {"title": "Datos", "description": DESCRIPCION, "tables": tablas | vistas}},
        "plugins": {CLAVE: {"activo": True, "buscadores": buscadores}},
    }


def escribir_metadatos(ruta: Path, contenido: dict[str, Any]) -> None:
    """Entero o nada: Datasette nunca lee un archivo a medias."""
    temporal = ruta.with_name(ruta.name + ".nuevo")
    temporal.write_text(json.dumps(contenido, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    dejar_leer(temporal, ruta.parent)
    os.replace(temporal, ruta)
