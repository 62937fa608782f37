"""Los idiomas que nombran los encabezados: cuál es el principal, y si dos son el mismo escrito de dos modos."""

import re
import unicodedata

from formularios.xlsform.columnas import idiomas as de_columnas
from formularios.xlsform.pagina import Pagina

_PARTES = re.compile(r"(.*?)\s*(?:\(([^()]*)\))?")


def elegir(survey: Pagina, choices: Pagina, settings: Pagina) -> str | None:
    """El idioma principal, ya puesto en las tres hojas; ``None`` si ningún encabezado nombra idiomas ni se declara.

    Si no se puede saber queda anotado como problema: sin esto todo lo demás parecería faltar.
    """
    for pagina in (survey, choices, settings):
        _escritos_de_dos_modos(pagina, [*de_columnas(survey.columnas), *de_columnas(choices.columnas)])
    todos = nombrados(survey, choices)
    fila = settings.filas[0] if settings.filas else None
    declarado = settings.texto(fila, "idioma") if fila else None
    sin_nombre = any(c.campo == "texto" and c.idioma is None for c in survey.columnas.values())
    principal = declarado or (None if sin_nombre else next(iter(todos), None))
    if declarado and todos and declarado not in todos and not sin_nombre:
        casi = [idioma for idioma in todos if parecidos(declarado, idioma)]
        que_pasa = f"El idioma «{declarado}» no está en ninguna columna label."
        if len(casi) == 1:
            principal = casi[0]
            settings.aviso(fila, "idioma", que_pasa, f"Se tomó «{principal}»; escríbalo así.")
        else:
            settings.problema(fila, "idioma", que_pasa, f"Escriba uno de estos: {', '.join(todos)}.")
    if todos and principal is None:
        principal = "default"
        que_pasa = "No dice en qué idioma están los textos de la columna label."
        settings.aviso(fila, "idioma", que_pasa, "Escríbalo en settings, columna default_language.")
    for pagina in (survey, choices, settings):
        pagina.principal = principal
    return principal


def nombrados(survey: Pagina, choices: Pagina) -> list[str]:
    """En el orden en que aparecen y una vez."""
    return list(dict.fromkeys([*de_columnas(survey.columnas), *de_columnas(choices.columnas)]))


def _escritos_de_dos_modos(pagina: Pagina, todos: list[str]) -> None:
    for columna in pagina.columnas.values():
        otro = next((i for i in todos if columna.idioma not in (None, i) and parecidos(i, str(columna.idioma))), None)
        if otro is not None and todos.index(otro) < (todos.index(columna.idioma) if columna.idioma in todos else 1):
            que_pasa = f"«{columna.idioma}» y «{otro}» parecen el mismo idioma escrito de dos modos."
            que_escribir = f"Escriba «{otro}» en todas las columnas, igual también en choices."
            pagina.en_encabezado(columna.encabezado, que_pasa, que_escribir)


def parecidos(uno: str, otro: str) -> bool:
    """``english``, ``English`` y ``English (en)`` lo son, y también ``en``; ``English (uk)`` y ``English (en)`` no."""
    (nombre, codigo), (otro_nombre, otro_codigo) = _partes(uno), _partes(otro)
    if codigo and otro_codigo:
        return (nombre, codigo) == (otro_nombre, otro_codigo)
    return nombre in (otro_nombre, otro_codigo) or codigo == otro_nombre


def _partes(idioma: str) -> tuple[str, str]:
    sin_acentos = "".join(c for c in unicodedata.normalize("NFKD", idioma) if not unicodedata.combining(c))
    partes = _PARTES.fullmatch(" ".join(sin_acentos.casefold().split()))
    return (partes[1] or "", partes[2] or "") if partes else (idioma, "")
