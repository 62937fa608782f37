"""Respuestas dentro de un texto: «¿Cuántos años tiene ${nombre}?». En ODK XForms es ``<output>``.

El texto se guarda como se escribió. Al dibujarlo, cada hueco lleva lo contestado o, si no hay nada, un blanco que se
lee; el teléfono lo cambia conforme se contesta, y nadie guarda el resultado. Como en la especificación, de una pregunta
de opciones se ve la clave; para ver su texto se calcula con ``jr:choice-name``. Donde nadie contesta (lo publicado, el
panel) va un texto neutro, y en el papel, una raya.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from html import escape
from typing import Any

from formularios import formulas
from formularios.instrumento import CERRADAS, TRADUCIBLES, Grupo, Instrumento, Mapa, Opcion, Pregunta

NEUTRO = "(…)"
CON_HUECOS: dict[str, tuple[str, ...]] = {
    "Instrumento": (),
    "Grupo": ("texto",),
    "Pregunta": ("texto", "ayuda", "mensaje_restriccion", "mensaje_obligatoria"),
    "Opcion": ("texto",),
}
"""Los textos que los admiten. Los demás no se leen mientras se contesta."""
_HUECO = re.compile(r"\$\{([^\W\d][\w.\-]{0,63})\}")


def llenar(texto: str, con: Callable[[str], str]) -> str:
    """:param con: de la clave de una pregunta, lo que va en su lugar."""
    return _HUECO.sub(lambda hueco: con(hueco[1]), texto) if "${" in texto else texto


def neutro(texto: str) -> str:
    return llenar(texto, lambda _: NEUTRO)


def claves(texto: str) -> list[str]:
    return _HUECO.findall(texto) if "${" in texto else []


class Dicho(str):
    """Un texto ya lleno. En una plantilla (``__html__``) cada hueco va marcado, para que el teléfono lo cambie."""

    _html: str

    def __new__(cls, texto: str, con: Callable[[str], tuple[str, str]]) -> "Dicho":
        """:param con: de una clave, lo contestado (vacío si nada) y el blanco que va mientras."""
        dicho = super().__new__(cls, llenar(texto, lambda clave: con(clave)[0] or con(clave)[1]))
        partes = _HUECO.split(texto)  # texto, clave, texto, clave… texto
        dicho._html = "".join(
            _marcado(parte, *con(parte)) if n % 2 else escape(parte) for n, parte in enumerate(partes)
        )
        return dicho

    def __html__(self) -> str:
        return self._html


def _marcado(clave: str, valor: str, blanco: str) -> str:
    de_antes = f' data-n="{escape(blanco)}"' if valor else ""
    return f'<span data-d="{escape(clave)}"{de_antes}>{escape(valor or blanco)}</span>'


# --- En un instrumento -------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def sin_huecos(instrumento: Instrumento, con: str = NEUTRO) -> Instrumento:
    """El mismo con ``con`` en lugar de cada respuesta, en todos sus textos e idiomas."""
    if not nombradas(instrumento):
        return instrumento
    return replace(
        instrumento,
        grupos=tuple(_lleno(g, con) for g in instrumento.grupos),
        preguntas=tuple(
            replace(_lleno(p, con), opciones=tuple(_lleno(o, con) for o in p.opciones)) for p in instrumento.preguntas
        ),
    )


def _lleno(cosa: Any, con: str) -> Any:
    def lleno(texto: str) -> str:
        return llenar(texto, lambda _: con)

    campos = CON_HUECOS[type(cosa).__name__]
    textos = {c: lleno(getattr(cosa, c)) for c in campos if "${" in (getattr(cosa, c) or "")}
    otros = {i: Mapa({c: lleno(t) for c, t in suyos.items()}) for i, suyos in cosa.traducciones.items()}
    return replace(cosa, **textos, traducciones=Mapa(otros))


@lru_cache(maxsize=64)
def nombradas(instrumento: Instrumento) -> frozenset[str]:
    """Las preguntas cuya respuesta dice algún texto, en cualquier idioma."""
    return frozenset(clave for *_, texto in _con_huecos(instrumento) for clave in claves(texto))


Lugar = tuple[Pregunta | Grupo | None, Opcion | None, str, str | None, str]
"""De quién es un texto, de cuál de sus opciones, campo, idioma (``None``: el principal) y el texto."""


def _con_huecos(i: Instrumento) -> Iterator[Lugar]:
    """Los textos que llevan ``${``, también donde no se puede."""
    cosas: list[tuple[Pregunta | Grupo | None, Opcion | None, Any]] = [(None, None, i)]
    cosas += [(grupo, None, grupo) for grupo in i.grupos]
    for p in i.preguntas:
        cosas += [(p, None, p), *((p, opcion, opcion) for opcion in i.opciones_de(p))]
    for de_quien, opcion, cosa in cosas:
        for campo in TRADUCIBLES[type(cosa).__name__]:
            textos = [(None, getattr(cosa, campo)), *((x, t.get(campo)) for x, t in cosa.traducciones.items())]
            yield from ((de_quien, opcion, campo, idioma, texto) for idioma, texto in textos if "${" in (texto or ""))


Error = tuple[str, str, str, str | None, str | None]
"""Clave, campo, frase, opción e idioma."""


def errores(i: Instrumento) -> Iterator[Error]:
    """Los huecos que no se pueden llenar."""
    for de_quien, opcion, campo, idioma, texto in _con_huecos(i):
        for frase in dict.fromkeys(_mal(i, de_quien, opcion, campo, texto)):
            yield de_quien.clave if de_quien else "", campo, frase, opcion.clave if opcion else None, idioma


def _mal(
    i: Instrumento, de_quien: Pregunta | Grupo | None, opcion: Opcion | None, campo: str, texto: str
) -> Iterator[str]:
    de_que = "Opcion" if opcion else type(de_quien).__name__ if de_quien else "Instrumento"
    if campo not in CON_HUECOS[de_que]:
        yield "este texto no puede llevar otra respuesta («${...}»); escríbalo sin ella"
        return
    if "${" in neutro(texto):
        yield (
            "dentro de «${ }» va solo el nombre de una pregunta, sin espacios ni operaciones; si hay que calcular, "
            "hágalo en una fila calculate y ponga aquí su nombre"
        )
    if opcion and isinstance(de_quien, Pregunta):
        yield from _mal_en_opcion(i, de_quien)
    for clave in claves(texto):
        yield from _mal_nombrada(i, de_quien, clave)


def _mal_en_opcion(i: Instrumento, p: Pregunta) -> Iterator[str]:
    if p.archivo is not None or p.tipo == "orden":
        que = "de un archivo" if p.archivo is not None else "de rank"
        yield f"las opciones {que} no pueden llevar otra respuesta («${{...}}»); escríbalas sin ella"
    elif p.clave in formulas.de_las_que_se_dice_su_texto(i):
        yield f"jr:choice-name usa el texto de las opciones de «{p.clave}», así que no pueden llevar otra respuesta"


def _mal_nombrada(i: Instrumento, de_quien: Pregunta | Grupo | None, clave: str) -> Iterator[str]:
    mirada = i.por_clave.get(clave)
    if mirada is None:
        es_grupo = any(g.clave == clave for g in i.grupos)
        yield f"«${{{clave}}}» " + (
            "es un grupo y no tiene respuesta" if es_grupo else "no es el nombre de ninguna pregunta"
        )
    elif mirada.tipo == "nota":
        yield f"«${{{clave}}}» es una nota y no tiene respuesta"
    elif set(i.repeticiones(mirada.grupo)) - set(i.repeticiones(_desde(de_quien))):
        yield f"«${{{clave}}}» está en una repetición y este texto no, y no se sabe cuál vuelta; use un calculate"


def _desde(de_quien: Pregunta | Grupo | None) -> str | None:
    """El grupo desde el que se ve. El título de una repetición es de todas sus vueltas: se ve desde fuera."""
    if isinstance(de_quien, Grupo):
        return de_quien.padre if de_quien.repite else de_quien.clave
    return de_quien.grupo if de_quien else None


def avisos(i: Instrumento) -> Iterator[tuple[str, str, str]]:
    """Clave, campo y frase de los huecos que se llenan con algo que quizá no se quiso."""
    for de_quien, opcion, campo, _, texto in _con_huecos(i):
        for clave in claves(texto):
            mirada = i.por_clave.get(clave)
            if mirada and mirada.tipo in CERRADAS and de_quien and opcion is None:
                frase = (
                    f"En lugar de «${{{clave}}}» se verá la clave de la opción, como en el estándar; para su texto, "
                    f"calcúlelo con jr:choice-name(${{{clave}}}, '${{{clave}}}') y ponga el nombre de ese cálculo."
                )
                yield de_quien.clave, campo, frase
