"""Las expresiones de un instrumento: cuáles son, a qué preguntas miran y qué está mal en ellas."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from formularios.expresiones import Arbol, ErrorExpresion, Expresion, analizar
from formularios.instrumento import Grupo, Instrumento, Pregunta

CAMPOS_DE_PREGUNTA = ("relevante", "obligatoria", "restriccion", "calculo", "omision", "filtro")
CAMPOS_DE_GRUPO = ("relevante", "veces")
_DINAMICA = re.compile(r"\$\{|(?<![^\s,(+*=<>-])[A-Za-z][\w:-]*\(")
_COLUMNAS_DE_SIEMPRE = frozenset({"name", "label"})


@lru_cache(maxsize=4096)
def entender(texto: str, columnas: frozenset[str] = frozenset()) -> Expresion:
    """Como ``analizar``, y se acuerda. :raises ErrorExpresion:"""
    return analizar(texto, columnas=columnas)


def es_dinamica(omision: str) -> bool:
    """¿Lo que dice ``default`` es una expresión? Lo es si usa ``${}`` o llama a una función."""
    return _DINAMICA.search(omision) is not None


def columnas_de(instrumento: Instrumento, pregunta: Pregunta) -> frozenset[str]:
    """Los nombres que su filtro puede usar sin ``${}``."""
    propias = {columna for opcion in instrumento.opciones_de(pregunta) for columna in opcion.datos}
    return _COLUMNAS_DE_SIEMPRE | propias


def de_pregunta(instrumento: Instrumento, pregunta: Pregunta) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Cada expresión que lleva: campo, texto y columnas que puede usar."""
    for campo in CAMPOS_DE_PREGUNTA:
        texto = getattr(pregunta, campo)
        if isinstance(texto, str) and (campo != "omision" or es_dinamica(texto)):
            yield campo, texto, columnas_de(instrumento, pregunta) if campo == "filtro" else frozenset()


def de_grupo(grupo: Grupo) -> Iterator[tuple[str, str, frozenset[str]]]:
    for campo in CAMPOS_DE_GRUPO:
        texto = getattr(grupo, campo)
        if texto is not None:
            yield campo, texto, frozenset()


def errores(instrumento: Instrumento) -> Iterator[tuple[str, str, str]]:
    """``(clave, campo, frase)`` de cada expresión que no se entiende o que mira a donde no hay nada."""
    repeticiones = {g.clave for g in instrumento.grupos if g.repite}
    grupos = {g.clave for g in instrumento.grupos}
    todas = [(g.clave, e) for g in instrumento.grupos for e in de_grupo(g)]
    todas += [(p.clave, e) for p in instrumento.preguntas for e in de_pregunta(instrumento, p)]
    bien = True
    for clave, (campo, texto, columnas) in todas:
        try:
            expresion = entender(texto, columnas)
        except ErrorExpresion as error:
            bien = False
            yield clave, campo, f"la expresión no se entiende, en la letra {error.posicion + 1}. {error.mensaje}"
            continue
        for nombre in sorted(expresion.referencias - set(instrumento.por_clave) - repeticiones):
            bien = False
            que = "es un grupo y no tiene respuesta" if nombre in grupos else "no es el nombre de ninguna pregunta"
            yield clave, campo, f"«${{{nombre}}}» {que}"
    if bien and (vuelta := recorrer(dependencias(instrumento))[1]):
        nombres = ", ".join(f"«{clave}»" for clave in vuelta)
        yield vuelta[0], "relevante", f"{nombres}: una depende de la otra en círculo (relevant, calculation o filtro)"


def avisos(instrumento: Instrumento) -> Iterator[tuple[str, str, str]]:
    """Lo que ``analizar`` acepta y quizá no es lo que se quiso: clave, campo y frase."""
    for pregunta in instrumento.preguntas:
        for campo, texto, columnas in de_pregunta(instrumento, pregunta):
            yield from ((pregunta.clave, campo, aviso) for aviso in entender(texto, columnas).avisos)


def dependencias(instrumento: Instrumento) -> dict[str, frozenset[str]]:
    """De cada pregunta o repetición, de cuáles depende que exista y cuánto vale. La restricción no cuenta."""
    de: dict[str, frozenset[str]] = {}
    de_los_grupos: dict[str | None, frozenset[str]] = {None: frozenset()}
    for grupo in instrumento.grupos:
        suyas = [entender(texto, columnas).referencias for _, texto, columnas in de_grupo(grupo)]
        de_los_grupos[grupo.clave] = de_los_grupos[grupo.padre].union(*suyas)
        if grupo.repite:
            de[grupo.clave] = de_los_grupos[grupo.clave]
    for pregunta in instrumento.preguntas:
        suyas = [
            entender(texto, columnas).referencias
            for campo, texto, columnas in de_pregunta(instrumento, pregunta)
            if campo not in ("restriccion", "obligatoria")
        ]
        de[pregunta.clave] = de_los_grupos[pregunta.grupo].union(*suyas)
    return de


@lru_cache(maxsize=64)
def orden(instrumento: Instrumento) -> tuple[str, ...]:
    """Las preguntas de modo que cada una va después de las que necesita."""
    return tuple(clave for clave in recorrer(dependencias(instrumento))[0] if clave in instrumento.por_clave)


def recorrer(de: Mapping[str, frozenset[str]]) -> tuple[list[str], list[str]]:
    """Las claves, cada una después de aquellas de las que depende; y un círculo, si lo hay."""
    listas: dict[str, None] = {}
    for primera in de:
        camino: list[tuple[str, Iterator[str]]] = (
            [(primera, iter(sorted(de[primera])))] if primera not in listas else []
        )
        abiertas = {primera}
        while camino:
            clave, faltan = camino[-1]
            siguiente = next(faltan, None)
            if siguiente is None:
                camino.pop()
                abiertas.discard(clave)
                listas[clave] = None
            elif siguiente in abiertas:
                claves = [c for c, _ in camino]
                return list(listas), claves[claves.index(siguiente) :]
            elif siguiente not in listas and siguiente in de:
                abiertas.add(siguiente)
                camino.append((siguiente, iter(sorted(de[siguiente]))))
    return list(listas), []


@lru_cache(maxsize=64)
def de_las_que_se_dice_su_texto(instrumento: Instrumento) -> frozenset[str]:
    """Las que alguna expresión pide por el texto de su opción (``jr:choice-name``)."""
    dichas: set[str] = set()

    def bajar(arbol: Arbol) -> None:
        if isinstance(arbol, list):
            if arbol[0] == "jr:choice-name":
                dichas.add(str(arbol[2]))
            for rama in arbol[1:]:
                bajar(rama)

    todas = [e for p in instrumento.preguntas for e in de_pregunta(instrumento, p)]
    todas += [e for g in instrumento.grupos for e in de_grupo(g)]
    for _, texto, columnas in todas:
        try:
            bajar(entender(texto, columnas).arbol)
        except ErrorExpresion:
            continue  # lo dice errores()
    return frozenset(dichas)


@lru_cache(maxsize=64)
def apartadas(instrumento: Instrumento) -> frozenset[str]:
    """Las que van aparte de las respuestas: lo escrito, los códigos, las ubicaciones y lo que se calcula con ellos."""
    de = {
        p.clave: frozenset().union(
            *(
                entender(texto, columnas).referencias
                for campo, texto, columnas in de_pregunta(instrumento, p)
                if campo in ("calculo", "omision")
            )
        )
        for p in instrumento.preguntas
    }
    aparte = {p.clave for p in instrumento.preguntas if p.tipo in ("texto", "codigo", "punto")}
    while mas := {clave for clave, refs in de.items() if clave not in aparte and refs & aparte}:
        aparte |= mas
    return frozenset(aparte)
