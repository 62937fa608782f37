"""Lo que aquí vale y JavaRosa, el motor de ODK Collect y KoboCollect, no sabe evaluar: ese formulario no se ofrece.

Se midió contestando encuestas al azar con ese motor (``bench/openrosa.py``): con estas dos cosas se detiene a media
encuesta; todo lo demás que se admite al importar le da lo mismo que a nosotros.
"""

from collections.abc import Iterator

from formularios.expresiones import Arbol
from formularios.formulas import de_grupo, de_pregunta, entender
from formularios.instrumento import NUMERICAS, Instrumento

_DE_OPCIONES = frozenset({"selected", "selected-at", "count-selected"})
_SIN_OPCIONES = frozenset({*NUMERICAS, "fecha", "hora", "hoy", "punto"})


def sin_equivalente(i: Instrumento) -> list[tuple[str, str]]:
    """Clave de la pregunta o grupo, y la frase de por qué; nada, si el formulario sirve en otras aplicaciones."""
    todas = [(p.clave, p.grupo, e) for p in i.preguntas for e in de_pregunta(i, p)]
    todas += [(g.clave, g.padre, e) for g in i.grupos for e in de_grupo(g)]
    hallados: dict[str, str] = {}
    for clave, grupo, (_, texto, columnas) in todas:
        for frase in _bajar(i, clave, grupo, entender(texto, columnas).arbol):
            hallados.setdefault(clave, frase)
    return list(hallados.items())


def _bajar(i: Instrumento, clave: str, grupo: str | None, arbol: Arbol) -> Iterator[str]:
    if not isinstance(arbol, list):
        return
    if arbol[0] == "$" and arbol[1] in i.por_clave:
        alla = i.repeticiones(i.por_clave[str(arbol[1])].grupo)
        if set(alla) - set(i.repeticiones(grupo)):
            yield f"usa ${{{arbol[1]}}} desde fuera de su repetición, sin sum(), count(), min() ni max()"
    if arbol[0] in _DE_OPCIONES and isinstance(arbol[1], list) and arbol[1][0] in ("$", "."):
        de_quien = i.por_clave.get(clave if arbol[1][0] == "." else str(arbol[1][1]))
        if de_quien is not None and de_quien.tipo in _SIN_OPCIONES:
            yield f"usa {arbol[0]}() con ${{{de_quien.clave}}}, que no es de opciones"
    for rama in arbol[1:]:
        yield from _bajar(i, clave, grupo, rama)
