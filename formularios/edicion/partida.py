"""De una encuesta guardada al borrador de la versión que sigue."""

from collections.abc import Sequence

from formularios.edicion.borrador import PROPIA, Borrador, copia, nuevo
from formularios.edicion.condicion import las_de_la_hoja
from formularios.edicion.tipos import familia_de
from formularios.instrumento import Instrumento


def de_versiones(versiones: Sequence[Instrumento]) -> Borrador:
    """El borrador de la que sigue. :param versiones: todas las guardadas, en orden; se parte de la última."""
    modelo = copia(versiones[-1].a_dict())
    modelo.pop("version")
    borrador = nuevo("", ()) | {"modelo": modelo, "version": versiones[-1].version}
    numeros = [0]
    for version in versiones:
        for pregunta in version.a_dict()["preguntas"]:
            clave = pregunta["clave"]
            borrador["guardadas"][clave] = familia_de(pregunta)
            usadas = borrador["opciones"].setdefault(clave, [])
            usadas += [o["clave"] for o in pregunta.get("opciones", ()) if o["clave"] not in usadas]
        numeros += [
            int(m[1]) for c in (*version.por_clave, *(g.clave for g in version.grupos)) if (m := PROPIA.fullmatch(c))
        ]
    return borrador | {"siguiente": max(numeros) + 1, "de_la_hoja": las_de_la_hoja(borrador)}
