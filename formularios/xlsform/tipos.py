"""La columna ``type``: qué tipo nuestro es cada uno y, de los que no se admiten, qué escribir en su lugar."""

import re
from dataclasses import dataclass

SIMPLES = {
    "text": "texto",
    "string": "texto",
    "integer": "entero",
    "int": "entero",
    "decimal": "decimal",
    "date": "fecha",
    "time": "hora",
    "note": "nota",
    "calculate": "calculo",
    "hidden": "oculto",
    "today": "hoy",
    "acknowledge": "acepto",
    "trigger": "acepto",
    "range": "rango",
    "barcode": "codigo",
    "geopoint": "punto",
    "gps": "punto",
    "location": "punto",
}
A_XLSFORM = {
    "texto": "text",
    "entero": "integer",
    "decimal": "decimal",
    "fecha": "date",
    "hora": "time",
    "nota": "note",
    "calculo": "calculate",
    "oculto": "hidden",
    "hoy": "today",
    "acepto": "acknowledge",
    "rango": "range",
    "codigo": "barcode",
    "punto": "geopoint",
    "una": "select_one",
    "varias": "select_multiple",
    "orden": "rank",
}
_SELECCION = {
    "select_one": "una",
    "select_one_from": "una",
    "select1": "una",
    "add_select_one_prompt_using": "una",
    "select_multiple": "varias",
    "select_all_that_apply": "varias",
    "select_all_that_apply_from": "varias",
    "add_select_multiple_prompt_using": "varias",
    "rank": "orden",
    "select_one_from_file": "una",
}
"""Con guion bajo; también valen con espacios."""
_MEDIO = "Quite la fila: no se toman fotos, audios, videos ni archivos."
_QUIEN = "Quite la fila: aquí no se guarda quién contestó ni desde qué teléfono."
_HORA = "Quite la fila: la hora no se guarda con lo contestado; la fecha se usa en los cálculos con today()."
_VIGILA = "Quite la fila: no se graba ni se mide a quien contesta."
_MAPA = "Quite la fila, o use geopoint: no hay líneas, áreas ni ubicación sin pedirla."
_DIAS = "Use integer con constraint «. >= 0 and . <= 31» (o los días que sean)."
_KOBO = "Es propio de Kobo: escriba una pregunta por renglón, por ejemplo select_one LISTA, dentro de un begin_group."
RECHAZADOS = {
    **dict.fromkeys(("image", "photo", "audio", "video", "file", "background-audio", "draw", "signature"), _MEDIO),
    **dict.fromkeys(
        ("deviceid", "subscriberid", "simserial", "phonenumber", "username", "email", "imei", "uri", "device_id"),
        _QUIEN,
    ),
    **dict.fromkeys(("start", "end", "start-time", "audit"), _HORA),
    **dict.fromkeys(("geotrace", "geoshape", "start-geopoint", "background-geopoint", "osm"), _MAPA),
    "datetime": "Use dos preguntas: una de tipo date y otra de tipo time.",
    "csv-external": "Use select_one_from_file con el nombre del archivo.",
    "xml-external": "Use select_one_from_file con un archivo CSV.",
    "xml-external-instance": "Use select_one_from_file con un archivo CSV.",
    "select_multiple_from_file": "Ponga las opciones en la hoja choices y use select_multiple.",
    "select_one_external": "Use select_one con choice_filter, o select_one_from_file.",
    "include": "Copie aquí las filas de la otra encuesta.",
    "cascading_select": "Use select_one con choice_filter.",
    "loop": "Escriba las preguntas una por una, o use begin_repeat.",
    "form_title": "Póngalo en la hoja settings.",
    "form_id": "Póngalo en la hoja settings.",
    "set form title": "Póngalo en la hoja settings.",
    "set form id": "Póngalo en la hoja settings.",
    "phone number": "Use text con la apariencia numbers, y márquela con jornada_privada.",
    "percentage": "Use integer con constraint «. >= 0 and . <= 100».",
    **dict.fromkeys(("number_of_days_in_last_month", "number_of_days_in_last_year"), _DIAS),
    "number_of_days_in_last_six_months": _DIAS,
    **dict.fromkeys(("begin_kobomatrix", "end_kobomatrix", "begin_score", "end_score", "score__row"), _KOBO),
    **dict.fromkeys(("caseid", "enumerator"), _QUIEN),
    **dict.fromkeys(
        (
            "text audit",
            "audio audit",
            "speed violations count",
            "speed violations list",
            "speed violations audit",
            "sensor_statistic",
            "sensor_stream",
        ),
        _VIGILA,
    ),
    "calculate_here": "Use calculate: los cálculos se rehacen solos.",
    "comments": "Use text, y márquelo con jornada_privada.",
    **dict.fromkeys(("begin_rank", "end_rank", "rank__level"), "Es propio de Kobo: use una fila rank LISTA."),
}

SE_QUITAN = frozenset({_MEDIO, _QUIEN, _HORA, _VIGILA, _MAPA})
"""Frases de los tipos sin los que la encuesta sigue entera."""

_VIEJO = re.compile(r"(?:add (?!select)(.+) prompt|get (.+)|q (.+)|uri:(.+))")
"""«add text prompt», «q int», «get today»: lo que va dentro es el tipo."""
_SINONIMOS = {
    "date time": "datetime",
    "picture": "image",
    "device id": "deviceid",
    "phone number": "phonenumber",
    "sim id": "simserial",
    "subscriber id": "subscriberid",
    "start time": "start",
    "end time": "end",
}
_CONTROL = re.compile(r"(begin|end)[ _]+(group|repeat|lgroup|looped group|loop)(?:[ _]+(?:over +)?(\S+))?")
_OTRA = re.compile(r" (?:or_other|or other|or specify other)$")
_COMANDOS = sorted({*_SELECCION, *(r for r in RECHAZADOS if r.startswith(("select", "cascading")))}, key=len)[::-1]
_COMANDO = re.compile(f"({'|'.join(_COMANDOS).replace('_', '[ _]')}) (.*)")
ADMITIDOS = (
    "text, integer, decimal, date, time, select_one LISTA, select_multiple LISTA, rank LISTA, "
    "select_one_from_file ARCHIVO.csv, note, calculate, hidden, today, acknowledge, range, barcode, geopoint, "
    "begin_group, begin_repeat"
)


@dataclass(frozen=True)
class Tipo:
    """``tipo`` nuestro, o ``grupo``, ``repeticion``, ``fin_grupo``, ``fin_repeticion``. ``lista``: de opciones."""

    tipo: str
    lista: str | None = None
    archivo: str | None = None
    otra: bool = False


def entender(escrito: str) -> Tipo | str:
    """El tipo, o la frase de qué escribir si no se admite."""
    limpio = " ".join(escrito.split())
    if viejo := _VIEJO.fullmatch(limpio):
        dentro = next(filter(None, viejo.groups()))
        limpio = _SINONIMOS.get(dentro, dentro)
    control = _CONTROL.fullmatch(limpio)
    if control:
        return _control(control[1], control[2])
    if limpio in SIMPLES:
        return Tipo(SIMPLES[limpio])
    if _de_minusculas(limpio):
        return f"Escríbalo con minúsculas: «{_con_minusculas(limpio)}»."
    rechazado = RECHAZADOS.get(limpio.lower()) or RECHAZADOS.get(limpio.lower().replace(" ", "_"))
    if rechazado or _SINONIMOS.get(limpio):
        return rechazado or RECHAZADOS[_SINONIMOS[limpio]]
    partes = _COMANDO.fullmatch(limpio)
    comando = partes[1].replace(" ", "_") if partes else ""
    if comando in RECHAZADOS:
        return RECHAZADOS[comando]
    if partes:
        return _seleccion(_SELECCION[comando], partes[2], "file" in comando)
    primera = limpio.split(" ")[0]
    if primera.lower() in RECHAZADOS:
        return RECHAZADOS[primera.lower()]
    if limpio.replace(" ", "_") in _SELECCION:
        return f"Falta el nombre de la lista: «{limpio} LISTA»."
    return f"Los tipos que hay son: {ADMITIDOS}."


def _de_minusculas(limpio: str) -> bool:
    """¿Se entendería si el tipo fuera con minúsculas?"""
    bajo = _con_minusculas(limpio)
    return bajo != limpio and (bajo in SIMPLES or bool(_CONTROL.fullmatch(bajo) or _COMANDO.fullmatch(bajo)))


def _con_minusculas(limpio: str) -> str:
    """El tipo con minúsculas; el nombre de la lista, como está."""
    bajo = limpio.lower()
    partes = _COMANDO.fullmatch(bajo)
    return partes[1] + limpio[len(partes[1]) :] if partes else bajo


def _control(verbo: str, cual: str) -> Tipo | str:
    if cual == "loop":
        return RECHAZADOS["loop"]
    nombre = "grupo" if cual == "group" else "repeticion"
    return Tipo(nombre if verbo == "begin" else f"fin_{nombre}")


def _seleccion(tipo: str, resto: str, de_archivo: bool) -> Tipo | str:
    otra = _OTRA.search(" " + resto) is not None
    lista = _OTRA.sub("", " " + resto).strip()
    if not lista or " " in lista:
        return "Después del tipo va el nombre de una lista, sin espacios."
    if lista.startswith("${"):
        return "Las opciones no pueden salir de otra respuesta: escríbalas en la hoja choices y use choice_filter."
    if de_archivo:
        if not lista.lower().endswith(".csv") or otra:
            return "El archivo es un .csv, sin «or_other»: select_one_from_file municipios.csv."
        return Tipo(tipo, archivo=lista)
    if otra and tipo == "orden":
        return "«or_other» va con select_one o select_multiple."
    return Tipo(tipo, lista=lista, otra=otra)
