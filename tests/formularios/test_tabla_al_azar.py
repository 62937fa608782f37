"""La lectura de tablas, al azar: lo que se escribe se lee igual, y nada de lo que llegue falla sin su frase."""

import io
from collections.abc import Callable
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from formularios.tabla import a_csv, emparejar, leer_aqui, leer_decimal, leer_dia, leer_entero, llana
from formularios.texto import en_una_linea

CELDAS = st.sampled_from(["", "=1+1", "'", "''=", "-5", "a,b;c", 'di"cho"', "ñandú", "\u200b", "3", "sep=;"]) | st.text(
    max_size=15
)
TITULOS = st.lists(
    st.sampled_from(["Fecha", "Línea", "Nota", "Ñ", "Total", "día 1"]), min_size=2, max_size=5, unique=True
)


@st.composite
def tablas(draw: Any) -> tuple[list[str], list[list[str]]]:
    titulos = draw(TITULOS)
    filas = draw(st.lists(st.lists(CELDAS, min_size=len(titulos), max_size=len(titulos)), min_size=1, max_size=6))
    return titulos, filas


def _o_frase(hacer: Callable[[], Any]) -> Any:
    """Lo que dé, o la frase con que se negó. Otra excepción pasa."""
    try:
        return hacer()
    except UnicodeError:
        raise
    except ValueError as error:
        return str(error)


@settings(max_examples=150)
@given(tablas())
def test_lo_que_se_escribe_se_lee_igual(tabla: tuple[list[str], list[list[str]]]) -> None:
    titulos, filas = tabla
    esperadas = [tuple(en_una_linea(celda) for celda in fila) for fila in filas]
    con_algo = [fila for fila in esperadas if any(fila)]
    if not con_algo:
        return
    leida = leer_aqui("a.csv", a_csv(titulos, filas), esperados=titulos)
    assert leida.encabezados == tuple(titulos)
    assert [celdas for _, celdas in leida.filas] == con_algo


@settings(max_examples=25)
@given(tablas())
def test_un_libro_se_lee_como_el_csv_de_lo_mismo(tabla: tuple[list[str], list[list[str]]]) -> None:
    titulos, filas = tabla
    # openpyxl toma «=…» por fórmula y no guarda lo que XML no admite: eso tiene sus propias pruebas.
    limpias = [[en_una_linea(celda).lstrip("='") or "x" for celda in fila] for fila in filas]
    limpias = [[celda if celda.isprintable() and "\ufffe" not in celda else "x" for celda in f] for f in limpias]
    libro = Workbook()
    assert libro.active is not None
    for fila in [titulos, *limpias]:
        libro.active.append(fila)
    salida = io.BytesIO()
    libro.save(salida)
    de_libro = leer_aqui("a.xlsx", salida.getvalue(), esperados=titulos)
    de_csv = leer_aqui("a.csv", a_csv(titulos, limpias), esperados=titulos)
    assert (de_libro.encabezados, de_libro.filas) == (de_csv.encabezados, de_csv.filas)


@settings(max_examples=300)
@given(st.binary(max_size=300) | st.text(max_size=120).map(str.encode))
def test_ningun_archivo_falla_sin_frase(contenido: bytes) -> None:
    leida = _o_frase(lambda: leer_aqui("x", contenido))
    if isinstance(leida, str):
        assert leida.endswith(".")
        return
    assert all(len(celdas) == len(leida.encabezados) for _, celdas in leida.filas)
    numeros = [numero for numero, _ in leida.filas]
    assert numeros == sorted(set(numeros))


@settings(max_examples=300)
@given(st.text(max_size=20) | st.from_regex(r"[-+=0-9,. /]{1,12}", fullmatch=True))
def test_un_numero_o_un_dia_se_lee_o_da_su_frase(texto: str) -> None:
    for leer in (leer_entero, leer_decimal, leer_dia):
        valor = _o_frase(lambda leer=leer: leer(texto))
        if isinstance(valor, str):
            assert valor.endswith(".")
        elif leer is not leer_dia:
            assert 0 <= valor <= 1_000_000


@settings(max_examples=200)
@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 12, 31)))
def test_todo_dia_escrito_de_tres_modos_es_el_mismo(dia: date) -> None:
    assert (
        leer_dia(dia.isoformat()) == leer_dia(f"{dia.day}/{dia.month}/{dia.year}") == leer_dia(f"{dia:%d-%m-%Y}") == dia
    )


@settings(max_examples=200)
@given(st.lists(st.text(max_size=15), max_size=8))
def test_una_columna_es_de_un_solo_campo(encabezados: list[str]) -> None:
    campos = {"fecha": ("Fecha",), "tipo": ("Tipo", "actividad"), "nota": ("Nota", "observaciones")}
    halladas = emparejar([*encabezados, "  FECHA "], campos)
    assert len(set(halladas.values())) == len(halladas)
    assert "fecha" in halladas
    assert llana("  FECHA ") == "fecha"
