"""Lo que la oficina de la demostración anotó sin que hubiera evento: asesorías, gestiones, cursos, redes, papeles."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlite_utils import Database

from ..consultas import actividades, poa
from ..consultas.conexion import escritura

QUIEN = "titular"
_CANALIZADAS = ("DIF municipal", "Ministerio Público", "Centro de Salud", "Instancia de la mujer del estado")
_TEMAS = ("igualdad", "digital", "derechos", "noviazgo", "autonomia")
# línea, tipo, días del mes, de cuántas a cuántas, lo demás
_CADA_MES: tuple[tuple[str, str, tuple[int, ...], tuple[int, int], dict[str, Any]], ...] = (
    ("M6", "asesoria_juridica", (6, 20), (1, 5), {"mujeres": ...}),
    ("M6", "asesoria_psicologica", (5, 12, 19, 26), (2, 6), {"mujeres": ...}),
    ("M6", "canalizacion", (9, 23), (1, 3), {"mujeres": ..., "institucion": _CANALIZADAS}),
    ("M3", "solicitud", (8,), (4, 14), {"programa": ("Apoyo a jefas de familia", "Becas de transporte")}),
    ("M3", "apoyo", (22,), (2, 9), {"programa": ("Apoyo a jefas de familia", "Becas de transporte"), "mujeres": ...}),
    ("A7", "publicacion", (3, 10, 17, 24), (2, 4), {"tema": _TEMAS, "alcance": (180, 1400)}),
    ("A4", "recibida", (4,), (0, 2), {}),
    ("A4", "seguimiento", (25,), (0, 2), {}),
)
_DEL_ANIO: tuple[tuple[str, str, tuple[int, int], int, dict[str, Any]], ...] = (
    ("M1", "listado", (1, 19), 6, {"nota": "Los que aplican a la oficina"}),
    ("M1", "revisado", (2, 24), 2, {"tema": "igualdad"}),
    ("M1", "revisado", (6, 16), 1, {"tema": "igualdad"}),
    ("M1", "revisado", (9, 22), 1, {"tema": "derechos"}),
    ("M2", "curso", (3, 12), 1, {"mujeres": 3, "hombres": 1, "horas": 8.0, "tema": "igualdad"}),
    ("M2", "curso", (8, 19), 1, {"mujeres": 4, "hombres": 0, "horas": 12.0, "tema": "masculinidades"}),
    ("A3", "curso", (5, 7), 1, {"mujeres": 4, "horas": 6.0, "tema": "salud_emocional"}),
    ("A1", "programa", (1, 28), 1, {"programa": "Mujeres con negocio"}),
    ("A1", "hito", (4, 15), 1, {"programa": "Mujeres con negocio", "nota": "Se firmaron las reglas"}),
    ("A2", "vinculo", (2, 11), 1, {"institucion": "Dirección de Deportes"}),
    ("A6", "acuerdo", (5, 20), 1, {"institucion": "Centro de Salud"}),
    ("A8", "acto", (3, 8), 1, {"nota": "Iluminación de la presidencia"}),
    ("A10", "otra", (7, 14), 2, {"nota": "Apoyo en el operativo de vacunación"}),
)
_DOCUMENTOS = (
    ((1, 12), 7, 5),
    ((3, 18), 10, 10),
    ((4, 6), 10, 14),
    ((7, 3), 7, 6),
    ((10, 5), 8, 7),
    ((11, 16), 15, None),
)
"""Cuándo se pidió, con cuántos días, y a los cuántos se entregó."""


def llenar(db: Database, ahora: datetime, azar: Random) -> None:
    """Anota las de los ejercicios cargados hasta hoy; lo que tenga fecha después no se anota."""
    tipos, hoy = actividades.catalogo(db), ahora.date()
    with escritura(db):
        for ejercicio in poa.ejercicios(db):
            for datos in _del_ejercicio(ejercicio, azar):
                if datos["fecha"] <= hoy.isoformat():
                    if (datos.get("cumplida_el") or "") > hoy.isoformat():
                        datos["cumplida_el"] = None
                    actividades.crear(db, datos, ahora=ahora, quien=QUIEN, azar=azar, tipos=tipos)


def _del_ejercicio(ejercicio: int, azar: Random) -> Iterator[dict[str, Any]]:
    for mes in range(1, 13):
        for linea, tipo, dias, (de, a), demas in _CADA_MES:
            for dia in dias:
                cantidad = azar.randint(de, a)
                fecha = date(ejercicio, mes, dia).isoformat()
                yield {"linea": linea, "tipo": tipo, "fecha": fecha, "cantidad": cantidad} | {
                    campo: _uno(valor, cantidad, azar) for campo, valor in demas.items()
                }
    for linea, tipo, (mes, dia), cantidad, demas in _DEL_ANIO:
        yield {
            "linea": linea,
            "tipo": tipo,
            "fecha": date(ejercicio, mes, dia).isoformat(),
            "cantidad": cantidad,
        } | demas
    for (mes, dia), plazo, entrega in _DOCUMENTOS:
        pedido = date(ejercicio, mes, dia)
        yield {
            "linea": "A9", "tipo": "documento", "fecha": pedido.isoformat(), "cantidad": 1,
            "limite": (pedido + timedelta(plazo)).isoformat(), "nota": "Informe para la presidencia",
            "cumplida_el": None if entrega is None else (pedido + timedelta(entrega)).isoformat(),
        }  # fmt: skip


def _uno(valor: Any, cantidad: int, azar: Random) -> Any:
    """``...`` es una persona por cada una; un par de números, algo entre ellos; varios textos, uno de ellos."""
    if valor is ...:
        return cantidad
    if isinstance(valor, tuple):
        return azar.randint(*valor) if isinstance(valor[0], int) else azar.choice(valor)
    return valor
