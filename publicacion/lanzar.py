"""Cómo se arranca Datasette: un proceso aparte que sólo conoce el archivo público."""

import contextlib
import os
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

from . import descargas
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
    buscadores: bool = False,
) -> list[str]:
    """Los argumentos del proceso, después de :func:`alistar`."""
    alistar(ruta_publica, titulo=titulo, fuente=fuente, buscadores=buscadores)
    return orden_alistada(ruta_publica, puerto, direccion)


def alistar(
    ruta_publica: Path, *, titulo: str | None = None, fuente: str | None = None, buscadores: bool = False
) -> None:
    """Deja ``publica.metadatos.json`` y, si faltan, las descargas junto al archivo público.

    El archivo debe existir (``escritura.escribir`` lo hace aunque no haya nada publicado).
    """
    ruta = ruta_publica.resolve()
    dichos = {clave: valor for clave, valor in (("titulo", titulo), ("fuente", fuente)) if valor}
    escribir_metadatos(ruta_metadatos(ruta), metadatos(base=ruta.stem, buscadores=buscadores, **dichos))
    with contextlib.suppress(OSError):  # sin disco para ellas se sirve lo demás, y la página lo dice
        descargas.hacer(ruta, descargas.carpeta_de(ruta))


def ruta_metadatos(ruta_publica: Path) -> Path:
    return ruta_publica.with_name(f"{ruta_publica.stem}.metadatos.json")


def orden_alistada(ruta_publica: Path, puerto: int, direccion: str = "127.0.0.1") -> list[str]:
    """Los argumentos del proceso sobre lo que ya dejó :func:`alistar`; no escribe nada.

    El archivo se abre como inmutable: una publicación nueva es otro archivo en el mismo lugar, y el complemento la toma
    sin reiniciar.
    """
    ruta = ruta_publica.resolve()
    argumentos = [sys.executable, "-m", "datasette", "serve", "-i", str(ruta)]
    argumentos += ["--host", direccion, "--port", str(puerto), "--metadata", str(ruta_metadatos(ruta))]
    for ajuste, valor in AJUSTES.items():
        argumentos += ["--setting", ajuste, valor]
    return argumentos


def entorno(
    actual: Mapping[str, str] | None = None, *, ruta_publica: Path | None = None, estado: Path | None = None
) -> dict[str, str]:
    """El ambiente del proceso: sin ``JORNADA_*`` ni nada que no esté en la lista.

    Con ``ruta_publica`` lleva también el secreto con que se firman las sesiones de analistas: sobreviven a reiniciar.
    Se guarda junto al archivo público o, si ahí no se puede escribir, en la carpeta ``estado``.
    """
    limpio = {
        clave: valor for clave, valor in (os.environ if actual is None else actual).items() if clave.upper() in _ENTORNO
    }
    return limpio if ruta_publica is None else limpio | {"DATASETTE_SECRET": _secreto(ruta_publica, estado)}


def _secreto(ruta_publica: Path, estado: Path | None) -> str:
    """``publica.secreto``, legible sólo para quien atiende; si no sirve, uno nuevo."""
    ruta = (estado or ruta_publica.parent) / f"{ruta_publica.stem}.secreto"
    with contextlib.suppress(OSError, ValueError):
        if len(guardado := ruta.read_text("ascii").strip()) == 64:
            return guardado
    nuevo = secrets.token_hex(32)
    temporal = ruta.with_name(ruta.name + ".nuevo")
    temporal.unlink(missing_ok=True)
    descriptor = os.open(temporal, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as archivo:
        archivo.write(nuevo)
    os.replace(temporal, ruta)
    return nuevo
