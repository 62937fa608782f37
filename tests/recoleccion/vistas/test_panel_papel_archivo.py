"""Traer una lista de un archivo: qué es cada columna, las palabras ajenas y la rejilla con todo para revisarlo."""

from io import BytesIO

import openpyxl
import pytest

from recoleccion.consultas import asistencias, papel
from tests.llave import nombres
from tests.recoleccion.vistas.llenado import campos_de
from tests.recoleccion.vistas.oficina import Oficina, leer

LISTA = (
    "DIF Municipal,,,\n"
    "Nombre completo,Género,EDAD,Localidad,Celular\n"
    "ana lópez,F,34,Valle de Guadalupe,3781234567\n"
    "LUIS PÉREZ,M,15,La Ceja,\n"
    "Eva Ruiz,F,treinta,La Ceja,\n"
)
PALABRAS = {"Valle de Guadalupe": "cabecera", "La Ceja": "rancho"}


class Archivo:
    def __init__(self, app, evento_id: str) -> None:
        self.oficina, self.evento = Oficina(app, "titular"), evento_id

    def ir(self, a: str, datos: dict):
        return self.oficina.cliente.post(
            f"/panel/eventos/{self.evento}/papel/{a}",
            data={"csrf_token": self.oficina.ficha(), **datos},
            content_type="multipart/form-data",
        )

    def subir(self, contenido: str | bytes, nombre: str = "lista.csv"):
        crudo = contenido.encode() if isinstance(contenido, str) else contenido
        return self.ir("archivo", {"archivo": (BytesIO(crudo), nombre)})

    def columnas(self, pagina: str, **cambios):
        return self.ir("columnas", campos_de(pagina, "de_nombre") | cambios)


@pytest.fixture
def archivo(app, elenco) -> Archivo:
    return Archivo(app, elenco.evento_id)


def con_palabras(pagina: str, palabras: dict[str, str]) -> dict[str, list[str]]:
    campos = campos_de(pagina, "de_nombre")
    return {"es": [palabras.get(palabra, "") for palabra in campos["palabra"]]}


def test_una_lista_ajena_llega_a_la_rejilla_y_se_guarda(archivo, base):
    columnas = archivo.subir(LISTA)
    assert columnas.status_code == 200
    assert "3 renglones leídos" in leer(columnas)
    rejilla = archivo.columnas(columnas.text, **con_palabras(columnas.text, PALABRAS))
    assert "1 renglón por corregir" in leer(rejilla)
    datos = campos_de(rejilla.text, "hoja")
    assert datos["nombre"][:3] == ["ana lópez", "LUIS PÉREZ", "Eva Ruiz"]
    assert datos["sexo"][:3] == ["M", "H", "M"]  # junto a una F, la M es de masculino
    assert datos["procedencia"][:3] == ["cabecera", "rancho", "rancho"]
    assert datos["fila"][:3] == ["3", "4", "5"]
    datos["edad"][2] = "30"
    respuesta = archivo.ir("lista", datos)
    assert respuesta.status_code == 303
    assert asistencias.vivo(base, archivo.evento)["por_sexo"] == {"H": 1, "M": 2}
    assert sorted(nombres(base).values()) == [("Ana López", "3781234567"), ("Eva Ruiz", None)]
    assert papel.listar(base, archivo.evento)[0]["origen"] == "archivo"


def test_las_palabras_que_no_se_conocen_se_preguntan_una_vez(archivo):
    columnas = archivo.subir(LISTA)
    assert "De dónde viene: «La Ceja»" in leer(columnas)
    assert columnas.text.count("«La Ceja»") == 1
    otra_vez = archivo.columnas(columnas.text)
    assert otra_vez.status_code == 422
    assert "Diga qué quieren decir estas palabras" in leer(otra_vez)


def test_una_m_sola_no_se_adivina(archivo):
    columnas = archivo.subir("nombre,sexo\nAna,M\nLuisa,M\n")
    assert "Sexo: «M»" in leer(columnas)
    rejilla = archivo.columnas(columnas.text, **con_palabras(columnas.text, {"M": "M"}))
    assert campos_de(rejilla.text, "hoja")["sexo"][:2] == ["M", "M"]


def test_apellidos_en_otras_columnas_y_una_columna_equivocada_se_corrigen(archivo):
    columnas = archivo.subir("Apellido paterno;Apellido materno;Nombre(s);Sexo;Folio\nLópez;Ruiz;Ana;Mujer;7\n")
    campos = campos_de(columnas.text, "de_nombre")
    assert {c: campos[c][0] for c in ("de_nombre", "de_paterno", "de_materno", "de_folio")} == {
        "de_nombre": "2", "de_paterno": "0", "de_materno": "1", "de_folio": "4"
    }  # fmt: skip
    rejilla = archivo.columnas(columnas.text, de_folio="")
    assert campos_de(rejilla.text, "hoja")["nombre"][0] == "Ana López Ruiz"


def test_una_hoja_de_calculo_con_formulas_y_celdas_combinadas_dice_que_filas_no_tomo(archivo):
    libro = openpyxl.Workbook()
    hoja = libro.active
    for fila in (
        ["Nombre", "Sexo", "Edad"],
        ["Ana", "Mujer", 34.0],
        ["=HYPERLINK(1)", "Mujer", 20],
        ["Eva", "Mujer", 40],
    ):
        hoja.append(fila)
    hoja.merge_cells("A4:B4")
    salida = BytesIO()
    libro.save(salida)
    columnas = archivo.subir(salida.getvalue(), "lista.xlsx")
    rejilla = archivo.columnas(columnas.text)
    datos = campos_de(rejilla.text, "hoja")
    assert (datos["nombre"][0], datos["edad"][0]) == ("Ana", "34")
    assert "Eva" not in datos["nombre"]
    assert "Fila 4: Tiene celdas combinadas" in leer(rejilla)


@pytest.mark.parametrize(
    ("contenido", "frase"),
    [("", "El archivo está vacío"), ("%PDF-1.4", "Es un PDF"), ("nombre\n" + "Ana\n" * 501, "caben 500"),
     ("nombre\n", "sólo tiene sus títulos")],
)  # fmt: skip
def test_lo_que_no_se_puede_leer_se_dice(archivo, contenido, frase):
    respuesta = archivo.subir(contenido)
    assert respuesta.status_code == 422
    assert frase in leer(respuesta)


def test_ni_un_nombre_del_archivo_se_guarda_antes_de_la_rejilla(archivo, base, instalacion):
    columnas = archivo.subir(LISTA.replace("ana lópez", "zoraida única"))
    archivo.columnas(columnas.text, **con_palabras(columnas.text, PALABRAS))
    base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"zoraida" not in instalacion.privada.read_bytes().lower()
    assert base.execute("SELECT count(*) FROM hoja_borrador").fetchone()[0] == 0


def test_una_tabla_que_no_volvio_entera_no_falla(archivo):
    for texto in ("", "{}", "[1]", '[["a"], [[1, ["b", "c"]]], {}]', "[" * 5000):
        respuesta = archivo.ir("columnas", {"tabla": texto, "de_nombre": "0"})
        assert respuesta.status_code == 422
        assert "Súbala otra vez" in leer(respuesta)
