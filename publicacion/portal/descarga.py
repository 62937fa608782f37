"""Lo que se ve, en CSV: UTF-8 con BOM para que Excel lo abra con acentos, y sin nada que corra como fórmula."""

import csv
import io
from collections.abc import Sequence

from .numeros import OCULTA, Parte, PorMes
from .pagina import Cuadro, Cuenta, Exacta, Valor

BOM = "\ufeff"


def en_csv(cuadros: Sequence[Cuadro]) -> str:
    """Los cuadros (con las mismas columnas) uno tras otro, con el título de cada uno en la primera columna.

    Una cuenta que no se muestra va vacía, nunca en cero, y su columna ``_nota`` lo dice. Un porcentaje ocupa dos
    columnas: el número y los puntos que pudo moverlo el redondeo.
    """
    salida = io.StringIO()
    escritor = csv.writer(salida, lineterminator="\r\n")
    clases = [_clase(valores) for valores in _por_columna(cuadros)]
    columnas = cuadros[0].columnas
    nombres = [n for columna, clase in zip(columnas, clases, strict=True) for n in _nombres(columna.clave, clase)]
    escritor.writerow(["cuadro", *nombres])
    for cuadro in cuadros:
        for fila in cuadro.filas:
            celdas = [x for valor, clase in zip(fila, clases, strict=True) for x in _celdas(valor, clase)]
            escritor.writerow([sin_formula(c) if isinstance(c, str) else c for c in (cuadro.titulo, *celdas)])
    return BOM + salida.getvalue()


def _por_columna(cuadros: Sequence[Cuadro]) -> list[list[Valor]]:
    return [[fila[n] for c in cuadros for fila in c.filas] for n in range(len(cuadros[0].columnas))]


def _clase(valores: Sequence[Valor]) -> type | None:
    return next((type(v) for v in valores if isinstance(v, Cuenta | Parte | PorMes)), None)


def _nombres(clave: str, clase: type | None) -> list[str]:
    if clase is Cuenta:
        return [clave, f"{clave}_nota"]
    return [clave, f"{clave}_mas_menos"] if clase is Parte else [clave]


def _celdas(valor: Valor, clase: type | None) -> list[object]:
    if isinstance(valor, Cuenta):
        return [valor.n, OCULTA if valor.n is None else "o más" if valor.cuando_menos else ""]
    if isinstance(valor, Exacta):
        return [valor.n]
    if isinstance(valor, Parte):
        return [valor.valor, valor.error]
    if isinstance(valor, PorMes):
        return [round(valor.valor, 1)]
    return [valor, ""] if clase in (Cuenta, Parte) else [valor]


def sin_formula(texto: str) -> str:
    """Un texto que empieza como fórmula se marca para que la hoja de cálculo lo lea como texto."""
    return f"'{texto}" if texto[:1] in ("=", "+", "-", "@", "\t", "\r") else texto
