"""Dónde están ``static/`` y ``plantillas/``: junto al paquete en el árbol fuente, dentro de él ya instalado."""

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_PAQUETE = Path(__file__).resolve().parent


def carpeta(nombre: str, paquete: Path = _PAQUETE) -> Path:
    """La carpeta ``nombre`` que viaja con el programa.

    La rueda la guarda dentro de ``recoleccion`` porque un ``static`` suelto en site-packages sería de todos.

    :raises FileNotFoundError: si el programa quedó instalado a medias.
    """
    for candidata in (paquete / nombre, paquete.parent / nombre):
        if candidata.is_dir():
            return candidata
    raise FileNotFoundError(f"Falta la carpeta «{nombre}» del programa. Vuelva a instalar jornada.")


def version_instalada() -> str:
    """La versión del programa; «0» cuando corre desde el árbol fuente sin instalar."""
    try:
        return version("jornada")
    except PackageNotFoundError:
        return "0"
