"""De una encuesta guardada al borrador de la versión que sigue."""

from collections.abc import Collection, Sequence

from formularios.edicion.borrador import PROPIA, Borrador, copia, nueva_clave, nuevo, preguntas
from formularios.edicion.condicion import las_de_la_hoja
from formularios.edicion.operaciones import otra_clave
from formularios.edicion.tipos import familia_de
from formularios.instrumento import Instrumento


def de_versiones(versiones: Sequence[Instrumento]) -> Borrador:
    """El borrador de la que sigue. :param versiones: todas las guardadas, en orden; se parte de la última."""
    modelo = copia(versiones[-1].a_dict())
    modelo.pop("version")
    borrador = nuevo("", ()) | {"modelo": modelo, "version": versiones[-1].version}
    _recordar(borrador, versiones)
    return borrador | {"de_la_hoja": las_de_la_hoja(borrador)}


def copia_de(instrumento: Instrumento, ocupadas: Collection[str]) -> Borrador:
    """Otra encuesta, que empieza igual que ésta y no se compara con ella."""
    titulo = f"Copia de {instrumento.titulo}"
    borrador = de_versiones([instrumento])
    modelo = borrador["modelo"] | {"titulo": titulo, "clave": nuevo(titulo, ocupadas)["modelo"]["clave"]}
    return borrador | {"modelo": modelo, "version": 0, "guardadas": {}, "opciones": {}}


def _recordar(borrador: Borrador, versiones: Sequence[Instrumento]) -> None:
    """Anota las claves que ya se usaron. Cambia el borrador que recibe."""
    claves: list[str] = []
    for version in versiones:
        for pregunta in version.a_dict()["preguntas"]:
            clave = pregunta["clave"]
            borrador["guardadas"][clave] = familia_de(pregunta)
            usadas = borrador["opciones"].setdefault(clave, [])
            usadas += [o["clave"] for o in pregunta.get("opciones", ()) if o["clave"] not in usadas]
        claves += [*version.por_clave, *(grupo.clave for grupo in version.grupos)]
    numeros = [int(hallado[1]) for clave in claves if (hallado := PROPIA.fullmatch(clave))]
    borrador["siguiente"] = max([borrador["siguiente"], *(numero + 1 for numero in numeros)])


def al_dia(borrador: Borrador, versiones: Sequence[Instrumento]) -> Borrador:
    """El mismo borrador, si mientras tanto se guardó otra versión por otro lado: será la que sigue de esa.

    Lo que se agregó aquí cambia de clave si la versión nueva usó la suya para otra pregunta.
    """
    nuevas = [version for version in versiones if version.version > borrador["version"]]
    if not nuevas:
        return borrador
    nuevo = copia(borrador)
    propias = [p for p in preguntas(nuevo) if p["clave"] not in borrador["guardadas"]]
    _recordar(nuevo, nuevas)
    ajenas = {clave for version in nuevas for clave in version.por_clave}
    for pregunta in propias:
        if pregunta["clave"] in ajenas:
            otra_clave(nuevo, pregunta, nueva_clave(nuevo))
    return nuevo | {"version": nuevas[-1].version, "atrasado": True}
