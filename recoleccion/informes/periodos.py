"""De qué días habla un informe: un trimestre, el año, o los días del 8 de marzo y del 25 de noviembre."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Clase = Literal["trimestral", "anual", "especial"]
CLAVES = ("t1", "t2", "t3", "t4", "anual", "8m", "25n")
ORDINALES = ("primer", "segundo", "tercer", "cuarto")
_TRIMESTRES = (("01-01", "03-31"), ("04-01", "06-30"), ("07-01", "09-30"), ("10-01", "12-31"))


@dataclass(frozen=True)
class Periodo:
    """``desde`` y ``hasta``: fechas ISO, incluidas. ``trimestres``: de 1 a 4, los que abarca.

    ``efemerides``: claves del catálogo; en un especial, los eventos que las llevan en todo el ejercicio. Los días
    de un especial son los de sus actividades, que no llevan efeméride.
    """

    clave: str
    clase: Clase
    ejercicio: int
    desde: str
    hasta: str
    titulo: str
    corto: str
    trimestres: tuple[int, ...] = ()
    efemerides: tuple[str, ...] = ()

    def corte(self, hoy: date) -> str:
        """Hasta qué día se cuenta: el último del periodo o, si no ha terminado, hoy."""
        return min(self.hasta, hoy.isoformat())

    def empezo(self, hoy: date) -> bool:
        return self.desde <= hoy.isoformat()

    def termino(self, hoy: date) -> bool:
        return self.hasta < hoy.isoformat()


def de_clave(ejercicio: int, clave: str) -> Periodo | None:
    """El periodo de una clave de :data:`CLAVES`; ``None`` si no es de ninguno."""
    if clave not in CLAVES or not 2000 <= ejercicio <= 2999:
        return None
    if clave == "anual":
        return Periodo(
            clave, "anual", ejercicio, f"{ejercicio}-01-01", f"{ejercicio}-12-31",
            f"Informe anual {ejercicio}", f"Año {ejercicio}", (1, 2, 3, 4),
        )  # fmt: skip
    if clave == "8m":
        return Periodo(
            clave, "especial", ejercicio, f"{ejercicio}-03-01", f"{ejercicio}-03-31",
            f"Informe del 8 de marzo de {ejercicio}, Día Internacional de la Mujer", f"8 de marzo de {ejercicio}",
            efemerides=("8m",),
        )  # fmt: skip
    if clave == "25n":
        return Periodo(
            clave, "especial", ejercicio, f"{ejercicio}-11-01", f"{ejercicio}-12-10",
            f"Informe del 25 de noviembre de {ejercicio} y los 16 días de activismo",
            f"25 de noviembre de {ejercicio}", efemerides=("25n", "16dias"),
        )  # fmt: skip
    numero = int(clave[1])
    desde, hasta = _TRIMESTRES[numero - 1]
    return Periodo(
        clave, "trimestral", ejercicio, f"{ejercicio}-{desde}", f"{ejercicio}-{hasta}",
        f"Informe del {ORDINALES[numero - 1]} trimestre de {ejercicio}",
        f"{ORDINALES[numero - 1].capitalize()} trimestre de {ejercicio}", (numero,),
    )  # fmt: skip


def todos(ejercicio: int) -> list[Periodo]:
    """Los de un ejercicio, como se ofrecen."""
    return [periodo for clave in CLAVES if (periodo := de_clave(ejercicio, clave))]
