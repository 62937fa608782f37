"""Un CSV que una hoja de cálculo abre bien y que no ejecuta nada al abrirse."""

import csv
import io
from collections.abc import Iterable, Sequence

from formularios.texto import en_una_linea

Celda = str | int | float | None
PELIGRO = ("=", "+", "-", "@", "'", "＝", "＋", "－", "＠")
"""Con lo que empieza lo que una hoja de cálculo puede tomar por fórmula, y el apóstrofo mismo, para poder volver."""


def sin_apostrofo(celda: str) -> str:
    """Lo que era antes de :func:`neutra`."""
    return celda[1:] if celda.startswith("'") and celda[1:].startswith(PELIGRO) else celda


def neutra(texto: str) -> str:
    """Con un apóstrofo por delante si una hoja de cálculo lo tomaría por fórmula (``=``, ``+``, ``-``, ``@``)."""
    limpio = en_una_linea(texto)
    return f"'{limpio}" if limpio.startswith(PELIGRO) else limpio


def a_csv(encabezados: Sequence[str], filas: Iterable[Sequence[Celda]]) -> bytes:
    """UTF-8 con marca (así Excel lee los acentos), con coma. Los textos van neutros; los números, como números."""
    salida = io.StringIO(newline="")
    escritor = csv.writer(salida)
    escritor.writerow([neutra(titulo) for titulo in encabezados])
    for fila in filas:
        escritor.writerow(
            ["" if celda is None else neutra(celda) if isinstance(celda, str) else celda for celda in fila]
        )
    return salida.getvalue().encode("utf-8-sig")
