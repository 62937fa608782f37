"""Lo que todo instrumento cumple. Cada regla tiene su frase; quien la rompe lee la frase y dónde.

:func:`defectos` las dice todas, para un reporte; :func:`revisar` se detiene en la primera.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from formularios import formulas, huecos
from formularios.instrumento import (
    CERRADAS,
    PARTES_MAXIMAS,
    SENSIBILIDADES,
    TIPOS,
    TRADUCIBLES,
    VECES_TOPE,
    ErrorInstrumento,
    Grupo,
    Instrumento,
    Lista,
    Opcion,
    Pregunta,
)
from formularios.texto import limpiar
from formularios.valores import leer, rango

DEMOGRAFICAS = ("sexo", "edad", "procedencia")
CONDICIONES = ("sin_ficha",)
APARIENCIAS = ("minimal", "likert", "horizontal", "numbers", "multiline", "field-list", "caritas")
OPCIONES_MAXIMAS, PREGUNTAS_MAXIMAS = 5000, 1000
OPCIONES_PUBLICABLES = 12

CLAVE_INSTRUMENTO = re.compile(r"[a-z][a-z0-9_]{0,39}")
CLAVE_PREGUNTA = re.compile(r"[^\W\d][\w.\-]{0,63}")
CLAVE_OPCION = re.compile(r"[^\s|;\x00-\x1f\x7f]{1,80}")
NOMBRE_ARCHIVO = re.compile(r"[^\W][\w.\- ]{0,80}\.csv")


@dataclass(frozen=True)
class Defecto:
    """``clave``: la pregunta, el grupo o el archivo; vacía si es de todo el instrumento. ``campo`` es el del modelo."""

    clave: str
    campo: str
    frase: str
    opcion: str | None = None
    idioma: str | None = None
    """De la traducción que lo causa."""


def revisar(instrumento: Instrumento) -> None:
    """:raises ErrorInstrumento: con la primera frase."""
    for defecto in defectos(instrumento):
        donde = f", {defecto.clave}" if defecto.clave else ""
        de_cual = f", opción «{defecto.opcion}»" if defecto.opcion is not None else ""
        raise ErrorInstrumento(f"{instrumento.clave}{donde}{de_cual}: {defecto.frase}")


def defectos(instrumento: Instrumento) -> Iterator[Defecto]:
    """Cada regla que no se cumple. Las de la estructura van primero: si alguna falla, las demás no se miran."""
    estructura = [*_generales(instrumento), *_claves(instrumento), *_arbol(instrumento)]
    yield from estructura
    if estructura:
        return
    if instrumento.partes > PARTES_MAXIMAS:
        frase = f"puede mandar {instrumento.partes:,} respuestas de una vez, y caben {PARTES_MAXIMAS:,}: "
        yield Defecto("", "preguntas", f"{frase}baje las vueltas de sus repeticiones, o divídala")
    for lista in instrumento.listas:
        yield from _lista(lista)
    for grupo in instrumento.grupos:
        yield from _grupo(grupo)
    for pregunta in instrumento.preguntas:
        yield from _pregunta(instrumento, pregunta)
    yield from _textos(instrumento)
    yield from _traducciones(instrumento)
    yield from (Defecto(*error) for error in huecos.errores(instrumento))
    yield from (Defecto(*error) for error in formulas.errores(instrumento))
    yield from _omisiones(instrumento)


def _generales(i: Instrumento) -> Iterator[Defecto]:
    if not CLAVE_INSTRUMENTO.fullmatch(i.clave):
        yield Defecto(
            "", "clave", f"clave de instrumento inválida: {i.clave!r}. Lleva minúsculas, números y guion bajo"
        )
    if i.version < 1 or i.minutos <= 0 or not i.preguntas:
        yield Defecto("", "version", "la versión, los minutos y las preguntas no pueden faltar")
    if len(i.preguntas) > PREGUNTAS_MAXIMAS:
        yield Defecto("", "preguntas", f"son más de {PREGUNTAS_MAXIMAS} preguntas")
    if not i.titulo.strip():
        yield Defecto("", "titulo", "falta el título")
    if len({*i.idiomas, i.idioma}) != len(i.idiomas) + 1 or "" in i.idiomas or (i.idiomas and not i.idioma):
        yield Defecto("", "idiomas", "los idiomas no se repiten, y el principal debe tener nombre si hay otros")


def _claves(i: Instrumento) -> Iterator[Defecto]:
    vistas: set[str] = set()
    for clave in (*(p.clave for p in i.preguntas), *(g.clave for g in i.grupos)):
        if not CLAVE_PREGUNTA.fullmatch(clave):
            frase = "la clave empieza con letra y lleva letras, números, guion bajo, guion o punto, hasta 64"
            yield Defecto(clave, "clave", frase)
        if clave in vistas:
            yield Defecto(clave, "clave", f"la clave «{clave}» está repetida")
        vistas.add(clave)
    archivos = [lista.archivo for lista in i.listas]
    for archivo in sorted({a for a in archivos if archivos.count(a) > 1}):
        yield Defecto(archivo, "archivo", f"el archivo «{archivo}» está repetido")


def _arbol(i: Instrumento) -> Iterator[Defecto]:
    """Los grupos abren en el orden en que se leen, cada uno una vez, y ninguno está vacío."""
    conocidos: dict[str | None, tuple[str, ...]] = {None: ()}
    for grupo in i.grupos:
        if grupo.padre not in conocidos:
            yield Defecto(grupo.clave, "padre", f"el grupo que lo contiene, «{grupo.padre}», no está antes")
            return
        conocidos[grupo.clave] = (*conocidos[grupo.padre], grupo.clave)
    abiertos: list[str] = []
    for pregunta in i.preguntas:
        if pregunta.grupo not in conocidos:
            yield Defecto(pregunta.clave, "grupo", f"el grupo «{pregunta.grupo}» no existe")
            return
        abiertos += [clave for clave in conocidos[pregunta.grupo] if clave not in abiertos]
    if abiertos != [g.clave for g in i.grupos]:
        yield Defecto("", "grupos", "los grupos van en el orden de sus preguntas y ninguno está vacío")
        return
    anterior: tuple[str, ...] = ()
    cerrados: set[str] = set()
    for pregunta in i.preguntas:
        camino = conocidos[pregunta.grupo]
        cerrados.update(set(anterior) - set(camino))
        if cerrados & set(camino):
            yield Defecto(pregunta.clave, "grupo", "las preguntas de un grupo van juntas")
            return
        anterior = camino
    for grupo in i.grupos:
        if sum(g.repite for g in i.camino[grupo.clave]) > 2:
            yield Defecto(grupo.clave, "repite", "una repetición puede llevar otra adentro, y no más")


def _grupo(grupo: Grupo) -> Iterator[Defecto]:
    minimo, maximo = grupo.minimo, grupo.maximo
    reglas = {
        ("veces", "solo lo que se repite dice cuántas veces"): grupo.repite
        or (grupo.veces is None and minimo is None and maximo is None),
        ("maximo", f"se repite entre 1 y {VECES_TOPE} veces, y el mínimo no pasa del máximo"): (
            (maximo is None or 1 <= maximo <= VECES_TOPE) and (minimo is None or 0 <= minimo <= (maximo or VECES_TOPE))
        ),
        ("apariencia", _ERROR_APARIENCIA): _apariencia_valida(grupo.apariencia),
    }
    yield from (Defecto(grupo.clave, campo, frase) for (campo, frase), cumple in reglas.items() if not cumple)


def _lista(lista: Lista) -> Iterator[Defecto]:
    if not NOMBRE_ARCHIVO.fullmatch(lista.archivo):
        yield Defecto(lista.archivo, "archivo", "el nombre de una lista es el de su archivo .csv")
    if not lista.opciones:
        yield Defecto(lista.archivo, "opciones", "la lista está vacía")
    yield from _opciones(lista.archivo, lista.opciones)


def _opciones(clave: str, opciones: tuple[Opcion, ...]) -> Iterator[Defecto]:
    if len(opciones) > OPCIONES_MAXIMAS:
        yield Defecto(clave, "opciones", f"son más de {OPCIONES_MAXIMAS} opciones")
    vistas: set[str] = set()
    for opcion in opciones:
        if not CLAVE_OPCION.fullmatch(opcion.clave):
            frase = "una opción tiene la clave mal: no lleva espacios, «|» ni «;», y caben 80 letras"
            yield Defecto(clave, "opciones", frase, opcion.clave)
        if opcion.clave in vistas:
            yield Defecto(clave, "opciones", f"la clave «{opcion.clave}» está repetida", opcion.clave)
        vistas.add(opcion.clave)
        if not opcion.texto.strip():
            yield Defecto(clave, "opciones", "falta el texto de la opción", opcion.clave)


def _pregunta(i: Instrumento, p: Pregunta) -> Iterator[Defecto]:
    if p.tipo not in TIPOS:
        yield Defecto(p.clave, "tipo", f"el tipo no existe: «{p.tipo}»")
        return
    claves = frozenset(o.clave for o in i.opciones_de(p))
    cerrada = p.tipo in CERRADAS
    una_o_varias = p.tipo in ("una", "varias")
    fijas = p.tipo in ("nota", "calculo", "oculto", "hoy", "punto")
    reglas: dict[tuple[str, str], bool] = {
        ("texto", "falta el texto"): bool(p.texto.strip()) or p.tipo in ("calculo", "oculto", "hoy"),
        ("opciones", "las opciones no van con el tipo"): cerrada == bool(claves) and not (p.archivo and p.opciones),
        ("archivo", "la lista de ese archivo no viene"): p.archivo is None
        or p.archivo in {lista.archivo for lista in i.listas},
        ("correcta", "la correcta no es una de las opciones"): p.correcta is None or p.correcta in claves,
        ("demografica", "lo demográfico no existe"): p.demografica is None or p.demografica in DEMOGRAFICAS,
        ("demografica", "lo demográfico es de una opción"): p.demografica is None or p.tipo == "una",
        ("solo_si", "la condición no existe"): p.solo_si is None or p.solo_si in CONDICIONES,
        ("maximo", "un texto privado debe decir su máximo de letras"): p.maximo is not None
        or not (p.tipo == "texto" and p.privada),
        ("maximo", "el máximo de letras es de un texto, y es entre 1 y 2000"): p.maximo is None
        or (p.tipo == "texto" and 1 <= p.maximo <= 2000),
        ("privada", "lo privado es un texto"): not p.privada or p.tipo == "texto",
        ("obligatoria", "lo que nadie contesta no puede ser obligatorio, y una ubicación tampoco"): not p.obligatoria
        or not fijas,
        ("calculo", "falta el cálculo"): p.tipo != "calculo" or bool(p.calculo or p.omision),
        ("filtro", "el filtro es de una pregunta con opciones"): p.filtro is None or cerrada,
        ("inicio", "un rango dice inicio, fin y paso"): _rango_valido(p),
        ("apariencia", _ERROR_APARIENCIA): _apariencia_valida(p.apariencia),
        ("sensibilidad", "la sensibilidad es personal o sensible"): p.sensibilidad is None
        or p.sensibilidad in SENSIBILIDADES,
        ("publicacion", _ERROR_PUBLICACION): _publicacion_valida(p, claves),
        ("publicacion", "lo que se repite no se publica"): not (una_o_varias and i.repeticiones(p.grupo))
        or p.publicacion == "no",
        ("publicacion", "lo personal no se publica"): p.sensibilidad != "personal"
        or p.publicacion == "no"
        or not una_o_varias,
        ("grupo", "lo que se repite no puede ser demográfico, llevar módulo ni correcta"): not i.repeticiones(p.grupo)
        or (p.demografica is None and p.modulo is None and p.correcta is None),
    }
    yield from (Defecto(p.clave, campo, frase) for (campo, frase), cumple in reglas.items() if not cumple)
    yield from _opciones(p.clave, p.opciones)


_ERROR_APARIENCIA = f"la apariencia es alguna de: {', '.join(APARIENCIAS)}"
_ERROR_PUBLICACION = (
    "la publicación es «si», «no», o peldaños que llevan todas las opciones una vez y cada uno junta las del anterior, "
    f"como «a b | c | d; a b | c d»; con más de {OPCIONES_PUBLICABLES} opciones es «no», y solo va en las de opciones"
)


def _apariencia_valida(apariencia: str | None) -> bool:
    return apariencia is None or (
        apariencia == " ".join(apariencia.split()) != ""
        and all(palabra in APARIENCIAS for palabra in apariencia.split())
    )


def _rango_valido(p: Pregunta) -> bool:
    if p.tipo != "rango":
        return (p.inicio, p.fin, p.paso) == (None, None, None)
    try:
        inicio, fin, paso = rango(p)
        if any(abs(parte) >= 10**12 or parte % Decimal("0.000001") for parte in (inicio, fin, paso)):
            return False  # nadie lo podría contestar: ver «decimal» en valores.py
        return bool(paso > 0 and inicio < fin and paso <= fin - inicio) and (fin - inicio) / paso <= 1000
    except ArithmeticError:  # no es un número, o no cabe en la cuenta
        return False


def _publicacion_valida(p: Pregunta, claves: frozenset[str]) -> bool:
    if p.tipo not in ("una", "varias"):
        return p.publicacion is None
    if p.publicacion == "no" or len(claves) > OPCIONES_PUBLICABLES:
        return p.publicacion == "no"
    if p.publicacion is None:
        return True
    anterior: list[frozenset[str]] = [frozenset({clave}) for clave in claves]
    for peldano in p.peldanos:
        todas = [clave for categoria in peldano for clave in categoria]
        actual = [frozenset(categoria) for categoria in peldano]
        if sorted(todas) != sorted(claves) or frozenset() in actual or not 2 <= len(actual) < len(anterior):
            return False
        if not all(any(chica <= grande for grande in actual) for chica in anterior):
            return False
        anterior = actual
    limpia = "; ".join(" | ".join(" ".join(categoria) for categoria in peldano) for peldano in p.peldanos)
    return p.tipo == "una" and p.publicacion == limpia


def _todo(i: Instrumento) -> Iterator[tuple[str, str | None, Any]]:
    """Cada cosa con textos: la clave de su pregunta, la de su opción y ella misma."""
    yield "", None, i
    for grupo in i.grupos:
        yield grupo.clave, None, grupo
    con_opciones: Iterable[tuple[str, tuple[Opcion, ...]]] = [
        *((p.clave, p.opciones) for p in i.preguntas),
        *((lista.archivo, lista.opciones) for lista in i.listas),
    ]
    for pregunta in i.preguntas:
        yield pregunta.clave, None, pregunta
    for clave, opciones in con_opciones:
        for opcion in opciones:
            yield clave, opcion.clave, opcion


_EXPRESIONES = ("relevante", "restriccion", "calculo", "omision", "filtro", "veces", "indicador")


def _textos(i: Instrumento) -> Iterator[Defecto]:
    """Los textos van limpios: una hoja de cálculo y el modelo dicen lo mismo, letra por letra."""
    for clave, opcion, cosa in _todo(i):
        for campo in (*TRADUCIBLES[type(cosa).__name__], *_EXPRESIONES):
            valor = getattr(cosa, campo, None)
            vacio_vale = campo in ("texto", "intro")
            if valor is not None and (valor != normal(valor) or not (valor or vacio_vale)):
                yield Defecto(clave, campo, _SUCIO, opcion)
        if isinstance(cosa, Opcion):
            for columna, valor in cosa.datos.items():
                if not valor or not columna or valor != normal(valor) or columna != normal(columna):
                    yield Defecto(clave, "datos", _SUCIO, opcion)


_SUCIO = "un texto no empieza ni termina con espacios, ni lleva caracteres invisibles; si no hay, no se escribe"


_NO_CABEN_EN_XML = str.maketrans("", "", "\ufffe\uffff")


def normal(texto: str) -> str:
    """Un texto de una encuesta, limpio; sin dos caracteres que ni una hoja de cálculo ni un XForm pueden llevar."""
    return limpiar(texto.translate(_NO_CABEN_EN_XML)).replace("\u00a0", " ").strip()


def _omisiones(i: Instrumento) -> Iterator[Defecto]:
    """Un valor de inicio fijo es uno que la pregunta admitiría."""
    for p in i.preguntas:
        if p.omision is None or formulas.es_dinamica(p.omision) or p.tipo in ("calculo", "oculto", "hoy", "nota"):
            continue
        try:
            leido = leer(p, i.opciones_de(p), p.omision.split() if p.tipo in ("varias", "orden") else [p.omision])
        except ValueError as error:
            yield Defecto(p.clave, "omision", f"el valor de inicio «{p.omision}» no se admite. {error}")
            continue
        if (leido if isinstance(leido, str) else " ".join(leido)) != p.omision:
            yield Defecto(p.clave, "omision", f"el valor de inicio se escribe «{leido}»")


def _traducciones(i: Instrumento) -> Iterator[Defecto]:
    for clave, opcion, cosa in _todo(i):
        for idioma, textos in cosa.traducciones.items():
            if idioma not in i.idiomas:
                yield Defecto(clave, "traducciones", f"el idioma «{idioma}» no está entre los del instrumento", opcion)
            elif not isinstance(textos, Mapping) or not textos:
                yield Defecto(clave, "traducciones", f"la traducción a «{idioma}» está vacía", opcion)
            else:
                for campo, texto in textos.items():
                    if campo not in TRADUCIBLES[type(cosa).__name__] or not texto or texto != normal(texto):
                        yield Defecto(clave, "traducciones", f"«{campo}» en «{idioma}» no es un texto limpio", opcion)
                    elif not getattr(cosa, campo):
                        frase = f"«{campo}» está en «{idioma}» y no en el idioma principal"
                        yield Defecto(clave, "traducciones", frase, opcion)
