"""Cómo se arranca Datasette: un proceso aparte que sólo conoce el archivo público."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from .metadatos import escribir_metadatos, metadatos

AJUSTES: dict[str, str] = {
    "default_allow_sql": "off",
    "suggest_facets": "off",
    # Contar renglones aquí contaría celdas, no personas: la cuenta correcta ya viene en la columna.
    "allow_facet": "off",
    "allow_download": "on",
    "allow_csv_stream": "on",
    "max_csv_mb": "20",
    "sql_time_limit_ms": "1000",
    "max_returned_rows": "1000",
    "default_page_size": "100",
    "default_cache_ttl": "1",
    "force_https_urls": "off",
}

# Lo que un proceso de Python necesita para arrancar; nada de la aplicación ni de sus llaves.
_ENTORNO = frozenset(
    [
        "PATH",
        "PYTHONPATH",
        "PYTHONHOME",
        "PYTHONUTF8",
        "PYTHONIOENCODING",
        "VIRTUAL_ENV",
        "LD_LIBRARY_PATH",
        "DYLD_LIBRARY_PATH",
        "HOME",
        "LANG",
        "LC_ALL",
        "LC_CTYPE",
        "TZ",
        "TMPDIR",
        "TEMP",
        "TMP",
        "SYSTEMROOT",
        "SYSTEMDRIVE",
        "WINDIR",
        "PATHEXT",
        "COMSPEC",
        "USERPROFILE",
        "APPDATA",
    ]
)


def orden(
    ruta_publica: Path,
    puerto: int,
    direccion: str = "127.0.0.1",
    *,
    titulo: str | None = None,
    fuente: str | None = None,
) -> list[str]:
    """Los argumentos del proceso. Deja ``publica.metadatos.json`` junto al archivo público.

    El archivo debe existir (``escritura.escribir`` lo hace aunque no haya nada publicado) y se abre como inmutable:
    una publicación nueva es otro archivo en el mismo lugar, y el complemento la toma sin reiniciar.
    """
    ruta = ruta_publica.resolve()
    ruta_metadatos = ruta.with_name(f"{ruta.stem}.metadatos.json")
    dichos = {clave: valor for clave, valor in (("titulo", titulo), ("fuente", fuente)) if valor}
    escribir_metadatos(ruta_metadatos, metadatos(base=ruta.stem, **dichos))
    argumentos = [sys.executable, "-m", "datasette", "serve", "-i", str(ruta)]
    argumentos += ["--host", direccion, "--port", str(puerto), "--metadata", str(ruta_metadatos)]
    for ajuste, valor in AJUSTES.items():
        argumentos += ["--setting", ajuste, valor]
    return argumentos


def entorno(actual: Mapping[str, str] | None = None) -> dict[str, str]:
    """El ambiente del proceso: sin ``JORNADA_*`` ni nada que no esté en la lista."""
    return {
        clave: valor for clave, valor in (os.environ if actual is None else actual).items() if clave.upper() in _ENTORNO
    }
