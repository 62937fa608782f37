"""Cuánta gente vive en cada zona: el catálogo ``censo-2020.csv`` y cómo se llena con la tabla ITER del INEGI."""

import csv
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from .errores import ErrorPublicacion
from .modelo import Censo
from .tabla_csv import Fila, leer_csv, texto_de

ARCHIVO = "censo-2020.csv"
COLUMNAS = ("cvegeo", "zona", "sexo", "edad", "poblacion", "fuente")
MUNICIPIO = "14111"
"""Clave del INEGI (entidad y municipio) si el catálogo no dice otra: Valle de Guadalupe, Jalisco."""
FUENTE = "INEGI Censo 2020, tabla ITER"

# Lo que trae ITER de cada sexo. Las edades son las que se pueden sacar enteras de sus columnas; de 18 a 59 es la menor
# que contiene a 18-29, 30-44 y 45-59, que ITER no separa.
_POBLACION = {"M": "POBFEM", "H": "POBMAS"}
_DE_18_Y_MAS = {"M": "P_18YMAS_F", "H": "P_18YMAS_M"}
_DE_60_Y_MAS = {"M": "P_60YMAS_F", "H": "P_60YMAS_M"}
_EXIGIDAS = ("ENTIDAD", "MUN", "LOC", *_POBLACION.values(), *_DE_18_Y_MAS.values(), *_DE_60_Y_MAS.values())
_RESERVADO = frozenset({"*", "N/D", "ND", ""})
"""ITER no dice las cifras de las localidades de una o dos viviendas."""

Cuenta = dict[tuple[str, str], int]
"""(sexo, edad) -> habitantes."""


def leer_censo(ruta: Path) -> Censo:
    """Los habitantes por zona, sexo y edad, más las sumas por los dos sexos.

    :raises ErrorPublicacion: si falta el archivo, una columna, o una cifra no es un número.
    """
    partes: dict[tuple[str | None, str | None], dict[str, int]] = defaultdict(dict)
    for numero, fila in enumerate(leer_csv(ruta, ("zona", "sexo", "edad", "poblacion")), 2):
        zona = None if fila["zona"] == "municipio" else fila["zona"]
        edad = None if fila["edad"] == "todas" else fila["edad"]
        if not fila["poblacion"].isdecimal():
            raise ErrorPublicacion(
                f"{ruta.name}, fila {numero}: la población dice «{fila['poblacion']}» y debe ser un número entero.",
                "Corrija la fila, o llene el archivo de nuevo con «jornada censo» y la tabla ITER del INEGI.",
            )
        partes[(zona, edad)][fila["sexo"]] = int(fila["poblacion"])
    habitantes: dict[tuple[str | None, str | None, str | None], int] = {}
    for (zona, edad), por_sexo in partes.items():
        for sexo, n in por_sexo.items():
            habitantes[(zona, sexo, edad)] = n
        if {"M", "H"} <= set(por_sexo):
            habitantes[(zona, None, edad)] = por_sexo["M"] + por_sexo["H"]
    return Censo(habitantes)


def municipio_de(carpeta_catalogos: Path) -> str:
    """La clave del municipio que ya dice el catálogo del censo; si no lo hay, :data:`MUNICIPIO`."""
    ruta = carpeta_catalogos / ARCHIVO
    if ruta.is_file():
        for fila in leer_csv(ruta, ("zona",)):
            if fila["zona"] == "municipio" and len(fila.get("cvegeo", "")) == 5:
                return fila["cvegeo"]
    return MUNICIPIO


def localidades_de(carpeta_catalogos: Path) -> dict[str, tuple[str, ...]]:
    """Qué localidades forman cada zona, según la columna ``localidades`` de zonas.csv: claves de 4 cifras y espacios.

    La cabecera es siempre la 0001. Si sólo hay otra zona y no se dice, son todas las demás localidades.

    :raises ErrorPublicacion: si hay dos zonas o más fuera de la cabecera y de alguna no se dice.
    """
    filas = [f for f in leer_csv(carpeta_catalogos / "zonas.csv", ("clave", "etiqueta")) if f["clave"] != "cabecera"]
    salida = {}
    for fila in filas:
        claves = tuple(clave[-4:] for clave in (fila.get("localidades") or "").replace(",", " ").split())
        if claves:
            salida[fila["clave"]] = claves
        elif len(filas) > 1:
            raise ErrorPublicacion(
                f"zonas.csv no dice qué localidades forman «{fila['etiqueta']}».",
                "Agregue la columna «localidades» con sus claves del INEGI separadas por espacios, como 0005 0012.",
            )
    return salida


def leer_iter(
    ruta_csv: Path, *, municipio: str = MUNICIPIO, localidades: Mapping[str, Sequence[str]] | None = None
) -> list[dict[str, str]]:
    """De la tabla ITER de un estado, los renglones de un municipio para ``censo-2020.csv``.

    ``municipio``: clave de 5 cifras. ``localidades``: qué localidades (claves de 4 cifras) forman cada zona; además van
    siempre el municipio, la cabecera y «otras localidades», que es la diferencia.

    :raises ErrorPublicacion: si el archivo no es la tabla ITER, es de otro lugar, o le falta el municipio o una zona.
    """
    filas = _del_municipio(ruta_csv, municipio)
    todo, cabecera = (_exigir(filas, clave, municipio) for clave in ("0000", "0001"))
    entero, pueblo = (_cuenta(fila) for fila in (todo, cabecera))
    zonas = [("municipio", municipio, entero), ("cabecera", f"{municipio}0001", pueblo)]
    zonas.append(("otras localidades", municipio, {que: n - pueblo[que] for que, n in entero.items()}))
    for zona, claves in (localidades or {}).items():
        suyas = [_cuenta(_exigir(filas, clave, municipio, zona)) for clave in claves]
        # Lo reservado cuenta cero: con un denominador chico se esconde de más, nunca de menos.
        junta = {que: sum(una[que] for una in suyas if que in una) for que in entero}
        zonas.append((zona, municipio, junta))
    return [
        dict(zip(COLUMNAS, (cvegeo, zona, sexo, edad, str(n), FUENTE), strict=True))
        for zona, cvegeo, cuenta in zonas
        for (sexo, edad), n in cuenta.items()
    ]


def escribir_censo(carpeta_catalogos: Path, renglones: Sequence[Mapping[str, str]]) -> Path:
    """Cambia el catálogo del censo de una sola vez; el que había queda en ``censo-2020.anterior``."""
    ruta = carpeta_catalogos / ARCHIVO
    nueva = ruta.with_suffix(".nuevo")
    with nueva.open("w", encoding="utf-8", newline="") as archivo:
        escritor = csv.DictWriter(archivo, COLUMNAS, lineterminator="\n")
        escritor.writeheader()
        escritor.writerows(renglones)
    if ruta.exists():
        os.replace(ruta, ruta.with_suffix(".anterior"))
    os.replace(nueva, ruta)
    return ruta


def _del_municipio(ruta: Path, municipio: str) -> dict[str, Fila]:
    """Los renglones de un municipio por clave de localidad."""
    encabezado, filas = texto_de(ruta)
    if faltan := [columna for columna in _EXIGIDAS if columna not in encabezado]:
        raise ErrorPublicacion(
            f"{ruta.name} no parece la tabla ITER del Censo 2020: le falta la columna {', '.join(faltan)}.",
            "Baje de inegi.org.mx «Principales resultados por localidad (ITER)», en CSV, y use ese archivo sin"
            " cambiarle nada.",
        )
    entidad, suyo = int(municipio[:2]), int(municipio[2:])
    salida: dict[str, Fila] = {}
    vistas: dict[str, str] = {}
    for fila in filas:
        claves = [fila[columna].strip() for columna in ("ENTIDAD", "MUN", "LOC")]
        if not all(clave.isdecimal() for clave in claves):
            continue  # notas al pie
        vistas[claves[0]] = fila.get("NOM_ENT", claves[0])
        if (int(claves[0]), int(claves[1])) == (entidad, suyo):
            salida[f"{int(claves[2]):04d}"] = fila
    if not salida:
        de = ", ".join(sorted(set(vistas.values()))[:3]) or "ningún lugar"
        raise ErrorPublicacion(
            f"{ruta.name} no trae el municipio {municipio}; trae localidades de {de}.",
            f"Baje la tabla ITER de la entidad {municipio[:2]}, o diga su municipio con --municipio.",
        )
    return salida


def _exigir(filas: Mapping[str, Fila], clave: str, municipio: str, zona: str = "") -> Fila:
    if clave in filas:
        return filas[clave]
    que = {"0000": "el total del municipio", "0001": "la cabecera"}.get(clave, f"la localidad {clave}")
    de_zona = f", de la zona «{zona}»" if zona else ""
    raise ErrorPublicacion(
        f"La tabla no trae {que} ({municipio}{clave}){de_zona}.",
        "Corrija la columna «localidades» de zonas.csv." if zona else "Use la tabla ITER completa, sin quitarle filas.",
    )


def _cuenta(fila: Fila) -> Cuenta:
    """Habitantes por sexo y edad. De una localidad reservada no se sabe nada, y sale vacía."""
    salida: Cuenta = {}
    for sexo in _POBLACION:
        cifras = [fila[columnas[sexo]].strip() for columnas in (_POBLACION, _DE_18_Y_MAS, _DE_60_Y_MAS)]
        if _RESERVADO.intersection(cifras):
            return {}
        todas, adultas, mayores = (_entero(cifra, fila) for cifra in cifras)
        if not mayores <= adultas <= todas:
            raise _mala(fila, f"{todas} personas, {adultas} de 18 y más, {mayores} de 60 y más")
        salida[sexo, "todas"] = todas
        salida[sexo, "0-17"], salida[sexo, "18-59"], salida[sexo, "60+"] = todas - adultas, adultas - mayores, mayores
    return salida


def _entero(cifra: str, fila: Fila) -> int:
    if not cifra.replace(",", "").isdecimal():
        raise _mala(fila, cifra)
    return int(cifra.replace(",", ""))


def _mala(fila: Fila, que: str) -> ErrorPublicacion:
    return ErrorPublicacion(
        f"La localidad {fila['LOC']} trae cifras que no pueden ser: {que}.",
        "Baje la tabla ITER otra vez y úsela sin cambiarle nada.",
    )


def resumen(renglones: Sequence[Mapping[str, str]]) -> Iterator[tuple[str, int]]:
    """(zona, habitantes) de lo leído, para decirlo."""
    totales: dict[str, int] = defaultdict(int)
    for fila in renglones:
        if fila["edad"] == "todas":
            totales[fila["zona"]] += int(fila["poblacion"])
    yield from totales.items()
