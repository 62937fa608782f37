"""Ataques que sólo leen bytes: buscan en todo el archivo, también donde ningún renglón llega.

Lo que la oficina escribe para que se lea (preguntas, líneas del POA, nombres de zonas) puede traer un teléfono de
ayuda, una hora o las mismas palabras que un comentario: eso está a la vista y no es una fuga. Que en los renglones de
las cuentas no haya texto libre lo ve ``palabras.py``.
"""

import re
from collections.abc import Iterable, Iterator

from .hallazgo import SOPORTE, Hallazgo
from .lectura import Publicado

LARGO = 6
"""Un texto privado más corto que esto coincide con cualquier cosa."""

_SIEMPRE = {
    "una CURP": re.compile(rb"[A-Z][AEIOUX][A-Z]{2}\d\d(?:0[1-9]|1[0-2])[0-3]\d[HMX][A-Z]{5}[A-Z0-9]\d", re.I),
    "un identificador": re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.I),
}
_SI_NO_SE_LEE = {
    "un teléfono": re.compile(rb"(?<!\d)(?:\d{2}[ .-]?\d{4}|\d{3}[ .-]?\d{3})[ .-]?\d{4}(?!\d)"),
    "un correo": re.compile(rb"(?<=[A-Za-z0-9._%+-])@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"),
}
_HORA = re.compile(rb"20\d\d-\d\d-\d\d[T ]\d\d|(?<!\d)[0-2]\d:[0-5]\d:[0-5]\d")


def patrones(p: Publicado) -> Iterator[Hallazgo]:
    """CURP, ids, teléfonos y correos en los bytes."""
    for que, patron in _SIEMPRE.items():
        if halla := patron.search(p.crudo):
            yield _hallazgo("patrones", que, halla)
    for que, patron in _SI_NO_SE_LEE.items():
        for halla in patron.finditer(p.crudo):
            if not _se_lee(p, halla):
                yield _hallazgo("patrones", que, halla)
                break


def horas_en_bytes(p: Publicado) -> Iterator[Hallazgo]:
    """Una hora exacta dice quién llegó cuándo."""
    for halla in _HORA.finditer(p.crudo):
        if not _se_lee(p, halla):
            yield _hallazgo("horas", "una hora exacta", halla)
            return


def textos_privados(p: Publicado, textos: Iterable[str]) -> Iterator[Hallazgo]:
    """Cualquiera de los textos dados que esté en los bytes y no en lo que se lee. Nunca repite el texto."""
    por_principio: dict[bytes, set[tuple[bytes, str]]] = {}
    for texto in {t for t in textos if len(t) >= LARGO}:
        for codificado in (texto.encode(), texto.encode("utf-16-le"), texto.encode("utf-16-be")):
            por_principio.setdefault(codificado[:LARGO], set()).add((codificado, texto))
    if not por_principio:
        return
    # Un solo recorrido del archivo, sean cuantos sean los textos.
    for lugar in range(len(p.crudo)):
        for codificado, texto in por_principio.get(p.crudo[lugar : lugar + LARGO], ()):
            if p.crudo.startswith(codificado, lugar) and texto not in p.a_la_vista:
                que = f"Hay un texto de la base privada. {SOPORTE}"
                yield Hallazgo("textos_privados", f"{p.ruta.name}, byte {lugar}", que)
                return


def _se_lee(p: Publicado, halla: re.Match[bytes]) -> bool:
    return halla.group().decode("latin-1") in p.a_la_vista


def _hallazgo(ataque: str, que: str, halla: re.Match[bytes]) -> Hallazgo:
    # El dato no se repite: este renglón puede acabar en una bitácora.
    return Hallazgo(ataque, f"byte {halla.start()}", f"Hay lo que parece {que}. {SOPORTE}")
