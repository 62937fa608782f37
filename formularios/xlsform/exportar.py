"""``exportar``: de un instrumento a un XLSForm que, al importarse, da la misma huella."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from formularios.instrumento import Grupo, Instrumento, Lista, Opcion, Pregunta
from formularios.xlsform.neutro import escrita
from formularios.xlsform.tipos import A_XLSFORM

ESPACIO_DE_NOMBRES = 'jornada="urn:jornada:xlsform"'
Celdas = dict[str, str]
"""Por encabezado; solo lo que se escribe."""

_COLUMNAS = {
    "relevante": "relevant",
    "restriccion": "constraint",
    "calculo": "calculation",
    "omision": "default",
    "filtro": "choice_filter",
    "apariencia": "appearance",
    "veces": "repeat_count",
}
_TEXTOS = {
    "texto": "label",
    "ayuda": "hint",
    "mensaje_restriccion": "constraint_message",
    "mensaje_obligatoria": "required_message",
    "explicacion": "jornada_explicacion",
}
_PROPIAS = (
    "maximo",
    "minimo",
    "modulo",
    "correcta",
    "demografica",
    "solo_si",
    "sensibilidad",
    "indicador",
)


def exportar(instrumento: Instrumento, formato: str = "xlsx") -> bytes:
    """El archivo ``.xlsx`` o ``.csv``. Las listas de ``select_one_from_file`` salen en :func:`adjuntos`."""
    listas = _listas(instrumento)
    hojas = {
        "survey": list(_survey(instrumento, listas)),
        "choices": [fila for opciones, nombre in listas.items() for fila in _choices(instrumento, nombre, opciones)],
        "settings": [_settings(instrumento)],
    }
    hojas = {nombre: filas for nombre, filas in hojas.items() if filas}
    # Cada idioma tiene su columna aunque nada se haya traducido a él todavía, y en su orden.
    idiomas = [f"label::{i}" for i in (instrumento.idioma, *instrumento.idiomas)] if instrumento.idiomas else []
    return {"xlsx": _xlsx, "csv": _csv}[formato](hojas, {"survey": idiomas})


def adjuntos(instrumento: Instrumento) -> dict[str, bytes]:
    """Los CSV que usa, por su nombre: van junto al archivo."""
    return {lista.archivo: _csv_de_lista(lista) for lista in instrumento.listas}


def _listas(instrumento: Instrumento) -> dict[tuple[Opcion, ...], str]:
    """Las preguntas con las mismas opciones comparten lista; se llama como la primera."""
    listas: dict[tuple[Opcion, ...], str] = {}
    for pregunta in instrumento.preguntas:
        if pregunta.opciones:
            listas.setdefault(pregunta.opciones, f"opciones_{pregunta.clave}")
    return listas


# --- Las filas ---------------------------------------------------------------------------------------------------


def _survey(i: Instrumento, listas: dict[tuple[Opcion, ...], str]) -> Iterator[Celdas]:
    abiertos: tuple[Grupo, ...] = ()
    for pregunta in i.preguntas:
        camino = i.camino[pregunta.grupo]
        comunes = sum(1 for a, b in zip(abiertos, camino, strict=False) if a is b)
        yield from (_fin(grupo) for grupo in abiertos[comunes:][::-1])
        yield from (_inicio(i, grupo) for grupo in camino[comunes:])
        abiertos = camino
        yield _pregunta(i, pregunta, listas)
    yield from (_fin(grupo) for grupo in abiertos[::-1])


def _inicio(i: Instrumento, grupo: Grupo) -> Celdas:
    tipo = "begin_repeat" if grupo.repite else "begin_group"
    return {"type": tipo, "name": grupo.clave, **_textos(i, grupo), **_simples(grupo)}


def _fin(grupo: Grupo) -> Celdas:
    return {"type": "end_repeat" if grupo.repite else "end_group"}


def _pregunta(i: Instrumento, p: Pregunta, listas: dict[tuple[Opcion, ...], str]) -> Celdas:
    fila = {"type": _tipo(p, listas), "name": p.clave, **_textos(i, p), **_simples(p)}
    if p.obligatoria:
        fila["required"] = "yes" if p.obligatoria is True else str(p.obligatoria)
    if p.solo_lectura:
        fila["read_only"] = "yes"
    if p.tipo == "rango":
        fila["parameters"] = f"start={p.inicio} end={p.fin} step={p.paso}"
    if p.privada:
        fila["bind::jornada:privada"] = "si"
    if p.tipo in ("una", "varias"):
        fila["bind::jornada:publicacion"] = p.publicacion or "si"
    return fila


def _tipo(p: Pregunta, listas: dict[tuple[Opcion, ...], str]) -> str:
    if p.archivo is not None:
        return f"select_one_from_file {p.archivo}"
    return f"{A_XLSFORM[p.tipo]} {listas[p.opciones]}" if p.opciones else A_XLSFORM[p.tipo]


def columnas_de(cosa: Grupo | Pregunta) -> Celdas:
    """Las del estándar que se escriben tal cual: condiciones, cálculos y apariencia."""
    return _celdas(cosa, _COLUMNAS)


def _simples(cosa: Grupo | Pregunta) -> Celdas:
    return columnas_de(cosa) | _celdas(cosa, {campo: f"bind::jornada:{campo}" for campo in _PROPIAS})


def _celdas(cosa: Grupo | Pregunta, columnas: Mapping[str, str]) -> Celdas:
    pares = ((columna, getattr(cosa, campo, None)) for campo, columna in columnas.items())
    return {columna: str(valor) for columna, valor in pares if valor is not None}


def _textos(i: Instrumento, cosa: Grupo | Pregunta | Opcion) -> Celdas:
    """Con un solo idioma, columnas sin idioma; con varios, cada una con el suyo."""
    celdas = {}
    for campo, columna in _TEXTOS.items():
        if getattr(cosa, campo, None):
            celdas[f"{columna}::{i.idioma}" if i.idiomas else columna] = str(getattr(cosa, campo))
        for idioma in i.idiomas:
            if campo in cosa.traducciones.get(idioma, {}):
                celdas[f"{columna}::{idioma}"] = cosa.traducciones[idioma][campo]
    return celdas


def _choices(i: Instrumento, nombre: str, opciones: Sequence[Opcion]) -> Iterator[Celdas]:
    for opcion in opciones:
        fila = {"list_name": nombre, "name": opcion.clave, **_textos(i, opcion)}
        if opcion.exclusiva:
            fila["jornada_exclusiva"] = "si"
        yield fila | dict(opcion.datos)


def _settings(i: Instrumento) -> Celdas:
    fila = {"form_title": i.titulo, "form_id": i.clave, "version": str(i.version), "namespaces": ESPACIO_DE_NOMBRES}
    if i.idioma is not None:
        fila["default_language"] = i.idioma
    propios = {"intro": i.intro or None, "minutos": i.minutos, "edad_minima": i.edad_minima, "cierre": i.cierre}
    fila |= {f"jornada_{campo}": str(valor) for campo, valor in propios.items() if valor is not None}
    if i.lleva_ficha:
        fila["jornada_lleva_ficha"] = "si"
    for idioma, textos in i.traducciones.items():
        fila |= {f"jornada_{campo}::{idioma}": texto for campo, texto in textos.items()}
    return fila


# --- Los archivos ------------------------------------------------------------------------------------------------


def _encabezados(filas: Sequence[Celdas], fijos: Sequence[str]) -> list[str]:
    """Los que se usan, en el orden en que se acostumbran; los demás, después, como aparecen."""
    usados = list(dict.fromkeys([*fijos, *(columna for fila in filas for columna in fila)]))
    orden = ["list_name", "type", "name", *_TEXTOS.values(), "required", *_COLUMNAS.values(), "read_only", "parameters"]
    return sorted(usados, key=lambda columna: orden.index(base) if (base := columna.split("::")[0]) in orden else 99)


def _xlsx(hojas: dict[str, list[Celdas]], fijos: dict[str, list[str]]) -> bytes:
    libro = Workbook()
    libro.remove(libro.worksheets[0])
    for nombre, filas in hojas.items():
        hoja = libro.create_sheet(nombre)
        encabezados = _encabezados(filas, fijos.get(nombre, []))
        for numero, fila in enumerate([{e: e for e in encabezados}, *filas], start=1):
            for columna, encabezado in enumerate(encabezados, start=1):
                if encabezado in fila:
                    celda = hoja.cell(numero, columna, "")
                    celda.value = fila[encabezado]
                    celda.data_type = "s"  # un texto que empieza con «=» no es una fórmula
                    celda.alignment = Alignment(vertical="top", wrap_text=True)
                    celda.font = Font(bold=numero == 1)
        hoja.freeze_panes = "A2"
        for columna, encabezado in enumerate(encabezados, start=1):
            largo = max(len(fila.get(encabezado, "")) for fila in filas)
            hoja.column_dimensions[get_column_letter(columna)].width = min(60, max(12, len(encabezado), largo) + 2)
    salida = io.BytesIO()
    libro.save(salida)
    return salida.getvalue()


def _csv(hojas: dict[str, list[Celdas]], fijos: dict[str, list[str]]) -> bytes:
    """Como lo lee el estándar: el nombre de la hoja en la primera columna."""
    salida = io.StringIO(newline="")
    escritor = csv.writer(salida, lineterminator="\n")
    for nombre, filas in hojas.items():
        encabezados = _encabezados(filas, fijos.get(nombre, []))
        escritor.writerow([nombre])
        escritor.writerow(["", *encabezados])
        escritor.writerows(
            ["", *(escrita(columna, fila.get(columna, "")) for columna in encabezados)] for fila in filas
        )
    return salida.getvalue().encode("utf-8-sig")


def _csv_de_lista(lista: Lista) -> bytes:
    salida = io.StringIO(newline="")
    columnas = list(dict.fromkeys(columna for opcion in lista.opciones for columna in opcion.datos))
    escritor = csv.writer(salida, lineterminator="\n")
    escritor.writerow(["name", "label", *columnas])
    escritor.writerows(
        [o.clave, *(escrita("label", celda) for celda in (o.texto, *(o.datos.get(c, "") for c in columnas)))]
        for o in lista.opciones
    )
    return salida.getvalue().encode("utf-8-sig")
