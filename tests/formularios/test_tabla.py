"""Leer una hoja de cálculo ajena: codificaciones, separadores, membretes, celdas combinadas, fórmulas, lo hostil."""

import csv
import datetime
import io
import zipfile
from collections.abc import Callable

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from formularios import tabla
from formularios.tabla import ErrorTabla, a_csv, emparejar, leer_aqui, leer_decimal, leer_dia, leer_entero, neutra
from formularios.tabla.lectura import letra

SIMPLE = "Fecha,Línea,Cantidad\n2026-02-03,M6,3\n2026-02-04,A7,1\n"
CAMPOS = {"fecha": ("Fecha", "día"), "linea": ("Línea", "línea del POA"), "cantidad": ("Cantidad", "total")}


def libro(llenar: Callable[[Worksheet], None]) -> bytes:
    nuevo = Workbook()
    assert isinstance(nuevo.active, Worksheet)
    llenar(nuevo.active)
    salida = io.BytesIO()
    nuevo.save(salida)
    return salida.getvalue()


def de_filas(*filas: tuple[object, ...]) -> bytes:
    def llenar(hoja: Worksheet) -> None:
        for fila in filas:
            hoja.append(fila)

    return libro(llenar)


def falla(contenido: bytes, nombre: str = "x.csv") -> str:
    with pytest.raises(ErrorTabla) as error:
        leer_aqui(nombre, contenido)
    return str(error.value)


# --- CSV ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("codificacion", ["utf-8", "utf-8-sig", "cp1252", "cp850", "mac_roman", "utf-16"])
@pytest.mark.parametrize("separador", [",", ";", "\t"])
def test_los_acentos_llegan_bien_venga_como_venga(codificacion: str, separador: str) -> None:
    texto = SIMPLE.replace(",", separador).replace("A7", "Niñez, atención y más" if separador != "," else "Niñez")
    leida = leer_aqui("a.csv", texto.encode(codificacion))
    assert leida.encabezados == ("Fecha", "Línea", "Cantidad")
    assert [numero for numero, _ in leida.filas] == [2, 3]
    assert leida.filas[1][1][1].startswith("Niñez")
    assert bool(leida.avisos) == (not codificacion.startswith("utf"))


def test_unos_acentos_guardados_dos_veces_se_arreglan_y_se_dice() -> None:
    leida = leer_aqui("a.csv", SIMPLE.replace("M6", "Atención").encode().decode("cp1252").encode())
    assert leida.filas[0][1][1] == "Atención"
    assert "se arreglaron" in leida.avisos[0]


def test_una_nota_con_comas_no_cambia_el_separador() -> None:
    leida = leer_aqui("a.csv", b"Fecha;Nota\n2026-01-01;a, b, c, d\n2026-01-02;e, f, g, h\n")
    assert leida.filas[0][1] == ("2026-01-01", "a, b, c, d")


def test_la_linea_que_dice_el_separador_no_es_un_renglon() -> None:
    leida = leer_aqui("a.csv", b"sep=;\nFecha;Nota\n2026-01-01;a\n")
    assert (leida.encabezados, leida.filas) == (("Fecha", "Nota"), ((3, ("2026-01-01", "a")),))


def test_el_membrete_de_arriba_se_salta_y_se_dice() -> None:
    contenido = f"H. AYUNTAMIENTO DE VALLE DE GUADALUPE,,\n,,\n{SIMPLE}".encode()
    leida = tabla.leer("a.csv", contenido, esperados=["Fecha", "cantidad"])
    assert leida.encabezados == ("Fecha", "Línea", "Cantidad")
    assert [numero for numero, _ in leida.filas] == [4, 5]
    assert "fila 3" in leida.avisos[0]
    assert leer_aqui("a.csv", contenido).encabezados == leida.encabezados


def test_lo_que_hay_en_columnas_sin_titulo_o_repetidas_se_dice() -> None:
    leida = leer_aqui("a.csv", b"Fecha,Nota,,nota\n1,a,perdido,b\n")
    assert "columnas sin título (C)" in leida.avisos[0]
    assert "B y D se llaman igual" in leida.avisos[1]
    assert emparejar(leida.encabezados, {"nota": ("Nota",)}) == {"nota": 1}


@pytest.mark.parametrize(
    ("contenido", "frase"),
    [
        (b"", "vacío"),
        (b"\xef\xbb\xbf \n", "vacío"),
        (b",,\n,,\n", "nada escrito"),
        (b"Fecha,Cantidad\n", "sólo tiene sus títulos"),
        (b'Fecha,Nota\n1,"sin cerrar\n', "fila 2 hay unas comillas"),
        (b"%PDF-1.7 ...", "Es un PDF"),
        (b"\xff\xd8\xff\xe0 JFIF", "Es una foto"),
        (b"<html><table>", "página web"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "anterior a 2007"),
        (b"abc\0def\n", "no es una hoja de cálculo"),
        (b"a,b\n" * (tabla.FILAS + 2), "Pártala en varias"),
        (b"a,b\n" * (tabla.FILAS * 3), "Pártalo en varios"),
        (b"x" * (tabla.BYTES + 1), "pesa más de 4 MB"),
        ((",".join(f"t{n}" for n in range(70)) + "\n").encode() * 2, "más de 60 columnas"),
        (b'a,b\n1,"' + b"x" * 200_000 + b'"\n', "comillas"),
    ],
)
def test_lo_que_no_se_puede_leer_dice_por_que(contenido: bytes, frase: str) -> None:
    assert frase in falla(contenido)


def test_una_celda_enorme_no_tira_las_demas() -> None:
    leida = leer_aqui("a.csv", f"Fecha,Nota\n1,{'x' * 3000}\n2,b\n".encode())
    assert "más de 2,000 letras" in leida.problemas[2]
    assert leida.filas[1] == (3, ("2", "b"))
    assert 3 not in leida.problemas


# --- XLSX --------------------------------------------------------------------------------------------------------


def test_un_libro_da_fechas_y_numeros_como_se_escriben() -> None:
    hora = datetime.datetime.fromisoformat("2026-02-03 09:30")
    fila = (datetime.date(2026, 2, 3), hora, 3.0, 2.5, True, None, "  a\nb ", "=1")
    contenido = de_filas(tuple("ABCDEFGH"), fila)
    leida = leer_aqui("a.xlsx", contenido)
    assert leida.filas[0][1][:7] == ("2026-02-03", "2026-02-03 09:30", "3", "2.5", "sí", "", "a b")


def test_en_otro_proceso_sale_lo_mismo() -> None:
    contenido = de_filas(("Membrete",), ("Fecha", "Cantidad"), ("2026-02-03", 3), (None, "=A9"))
    assert tabla.leer("a.xlsx", contenido, esperados=["Fecha"]) == leer_aqui("a.xlsx", contenido, esperados=["Fecha"])


def test_lo_que_tarda_de_mas_se_deja() -> None:
    with pytest.raises(ErrorTabla, match=r"tarda más de 0\.01 segundos"):
        tabla.leer("a.xlsx", de_filas(("A",), (1,)), segundos=0.01)


def test_las_filas_con_celdas_combinadas_se_senalan_y_las_demas_no() -> None:
    def llenar(hoja: Worksheet) -> None:
        for fila in (("Título",), ("Fecha", "Cantidad"), ("2026-02-03", 3), ("2026-02-04", 1), (None, 2), ("x", 1)):
            hoja.append(fila)
        hoja.merge_cells("A1:B1")
        hoja.merge_cells("A4:A5")

    leida = leer_aqui("a.xlsx", libro(llenar), esperados=["Fecha"])
    assert set(leida.problemas) == {4, 5}
    assert "(A4:A5)" in leida.problemas[4]


def test_una_formula_vale_lo_que_daba_y_si_no_daba_nada_se_senala() -> None:
    """Los programas de hojas de cálculo guardan el resultado; quien escribe un libro por su cuenta, no siempre."""
    contenido = de_filas(("Fecha", "Cantidad"), ("a", "=1+1"), ("b", "=SUM(B9)"), ("c", 4))
    leida = leer_aqui("a.xlsx", _cambiado(contenido, b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>"))
    assert leida.filas[0][1] == ("a", "2")
    assert set(leida.problemas) == {3}
    assert "fórmula que no da resultado" in leida.problemas[3]


def test_de_un_libro_de_varias_hojas_se_lee_la_primera_con_algo() -> None:
    nuevo = Workbook()
    nuevo.create_sheet("Datos").append(("Fecha",))
    nuevo["Datos"].append(("2026-02-03",))
    salida = io.BytesIO()
    nuevo.save(salida)
    leida = leer_aqui("a.xlsx", salida.getvalue())
    assert leida.encabezados == ("Fecha",)
    assert "se leyó «Datos»" in leida.avisos[0]


def test_una_fila_perdida_al_fondo_no_ocupa_memoria() -> None:
    def llenar(hoja: Worksheet) -> None:
        hoja.append(("Fecha", "Cantidad"))
        hoja.cell(200_000, 1, "perdida")

    assert leer_aqui("a.xlsx", libro(llenar)).filas == ((200_000, ("perdida", "")),)


def test_demasiadas_combinadas_o_una_enorme_no_atoran() -> None:
    def llenar(hoja: Worksheet) -> None:
        for fila in (("Fecha", "Cantidad"), ("a", 1), ("b", 2)):
            hoja.append(fila)
        hoja.merge_cells("C2:D3")

    uno = libro(llenar)
    enorme = _cambiado(uno, b'ref="C2:D3"', b'ref="A1:XFD1048576"')
    assert set(leer_aqui("a.xlsx", enorme).problemas) == {2, 3}
    muchas = _cambiado(uno, b'<mergeCell ref="C2:D3" />', b'<mergeCell ref="C2:D3" />' * 2001)
    assert "más de 2,000 celdas combinadas" in falla(muchas, "x.xlsx")


def _cambiado(contenido: bytes, de: bytes, a: bytes) -> bytes:
    """El mismo libro con ese texto cambiado en sus partes; debe estar."""
    salida, visto = io.BytesIO(), False
    with zipfile.ZipFile(io.BytesIO(contenido)) as viejo, zipfile.ZipFile(salida, "w") as nuevo:
        for nombre in viejo.namelist():
            parte = viejo.read(nombre)
            visto |= de in parte
            nuevo.writestr(nombre, parte.replace(de, a))
    assert visto
    return salida.getvalue()


def _zip(**partes: bytes) -> bytes:
    salida = io.BytesIO()
    with zipfile.ZipFile(salida, "w", zipfile.ZIP_DEFLATED) as archivo:
        for nombre, contenido in partes.items():
            archivo.writestr(nombre.replace("__", "/"), contenido)
    return salida.getvalue()


@pytest.mark.parametrize(
    ("contenido", "frase"),
    [
        (b"PK\x03\x04" + b"\0" * 100, "está dañado"),
        (_zip(**{"content.xml": b"<x/>"}), "LibreOffice"),
        (_zip(**{"word__document.xml": b"<x/>"}), "No es una hoja de cálculo"),
        (_zip(**{"xl__workbook.xml": b"<x/>"}), "está dañado"),
        (_zip(**{"xl__workbook.xml": b" " * 50_000_000}), "enorme al abrirlo"),
        (de_filas(), "nada escrito"),
        (de_filas(*[(1, 2)] * (tabla.FILAS + 2)), "Pártala en varias"),
    ],
)
def test_un_libro_que_no_se_puede_leer_dice_por_que(contenido: bytes, frase: str) -> None:
    assert frase in falla(contenido, "x.xlsx")


def test_un_libro_cortado_en_cualquier_parte_da_una_frase() -> None:
    entero = de_filas(("Fecha", "Cantidad"), ("a", 1))
    for corte in range(4, len(entero) - 1, 97):
        assert falla(entero[:corte], "x.xlsx")


# --- Columnas, números, días y salida ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encabezados", "esperado"),
    [
        (("FECHA", "LINEA", "TOTAL"), {"fecha": 0, "linea": 1, "cantidad": 2}),
        (("No.", "Fecha de la actividad", "Línea del POA", "Cantidad de personas"),
         {"fecha": 1, "linea": 2, "cantidad": 3}),
        (("Dia", "Cantidd"), {"fecha": 0, "cantidad": 1}),
        (("Subtotal", "Otra cosa"), {}),
        (("cantidad", "total", "fecha"), {"cantidad": 0, "fecha": 2}),
        (("", "", "fecha"), {"fecha": 2}),
    ],
)  # fmt: skip
def test_las_columnas_se_hallan_por_su_titulo(encabezados: tuple[str, ...], esperado: dict[str, int]) -> None:
    assert emparejar(encabezados, CAMPOS) == esperado


@pytest.mark.parametrize(
    ("texto", "numero"), [("3", 3), (" 3 ", 3), ("1,234", 1234), ("1 234", 1234), ("12.0", 12), ("0", 0), ("007", 7)]
)
def test_un_entero_se_lee_como_se_escribe(texto: str, numero: int) -> None:
    assert leer_entero(texto) == numero


@pytest.mark.parametrize(
    ("texto", "frase"),
    [
        ("-3", "negativo"),
        ("−3", "negativo"),
        ("3.5", "no es un número entero"),
        ("=SUMA(B1:B3)", "es una fórmula"),
        ("doce", "no es un número"),
        ("1e9", "no es un número"),
        ("NaN", "no es un número"),
        ("٣", "no es un número"),
        ("9999999", "demasiado"),
        ("9" * 400, "no es un número"),
        ("", "no es un número"),
    ],
)
def test_un_entero_mal_escrito_dice_que_tiene(texto: str, frase: str) -> None:
    with pytest.raises(ValueError, match=frase):
        leer_entero(texto)


def test_las_horas_admiten_medias_con_punto_o_con_coma() -> None:
    assert [leer_decimal(t) for t in ("1.5", "1,5", "1,50", "1,234.5", "2")] == [1.5, 1.5, 1.5, 1234.5, 2.0]


@pytest.mark.parametrize(
    "texto",
    ["2026-11-25", "25/11/2026", "25-11-2026", "25.11.26", "25/11/26", "25 de noviembre de 2026", "25-nov-26",
     "25 NOV 2026", "2026-11-25 10:00", "2026-11-25T10:00:00", "25/11/2026 9:30"],
)  # fmt: skip
def test_un_dia_se_lee_como_se_escribe_aqui(texto: str) -> None:
    assert leer_dia(texto) == datetime.date(2026, 11, 25)


@pytest.mark.parametrize(
    ("texto", "frase"),
    [
        ("31/02/2026", "no existe en el calendario"),
        ("2026-13-01", "no existe en el calendario"),
        ("11/25/2026", "no existe en el calendario"),
        ("45987", "guardada como número"),
        ("ayer", "no es una fecha"),
        ("25 de brumario de 2026", "no existe en el calendario"),
        ("1/1/1900", "Revise el año"),
        ("0000-00-00", "no existe en el calendario"),
        ("", "no es una fecha"),
    ],
)
def test_un_dia_que_no_existe_se_dice(texto: str, frase: str) -> None:
    with pytest.raises(ValueError, match=frase):
        leer_dia(texto)


@pytest.mark.parametrize("texto", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "＝1", "\t=1", "\r\n=1", "'=1"])
def test_lo_que_sale_no_se_ejecuta_en_una_hoja_de_calculo(texto: str) -> None:
    celda = next(csv.reader(io.StringIO(a_csv(["Nota"], [[texto]]).decode("utf-8-sig").split("\n", 1)[1])))[0]
    assert celda.startswith("'")
    assert leer_aqui("a.csv", a_csv(["Nota", "N"], [[texto, 1]])).filas[0][1] == (texto.strip(), "1")


def test_los_numeros_salen_como_numeros() -> None:
    assert a_csv(["A", "B", "C"], [[-5, 2.5, None]]).decode("utf-8-sig") == "A,B,C\r\n-5,2.5,\r\n"
    assert neutra("-5") == "'-5"


def test_las_columnas_se_llaman_como_en_la_hoja() -> None:
    assert [letra(n) for n in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
