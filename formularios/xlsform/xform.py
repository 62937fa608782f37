"""De un instrumento al XForm que leen ODK Collect, KoboCollect y Enketo.

Lo convierte ``pyxform``, en memoria, desde las mismas filas que :mod:`exportar`. Como esas herramientas no conocen lo
nuestro, aquí se les dice con lo suyo: la ficha es una pregunta de texto; una opción que va sola, una restricción; las
vueltas de una repetición, una condición. La respuesta correcta y su explicación no viajan.

Fuente: la especificación ODK XForms (getodk.github.io/xforms-spec) y la de XLSForm (xlsform.org).
"""

import hashlib
import json
from collections.abc import Iterator, Mapping

import pyxform
from pyxform.xls2xform import convert

from formularios import valores
from formularios.ficha import PALABRAS
from formularios.huecos import NEUTRO, llenar
from formularios.instrumento import Grupo, Instrumento, Opcion, Pregunta
from formularios.xlsform.exportar import Celdas, columnas_de
from formularios.xlsform.tipos import A_XLSFORM

_TEXTOS = {
    "texto": "label",
    "ayuda": "hint",
    "mensaje_restriccion": "constraint_message",
    "mensaje_obligatoria": "required_message",
}
_DECIMAL = "abs(. - round(., 6)) < 0.00000001 and abs(.) < 1000000000000"
_FICHA_ETIQUETA = "Su ficha"
_FICHA_AYUDA = "La palabra y el número de su tarjeta, por ejemplo LUNA-37. Si no tiene, siga."
_FICHA_MAL = "No reconocemos esa ficha. Revise la palabra y el número, o borre lo escrito."
_MINUSCULAS, _MAYUSCULAS = "abcdefghijklmnopqrstuvwxyzáéíóúü", "ABCDEFGHIJKLMNOPQRSTUVWXYZAEIOUU"


def xform(instrumento: Instrumento, *, id: str, titulo: str, prefijo: str) -> tuple[str, bytes]:
    """La versión del formulario y su XML.

    La versión es la del instrumento, un guion y un resumen de todo lo que el formulario dice: si cambia una letra,
    cambia ella, como pide OpenRosa.

    :param id: el ``formID``. :param prefijo: con el que no empieza ninguna pregunta; lo que se agrega se
        llama ``<prefijo>_ficha``, ``_intro``, ``_edad`` y ``_cierre``.
    """
    listas = _listas(instrumento)
    hojas: dict[str, list[Celdas]] = {
        "survey": list(_survey(instrumento, listas, prefijo)),
        "choices": [_choice(instrumento, n, o) for opciones, n in listas.items() for o in opciones],
    }
    ajustes = {"form_title": titulo, "form_id": id}
    if instrumento.idioma is not None:
        ajustes["default_language"] = instrumento.idioma
    dicho = json.dumps([hojas, ajustes, pyxform.__version__], ensure_ascii=False, sort_keys=True)
    version = f"{instrumento.version}-{hashlib.sha256(dicho.encode()).hexdigest()[:8]}"
    libro = {**hojas, "settings": [{**ajustes, "version": version}]}
    return version, convert({hoja: filas for hoja, filas in libro.items() if filas}, form_name="data").xform.encode()


def _listas(i: Instrumento) -> dict[tuple[Opcion, ...], str]:
    """Con sus nombres; las que vienen de un archivo van adentro, como las demás: no hace falta bajar otra cosa."""
    listas: dict[tuple[Opcion, ...], str] = {}
    for pregunta in i.preguntas:
        if i.opciones_de(pregunta):
            listas.setdefault(i.opciones_de(pregunta), f"opciones_{pregunta.clave}")
    return listas


def _survey(i: Instrumento, listas: Mapping[tuple[Opcion, ...], str], prefijo: str) -> Iterator[Celdas]:
    yield from _nota(i, f"{prefijo}_intro", "intro")
    if i.edad_minima is not None:
        yield {"type": "note", "name": f"{prefijo}_edad"} | _fijo(
            i, f"Es solo para personas de {i.edad_minima} años o más."
        )
    if i.lleva_ficha:
        yield _la_ficha(i, f"{prefijo}_ficha")
    abiertos: tuple[Grupo, ...] = ()
    for pregunta in i.preguntas:
        camino = i.camino[pregunta.grupo]
        comunes = sum(1 for a, b in zip(abiertos, camino, strict=False) if a is b)
        yield from (_fin(grupo) for grupo in abiertos[comunes:][::-1])
        yield from (_inicio(i, grupo) for grupo in camino[comunes:])
        abiertos = camino
        yield _pregunta(i, pregunta, listas, prefijo)
    yield from (_fin(grupo) for grupo in abiertos[::-1])
    yield from _nota(i, f"{prefijo}_cierre", "cierre")


def _nota(i: Instrumento, nombre: str, campo: str) -> Iterator[Celdas]:
    texto = getattr(i, campo)
    if texto:
        otros = {idioma: i.traducciones.get(idioma, {}).get(campo, texto) for idioma in i.idiomas}
        yield {"type": "note", "name": nombre} | _fijo(i, texto, otros)


def _la_ficha(i: Instrumento, nombre: str) -> Celdas:
    escrita = f"translate(., '{_MINUSCULAS} -', '{_MAYUSCULAS}')"
    return {
        "type": "text",
        "name": nombre,
        "constraint": f"regex({escrita}, '^(F1)?({'|'.join(PALABRAS)})[1-9][0-9]$')",
        **_fijo(i, _FICHA_ETIQUETA),
        **_fijo(i, _FICHA_AYUDA, columna="hint"),
        **_fijo(i, _FICHA_MAL, columna="constraint_message"),
    }


def _inicio(i: Instrumento, grupo: Grupo) -> Celdas:
    fila = {"type": "begin_repeat" if grupo.repite else "begin_group", "name": grupo.clave}
    return fila | _textos(i, grupo) | columnas_de(grupo) | _junto("relevant", grupo.relevante, _tope(i, grupo.padre))


def _fin(grupo: Grupo) -> Celdas:
    return {"type": "end_repeat" if grupo.repite else "end_group"}


def _pregunta(i: Instrumento, p: Pregunta, listas: Mapping[tuple[Opcion, ...], str], prefijo: str) -> Celdas:
    opciones = i.opciones_de(p)
    fila = {"type": f"{A_XLSFORM[p.tipo]} {listas[opciones]}" if opciones else A_XLSFORM[p.tipo], "name": p.clave}
    fila |= _textos(i, p) | columnas_de(p)
    fila |= _junto("relevant", p.relevante, _tope(i, p.grupo), _sin_ficha(i, p, prefijo))
    fila |= _junto("constraint", p.restriccion, _propia(i, p))
    if "constraint" in fila and not any(columna.startswith("constraint_message") for columna in fila):
        fila |= _fijo(i, "Revise esta respuesta: no es de las que se esperan aquí.", columna="constraint_message")
    if p.obligatoria:
        fila["required"] = "yes" if p.obligatoria is True else str(p.obligatoria)
    if p.solo_lectura or (p.calculo is not None and p.tipo != "calculo"):
        fila["read_only"] = "yes"
    if p.tipo == "rango":
        fila["parameters"] = f"start={p.inicio} end={p.fin} step={p.paso}"
    return fila


def _sin_ficha(i: Instrumento, p: Pregunta, prefijo: str) -> str | None:
    return f"${{{prefijo}_ficha}} = ''" if p.solo_si is not None and i.lleva_ficha else None


def _tope(i: Instrumento, grupo: str | None) -> str | None:
    """Lo que está en una repetición deja de preguntarse en las vueltas que aquí no se guardan."""
    contiene = i.camino[grupo][-1] if grupo is not None else None
    return f"position(..) <= {contiene.tope}" if contiene is not None and contiene.repite else None


def _propia(i: Instrumento, p: Pregunta) -> str | None:
    """Lo que revisa ``valores.py`` y la otra herramienta no sabría."""
    solas = [o.clave for o in i.opciones_de(p) if o.exclusiva]
    if p.tipo == "varias" and solas:
        return f"not(count-selected(.) > 1 and ({' or '.join(f'selected(., {_literal(s)})' for s in solas)}))"
    if p.tipo == "texto":
        return f"string-length(.) <= {p.maximo or valores.MAXIMO_TEXTO}"
    if p.tipo == "codigo":
        return f"string-length(.) <= {valores.MAXIMO_CODIGO}"
    return _DECIMAL if p.tipo == "decimal" and p.con_campo else None


def _literal(texto: str) -> str:
    """Un texto de XPath 1.0, que no tiene cómo escapar comillas."""
    if "'" not in texto:
        return f"'{texto}'"
    if '"' not in texto:
        return f'"{texto}"'
    return "concat(" + ', "\'", '.join(f"'{parte}'" for parte in texto.split("'")) + ")"


def _junto(columna: str, *condiciones: str | None) -> Celdas:
    dichas = [c for c in condiciones if c is not None]
    return {columna: dichas[0] if len(dichas) == 1 else " and ".join(f"({c})" for c in dichas)} if dichas else {}


def _choice(i: Instrumento, lista: str, opcion: Opcion) -> Celdas:
    return {"list_name": lista, "name": opcion.clave, **_textos(i, opcion), **opcion.datos}


def _textos(i: Instrumento, cosa: Grupo | Pregunta | Opcion) -> Celdas:
    """En todos los idiomas; lo que no está traducido se dice en el principal (``pyxform`` pondría un guion)."""
    celdas: Celdas = {}
    for campo, columna in _TEXTOS.items():
        texto = getattr(cosa, campo, None)
        if texto:
            otros = {
                idioma: _con_lo_que_hay(i, cosa.traducciones.get(idioma, {}).get(campo, texto)) for idioma in i.idiomas
            }
            celdas |= _fijo(i, _con_lo_que_hay(i, texto), otros, columna=columna)
    return celdas


def _con_lo_que_hay(i: Instrumento, texto: str) -> str:
    """``${nombre}`` es ``<output>``, menos el de una pregunta de otro módulo, que aquí no está."""
    return llenar(texto, lambda clave: f"${{{clave}}}" if clave in i.por_clave else NEUTRO)


def _fijo(i: Instrumento, texto: str, otros: Mapping[str, str] | None = None, *, columna: str = "label") -> Celdas:
    if not i.idiomas:
        return {columna: texto}
    todos = {str(i.idioma): texto} | {idioma: (otros or {}).get(idioma, texto) for idioma in i.idiomas}
    return {f"{columna}::{idioma}": dicho for idioma, dicho in todos.items()}
