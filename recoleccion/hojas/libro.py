"""Un libro de XLSX con lo que todos comparten: textos que nunca son fórmulas y bytes que no dependen de la hora.

Cada fórmula lleva además su resultado: el teléfono que sólo enseña la hoja, sin calcularla, también ve las cifras.
"""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

PARECE_FORMULA = tuple("=+-@\t\r")
BASE = {"font_name": "Arial", "font_size": 10, "valign": "top"}
ESTILOS: dict[str, dict[str, Any]] = {
    "texto": {"text_wrap": True, "border": 1},
    "numero": {"num_format": "#,##0.##", "border": 1},
    "entero": {"num_format": "#,##0", "border": 1},
    "porciento": {"num_format": "0.0%", "border": 1},
    "palabra": {"border": 1, "bold": True, "align": "center"},
    "cabeza": {"bold": True, "text_wrap": True, "border": 1, "bg_color": "#E8E8E8", "align": "center"},
    "titulo": {"bold": True, "font_size": 14},
    "suelto": {},
    "nota": {"italic": True},
    "total": {"bold": True, "num_format": "#,##0", "border": 1, "top": 2},
}
QUE_DOBLAN = ("texto", "cabeza")


class Libro:
    """Un libro que se llena hoja por hoja y se cierra una vez."""

    def __init__(self, titulo: str, creado: str) -> None:
        """:param creado: fecha y hora ISO; va en las propiedades del archivo en lugar de la de ahora."""
        self._salida = BytesIO()
        self._hojas: list[Hoja] = []
        self.libro = xlsxwriter.Workbook(
            self._salida, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        self.libro.set_properties({"title": titulo, "created": datetime.fromisoformat(creado).replace(tzinfo=None)})
        self.estilos = {nombre: self.libro.add_format(BASE | estilo) for nombre, estilo in ESTILOS.items()}
        self._citados = {
            nombre: self.libro.add_format(BASE | estilo | {"quote_prefix": True}) for nombre, estilo in ESTILOS.items()
        }

    def hoja(self, nombre: str, anchos: Sequence[float], *, pie: str = "", cabezas: int = 0) -> "Hoja":
        """:param anchos: en letras. :param cabezas: cuántos renglones de arriba no se mueven."""
        hoja = self.libro.add_worksheet(nombre)
        hoja.set_landscape()
        hoja.set_paper(5)  # oficio (legal)
        hoja.fit_to_pages(1, 0)
        hoja.set_margins(0.5, 0.5, 0.5, 0.6)
        hoja.set_footer(f"&L&8{pie.replace('&', '&&')}&R&8Hoja &P de &N")
        for columna, ancho in enumerate(anchos):
            hoja.set_column(columna, columna, ancho)
        if cabezas:
            hoja.repeat_rows(cabezas - 1)
            hoja.freeze_panes(cabezas, 1)
        self._hojas.append(Hoja(self, hoja, anchos))
        return self._hojas[-1]

    def cerrar(self) -> bytes:
        for hoja in self._hojas:
            hoja.ajustar_altos()
        self.libro.close()
        return self._salida.getvalue()


class Hoja:
    """Una hoja; renglones y columnas desde cero."""

    def __init__(self, libro: Libro, hoja: Any, anchos: Sequence[float]) -> None:
        self.libro, self.hoja, self._anchos = libro, hoja, anchos
        self._lineas: dict[int, int] = {}

    def texto(self, renglon: int, columna: int, valor: str, estilo: str = "texto") -> None:
        """Siempre texto; el que empieza como fórmula va con la comilla que le dice a la hoja que no lo es."""
        formatos = self.libro._citados if valor.startswith(PARECE_FORMULA) else self.libro.estilos
        self.hoja.write_string(renglon, columna, valor, formatos[estilo])
        if estilo in QUE_DOBLAN:
            lineas = sum(-(-len(parrafo) // int(self._anchos[columna])) or 1 for parrafo in valor.split("\n"))
            self._lineas[renglon] = max(lineas, self._lineas.get(renglon, 1))

    def numero(self, renglon: int, columna: int, valor: float | None, estilo: str = "numero") -> None:
        """El número; vacía si es nulo."""
        estilo = "entero" if estilo == "numero" and valor is not None and float(valor).is_integer() else estilo
        if valor is None:
            self.hoja.write_blank(renglon, columna, None, self.libro.estilos[estilo])
        else:
            self.hoja.write_number(renglon, columna, valor, self.libro.estilos[estilo])

    def formula(
        self, renglon: int, columna: int, formula: str, valor: float | str | None, estilo: str = "numero"
    ) -> None:
        """La fórmula y lo que da; nulo es el texto vacío."""
        if estilo == "numero" and isinstance(valor, int):
            estilo = "entero"
        self.hoja.write_formula(
            renglon, columna, f"={formula}", self.libro.estilos[estilo], "" if valor is None else valor
        )

    def ajustar_altos(self) -> None:
        """Que se lea lo que ocupa varios renglones: no todos los programas miden el texto al abrir."""
        for renglon, lineas in self._lineas.items():
            if lineas > 1:
                self.hoja.set_row(renglon, min(13 * lineas + 2, 400))

    def cabeza(self, renglon: int, titulos: Sequence[str]) -> None:
        for columna, titulo in enumerate(titulos):
            self.texto(renglon, columna, titulo, "cabeza")


def celda(renglon: int, columna: int, *, fija: bool = False) -> str:
    """«F7»; fija, «$F$7»."""
    return str(xl_rowcol_to_cell(renglon, columna, row_abs=fija, col_abs=fija))
