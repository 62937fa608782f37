"""Los nombres para leer que acompañan a las celdas. Van al libro con ellas: así lo publicado se rehace igual."""

from collections.abc import Iterator
from datetime import date, timedelta

from .conteo import meses
from .modelo import Celda, Crudo, Reglas
from .preguntas import CAMBIOS, ESCALERA_CAMBIO, escalera, etiqueta_categoria
from .proteccion import celda, grupos, nombre_grupo

MESES = (
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
)
NOMBRES = {"sexo": "sexo", "edad": "edad", "zona": "zona", "programa": "programa"}


def etiquetar(crudo: Crudo, reglas: Reglas) -> list[Celda]:
    """Las etiquetas de todas las llaves que usa un lote."""
    return sorted([*_lote(crudo), *_ejes(reglas), *_categorias(crudo, reglas), *_preguntas(crudo)])


def _lote(crudo: Crudo) -> Iterator[Celda]:
    yield celda("lote", [crudo.lote], etiqueta=periodo(crudo.desde, crudo.hasta))


def periodo(desde: str, hasta: str) -> str:
    """«octubre a diciembre de 2026»; con días si no son meses enteros."""
    if desde[8:] != "01" or date.fromisoformat(hasta) + timedelta(days=1) != _mes_siguiente(hasta):
        return f"del {_dia(desde)} al {_dia(hasta)}"
    (a, m), (b, n) = ((f[:4], MESES[int(f[5:7]) - 1]) for f in (desde, hasta))
    if (a, m) == (b, n):
        return f"{m} de {a}"
    return f"{m} a {n} de {b}" if a == b else f"{m} de {a} a {n} de {b}"


def _mes_siguiente(dia: str) -> date:
    return (date.fromisoformat(dia).replace(day=1) + timedelta(days=32)).replace(day=1)


def _dia(dia: str) -> str:
    return f"{int(dia[8:])} de {mes(dia)}"


def mes(clave: str) -> str:
    return f"{MESES[int(clave[5:7]) - 1]} de {clave[:4]}"


def _ejes(reglas: Reglas) -> Iterator[Celda]:
    todos = dict.fromkeys((*reglas.ejes_asistencia, *reglas.ejes_respuesta, *reglas.ejes_cambio))
    for orden, eje in enumerate(todos):
        nombres = [NOMBRES[d] for d in eje.split("+")] if eje != "total" else []
        yield celda("eje", [eje], orden=orden, etiqueta="Por " + " y ".join(nombres) if nombres else "En total")
        for lugar, grupo in enumerate(grupos(eje, reglas)):
            donde = dict(zip(eje.split("+"), grupo, strict=False)) if grupo else {}
            textos = {d: reglas.valores(d)[clave] for d, clave in donde.items()}
            yield celda(
                "grupo",
                [eje, nombre_grupo(grupo)],
                orden=lugar,
                etiqueta=", ".join(textos.values()) or "Todas las personas",
                **{d: textos.get(d) for d in NOMBRES},
            )


def _categorias(crudo: Crudo, reglas: Reglas) -> Iterator[Celda]:
    dominios = {
        "mes": {clave: mes(clave) for clave in meses(crudo.desde, crudo.hasta)},
        "cambio": {
            "|".join(c): " o ".join(CAMBIOS[k].lower() for k in c).capitalize() for n in ESCALERA_CAMBIO for c in n
        },
        **{d: reglas.valores(d) for d in NOMBRES},
    }
    for dimension, valores in dominios.items():
        for orden, (clave, etiqueta) in enumerate(valores.items()):
            yield celda("categoria", [dimension, clave], orden=orden, etiqueta=etiqueta)


def _preguntas(crudo: Crudo) -> Iterator[Celda]:
    for orden, p in enumerate(crudo.preguntas):
        titulo = crudo.titulos.get(p.instrumento, p.instrumento)
        yield celda("pregunta", [p.instrumento, p.clave], orden=orden, encuesta=titulo, texto=p.texto, tipo=p.tipo)
        categorias = dict.fromkeys("|".join(c) for nivel in escalera(p) for c in nivel)
        for lugar, clave in enumerate(categorias):
            yield celda(
                "respuesta",
                [p.instrumento, p.clave, clave],
                orden=lugar,
                etiqueta=etiqueta_categoria(p, clave),
                correcta=None if p.correcta is None else int(clave == p.correcta),
            )
