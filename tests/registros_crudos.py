"""Un informe trimestral hecho otra vez, aparte del programa: de los renglones de la base, contados aquí uno por uno.

Lo usan las pruebas que comparan lo que dice un informe con lo que hay guardado. Nada de aquí pasa por las consultas,
las vistas de la base ni las reglas del programa.
"""

import csv
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Any

SIN_EDAD = "Sin dato de edad"
Filas = list[dict[str, Any]]
_SQL = {
    "lineas": "SELECT * FROM linea_poa WHERE ejercicio = :anio ORDER BY rowid",
    "eventos": "SELECT * FROM evento WHERE estado <> 'cancelado' AND fecha BETWEEN :anio || '-01-01' AND :hasta",
    "marcas": "SELECT evento_id, linea FROM evento_linea WHERE ejercicio = :anio",
    "juntos": "SELECT evento_id FROM evento_institucion",
    "asistencias": "SELECT * FROM asistencia WHERE id NOT IN (SELECT registro_id FROM anulacion)",
    "actividades": "SELECT * FROM actividad WHERE ejercicio = :anio AND quitada_en IS NULL AND fecha <= :hasta",
    "verificadas": "SELECT institucion_id, fecha FROM institucion_verificada",
}


@dataclass(frozen=True)
class Cuentas:
    """Lo que debe decir el informe: por línea, sus once números y sus textos; la población y las localidades."""

    lineas: dict[str, list[str]]
    textos: dict[str, tuple[str, str, str]]
    """Grupos de edad, localidades atendidas y evidencia."""
    poblacion: list[list[str]]
    localidades: list[list[str]]


def leer(base: Path, anio: int, hasta: str) -> dict[str, Filas]:
    """Los renglones del año hasta un día, como están en el archivo. Sin credenciales, que se cuentan de otro modo."""
    conexion = sqlite3.connect(base)
    conexion.row_factory = sqlite3.Row
    try:
        valores = {"anio": anio, "hasta": hasta}
        todo = {que: [dict(fila) for fila in conexion.execute(orden, valores)] for que, orden in _SQL.items()}
    finally:
        conexion.close()
    assert all(fila["credencial_id"] is None for fila in todo["asistencias"])
    return todo


def contar(todo: Mapping[str, Filas], trimestre: int, catalogos: Path) -> Cuentas:
    """El informe de ese trimestre."""
    edades, lugares = _catalogo(catalogos / "edad.csv"), _catalogo(catalogos / "localidades.csv")
    lineas, textos = {}, {}
    for linea in todo["lineas"]:
        realizado = [_realizado(todo, linea, t) for t in (1, 2, 3, 4)]
        lineas[linea["clave"]] = [
            *_avance(linea, realizado, trimestre),
            *_sexos(_gente(todo, linea["clave"], trimestre)),
        ]
        textos[linea["clave"]] = _textos(todo, linea["clave"], trimestre, edades, lugares)
    del_trimestre = [e for e in todo["eventos"] if _trimestre(e["fecha"]) == trimestre]
    todos = list(_asistencias(todo, del_trimestre))
    poblacion = [
        [etiqueta, *_sexos(persona for persona in todos if persona[1] == clave)] for clave, etiqueta in edades.items()
    ]
    hechos = Counter(e["localidad"] for e in del_trimestre)
    llegaron = Counter(lugar for _, _, lugar in todos)
    return Cuentas(
        lineas,
        textos,
        [*poblacion, ["Total", *_sexos(todos)]],
        sorted([lugares[clave], str(n), str(llegaron[clave])] for clave, n in hechos.items()),
    )


def _catalogo(archivo: Path) -> dict[str, str]:
    with archivo.open(encoding="utf-8-sig", newline="") as abierto:
        return {fila["clave"]: fila["etiqueta"] for fila in csv.DictReader(abierto)}


def _trimestre(fecha: str) -> int:
    return (int(fecha[5:7]) - 1) // 3 + 1


def _de(todo: Mapping[str, Filas], linea: str, t: int) -> tuple[Filas, Filas]:
    """Los eventos y las actividades de una línea en un trimestre."""
    suyos = {marca["evento_id"] for marca in todo["marcas"] if marca["linea"] == linea}
    return (
        [e for e in todo["eventos"] if e["id"] in suyos and _trimestre(e["fecha"]) == t],
        [a for a in todo["actividades"] if a["linea"] == linea and _trimestre(a["fecha"]) == t],
    )


def _asistencias(todo: Mapping[str, Filas], eventos: Filas) -> Iterator[tuple[str, str, str]]:
    """Sexo, edad y localidad, una vez por persona de cada renglón."""
    lugar = {e["id"]: e["localidad"] for e in eventos}
    for fila in todo["asistencias"]:
        if fila["evento_id"] in lugar:
            yield from [(fila["sexo"], fila["edad"], lugar[fila["evento_id"]])] * fila["personas"]


def _gente(todo: Mapping[str, Filas], linea: str, t: int) -> list[tuple[str, str, str]]:
    """Las asistencias a sus eventos y las personas de lo anotado que cuenta como avance, que no traen edad."""
    eventos, actividades = _de(todo, linea, t)
    anotadas = [
        (sexo, "", "")
        for a in actividades
        if a["cuenta"] == "avance"
        for sexo, columna in (("M", "mujeres"), ("H", "hombres"), ("", "no_especificado"))
        for _ in range(a[columna] or 0)
    ]
    return [*_asistencias(todo, eventos), *anotadas]


def _realizado(todo: Mapping[str, Filas], linea: Mapping[str, Any], t: int) -> int:
    eventos, actividades = _de(todo, linea["clave"], t)
    ids = {e["id"] for e in eventos}
    por_medida = {
        "eventos": len(eventos),
        "asistencias": len(list(_asistencias(todo, eventos))),
        "sesiones": sum(e["serie_id"] is not None for e in eventos),
        "vinculos": sum(fila["evento_id"] in ids for fila in todo["juntos"]),
        "instituciones": len({v["institucion_id"] for v in todo["verificadas"] if _trimestre(v["fecha"]) == t}),
        "actividades": 0,
    }
    assert all(a["limite"] is None for a in actividades), "lo que lleva plazo se cuenta de otro modo"
    return por_medida[linea["medida"]] + sum(a["cantidad"] for a in actividades if a["cuenta"] == "avance")


def _avance(linea: Mapping[str, Any], realizado: list[int], t: int) -> list[str]:
    """Meta, programado, realizado, acumulado, programado acumulado, porcentaje y semáforo."""
    programado = [linea[f"t{n}"] for n in (1, 2, 3, 4)]
    hecho = sum(realizado[:t])
    tocaba = None if programado == [None] * 4 else sum(p or 0 for p in programado[:t])
    entre = linea["meta_anual"] if tocaba is None else tocaba
    parte = Fraction(hecho) / Fraction(entre) * 100 if entre else None
    if parte is None:
        palabra = "Sin meta" if tocaba is None and linea["meta_anual"] is None else "Sin programar"
    elif tocaba is None and t < 4:
        palabra = "Al cerrar el año"
    else:
        palabra = "Verde" if parte >= 90 else "Amarillo" if parte >= 70 else "Rojo"
    return [
        "Sin definir" if linea["meta_anual"] is None else f"{linea['meta_anual']:g}",
        "—" if programado[t - 1] is None else f"{programado[t - 1]:g}",
        str(realizado[t - 1]),
        str(hecho),
        "—" if tocaba is None else f"{tocaba:g}",
        "—" if parte is None else f"{floor(parte * 10) / 10:.1f} %",
        palabra,
    ]


def _sexos(gente: Iterable[tuple[str, str, str]]) -> list[str]:
    """Mujeres, hombres, los demás y todos."""
    cuantos = Counter(sexo if sexo in ("M", "H") else "" for sexo, _, _ in gente)
    return [str(n) for n in (cuantos["M"], cuantos["H"], cuantos[""], cuantos.total())]


def _textos(
    todo: Mapping[str, Filas], linea: str, t: int, edades: Mapping[str, str], lugares: Mapping[str, str]
) -> tuple[str, str, str]:
    gente = _gente(todo, linea, t)
    eventos, actividades = _de(todo, linea, t)
    por_edad = Counter(edad if edad in edades and edad != "nd" else "nd" for _, edad, _ in gente)
    dichas = [
        f"{SIN_EDAD if clave == 'nd' else edades[clave]}: {por_edad[clave]}" for clave in edades if por_edad[clave]
    ]
    por_lugar = Counter({e["localidad"]: 0 for e in eventos})
    por_lugar.update(lugar for _, _, lugar in gente if lugar)
    con_gente = {fila["evento_id"] for fila in todo["asistencias"]} & {e["id"] for e in eventos}
    donde = [f"{lugares[lugar]}: {n}" for lugar, n in sorted(por_lugar.items(), key=lambda par: (-par[1], par[0]))]
    evidencia = [
        _varios(len(eventos), "evento", "eventos"),
        _varios(len(con_gente), "lista de asistencia", "listas de asistencia"),
        _varios(len(actividades), "actividad anotada", "actividades anotadas"),
    ]
    if alcance := sum(a["alcance"] or 0 for a in actividades):
        evidencia.append(f"alcance en redes, aparte: {alcance:,}")
    return (
        "; ".join(dichas) or "—",
        "; ".join(donde) or "—",
        "; ".join(filter(None, evidencia)) or "—",
    )


def _varios(n: int, uno: str, muchos: str) -> str:
    return f"{n} {uno if n == 1 else muchos}" if n else ""
