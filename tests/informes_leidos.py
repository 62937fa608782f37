"""Un informe como lo lee quien lo recibe: los números de la página, el texto del PDF, las celdas del XLSX calculado."""

import html
import re
import subprocess
from io import BytesIO
from pathlib import Path

import openpyxl
from pypdf import PdfReader


def de_la_pagina(texto: str) -> dict[str, list[str]]:
    """Por línea, los números de su renglón como se ven."""
    lineas = {}
    for cuerpo in re.findall(r'<tr class="que" id="linea-(.*?)</tbody>', texto, re.DOTALL):
        clave = cuerpo.partition('"')[0]
        cifras = cuerpo.partition('<tr class="cifras-linea">')[2].partition("</tr>")[0]
        sin_ocultos = re.sub(r'<span (class="oculto"|aria-hidden="true")>.*?</span>', "", cifras)
        celdas = re.findall(r"<td.*?>(.*?)</td>", sin_ocultos, re.DOTALL)
        lineas[clave] = [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", celda)).split()) for celda in celdas]
    return lineas


def del_pdf(contenido: bytes) -> str:
    return " ".join(" ".join(hoja.extract_text() for hoja in PdfReader(BytesIO(contenido)).pages).split())


def recalculado(carpeta: Path, **libros: bytes) -> dict[str, openpyxl.Workbook]:
    """Cada libro, sin los resultados que traía y vuelto a calcular por LibreOffice."""
    for nombre, contenido in libros.items():
        openpyxl.load_workbook(BytesIO(contenido)).save(carpeta / f"{nombre}.xlsx")  # sólo guarda las fórmulas
    orden = [
        "soffice", "--headless", f"-env:UserInstallation={(carpeta / 'perfil').as_uri()}", "--convert-to",
        "xlsx:Calc MS Excel 2007 XML", "--outdir", str(carpeta / "salida"), *(f"{carpeta / n}.xlsx" for n in libros),
    ]  # fmt: skip
    subprocess.run(orden, check=True, capture_output=True, timeout=120)
    return {n: openpyxl.load_workbook(carpeta / "salida" / f"{n}.xlsx", data_only=True) for n in libros}


def total_de_eventos(libro: openpyxl.Workbook | BytesIO) -> tuple[int, ...]:
    """El renglón «Total» de un informe especial."""
    abierto = openpyxl.load_workbook(libro, data_only=True) if isinstance(libro, BytesIO) else libro
    return next(fila[6:10] for fila in abierto["Eventos"].iter_rows(values_only=True) if fila[0] == "Total")


def del_libro(libro: openpyxl.Workbook, una: bool) -> dict[str, list[str]]:
    lineas = {}
    for fila in libro["Informe"].iter_rows(min_row=8, values_only=True):
        celdas = ["—" if valor in (None, "") else valor for valor in fila]
        if una:
            trimestres, resto = celdas[5:7], celdas[7:15]
        else:
            trimestres, resto = [f"{celdas[i]} / {celdas[i + 1]}" for i in (5, 7, 9, 11)], celdas[13:21]
        if isinstance(resto[2], int | float):
            resto[2] = f"{resto[2] * 100:.1f} %"
        lineas[str(celdas[0])] = [str(valor) for valor in (celdas[4], *trimestres, *resto)]
    return lineas
