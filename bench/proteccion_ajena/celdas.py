"""Las mismas celdas que publicamos, contadas exactas: de aquí parten las reglas ajenas y la medida del error."""

from collections import Counter
from itertools import product

from publicacion.conteo import sin_repetir, valor
from publicacion.modelo import Crudo, Reglas
from publicacion.proteccion import grupos, nombre_grupo

Celda = tuple[str, ...]


def asistencias(crudo: Crudo, reglas: Reglas) -> dict[Celda, int]:
    """(eje, grupo) -> asistencias, con ceros en las combinaciones sin nadie."""
    cuentas = {(eje, nombre_grupo(g)): 0 for eje in reglas.ejes_asistencia for g in grupos(eje, reglas)}
    for fila in sin_repetir(crudo.asistencias):
        for eje in reglas.ejes_asistencia:
            grupo = () if eje == "total" else tuple(valor(fila, d) for d in eje.split("+"))
            llave = (eje, nombre_grupo(grupo))
            if "" not in grupo and llave in cuentas:
                cuentas[llave] += fila.personas
    return cuentas


def respuestas(crudo: Crudo, reglas: Reglas) -> dict[Celda, int]:
    """(eje, grupo, instrumento, pregunta, opción) -> contestaciones, de las preguntas de una opción."""
    cuentas: Counter[Celda] = Counter()
    for p, eje in product(crudo.preguntas, reglas.ejes_respuesta):
        if p.tipo == "una":
            for g in grupos(eje, reglas):
                for clave, _ in p.opciones:
                    cuentas[eje, nombre_grupo(g), p.instrumento, p.clave, clave] = 0
    for fila in crudo.contestaciones:
        for clave, dicho in fila.respuestas.items():
            for eje in reglas.ejes_respuesta:
                grupo = "todas" if eje == "total" else str(fila.sexo)
                llave = (eje, grupo, fila.instrumento, clave, str(dicho))
                if llave in cuentas:
                    cuentas[llave] += 1
    return dict(cuentas)
