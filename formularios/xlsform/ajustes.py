"""La hoja ``settings``: título, clave, versión, idioma y lo nuestro (introducción, minutos, ficha, edad, cierre)."""

import re
import unicodedata
from collections.abc import Callable
from pathlib import PurePath
from typing import Any

from formularios.invariantes import CLAVE_INSTRUMENTO
from formularios.xlsform.pagina import Pagina

_SI = {"yes": True, "true": True, "true()": True, "si": True, "sí": True, "1": True}
_NO = {"no": False, "false": False, "false()": False, "0": False}
SI_O_NO = {**_SI, **_NO}
_VERSION_MAXIMA = 2**53


def leer(pagina: Pagina, nombre_archivo: str) -> dict[str, Any]:
    """Los campos del instrumento que salen de aquí. Lo que está mal queda anotado en la página."""
    fila = pagina.filas[0] if pagina.filas else None
    for sobra in pagina.filas[1:2]:
        pagina.problema(sobra, None, "La hoja settings lleva una sola fila.", "Borre las demás.")

    def texto(campo: str) -> str | None:
        return pagina.texto(fila, campo) if fila else None

    titulo, clave = texto("titulo"), texto("clave")
    de_archivo = PurePath(nombre_archivo.replace("\\", "/")).stem or "encuesta"
    campos: dict[str, Any] = {
        "clave": _clave(pagina, clave or titulo or de_archivo),
        "titulo": titulo or clave or de_archivo,
        "version": _version(pagina, texto("version")),
        "intro": texto("intro") or "",
        "cierre": texto("cierre"),
        "idioma": texto("idioma"),
    }
    lecturas: dict[str, Callable[[str], Any]] = {
        "minutos": lambda t: _numero(float(t.replace(",", "."))),
        "edad_minima": int,
        "lleva_ficha": lambda t: SI_O_NO[t.lower()],
    }
    ejemplos = {"minutos": "3", "edad_minima": "18", "lleva_ficha": "si"}
    for campo, lectura in lecturas.items():
        escrito = texto(campo)
        if escrito is None:
            continue
        try:
            campos[campo] = lectura(escrito)
        except (ValueError, KeyError, OverflowError):
            pagina.problema(fila, campo, f"«{escrito}» no se entiende aquí.", f"Escriba por ejemplo {ejemplos[campo]}.")
    if fila is None or titulo is None:
        pagina.aviso(fila, None, "No dice su título.", "Escríbalo en la hoja settings, columna form_title.")
    return campos


def _numero(numero: float) -> float:
    if not 0 < numero <= 600:
        raise ValueError
    return int(numero) if numero == int(numero) else numero


def _clave(pagina: Pagina, escrita: str) -> str:
    """``form_id`` como la guardamos: minúsculas sin acentos, números y guion bajo."""
    sin_acentos = "".join(c for c in unicodedata.normalize("NFKD", escrita) if not unicodedata.combining(c))
    clave = re.sub(r"[^a-z0-9]+", "_", sin_acentos.lower()).strip("_")
    clave = (clave if clave[:1].isalpha() else f"f_{clave}".rstrip("_"))[:40].rstrip("_")
    if clave != escrita and not CLAVE_INSTRUMENTO.fullmatch(escrita):
        fila = pagina.filas[0] if pagina.filas else None
        pagina.aviso(
            fila, "clave", f"La encuesta se guardará con la clave «{clave}».", "Cámbiela en form_id si quiere."
        )
        return clave
    return escrita


def _version(pagina: Pagina, escrita: str | None) -> int:
    if escrita is None:
        return 1
    if re.fullmatch(r"[0-9]{1,16}", escrita) and 1 <= int(escrita) < _VERSION_MAXIMA:
        return int(escrita)
    fila = pagina.filas[0] if pagina.filas else None
    que_hacer = "Escriba un número entero: 1, y uno más cada vez que cambie algo."
    pagina.aviso(fila, "version", f"La versión «{escrita}» no es un número; se tomó como 1.", que_hacer)
    return 1
