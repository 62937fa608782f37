"""Las localidades del INEGI, de los archivos que de veras se bajan y de los que alguien ya abrió y guardó mal."""

import io
import zipfile
from pathlib import Path

import pytest

from formularios import hoja_catalogo, localidades
from formularios.catalogos import cargar, copiar_iniciales
from formularios.localidades import ErrorLocalidades, Localidad

AGEEML = (
    '"CVEGEO","CVE_ENT","NOM_ENT","NOM_ABR","CVE_MUN","NOM_MUN","CVE_LOC","NOM_LOC","AMBITO","LATITUD","LONGITUD",'
    '"LAT_DECIMAL","LON_DECIMAL","ALTITUD","CVE_CARTA","POB_TOTAL","POB_MASCULINA","POB_FEMENINA",'
    '"TOTAL DE VIVIENDAS HABITADAS"\n'
    '"140930001","14","Jalisco","Jal.","093","Tepatitlán de Morelos","0001","Tepatitlán de Morelos","U","20°49´00\\"N",'
    '"102","20.8","-102.7","1803","F13D57","98842","47793","51049","26812"\n'
    '"140930005","14","Jalisco","Jal.","093","Tepatitlán de Morelos","0005","Acatic Viejo","R","","","","","","","-",'
    '"-","-","-"\n'
    '"140930131","14","Jalisco","Jal.","093","Tepatitlán de Morelos","0131","Capilla de Guadalupe","U","","","","","",'
    '"","14,851","","",""\n'
    '"140940001","14","Jalisco","Jal.","094","Tequila","0001","Tequila","U","","","","","","","33155","","",""\n'
    '"*Nota: población del Censo 2020"\n'
)
ITER = (
    "ENTIDAD,NOM_ENT,MUN,NOM_MUN,LOC,NOM_LOC,LONGITUD,LATITUD,ALTITUD,POBTOT,POBFEM\r\n"
    "14,Jalisco,000,Total de la entidad Jalisco,0000,Total de la Entidad,,,,8348151,4249696\r\n"
    "14,Jalisco,093,Tepatitlán de Morelos,0000,Total del Municipio,,,,150190,77000\r\n"
    "14,Jalisco,093,Tepatitlán de Morelos,0001,Tepatitlán de Morelos,,,,98842,51049\r\n"
    "14,Jalisco,093,Tepatitlán de Morelos,0131,Capilla de Guadalupe,,,,14851,*\r\n"
    "14,Jalisco,093,Tepatitlán de Morelos,9998,Localidades de una vivienda,,,,300,*\r\n"
    "14,Jalisco,093,Tepatitlán de Morelos,9999,Localidades de dos viviendas,,,,200,*\r\n"
)
CABECERA = Localidad("0001", "Tepatitlán de Morelos", 98842)
CAPILLA = Localidad("0131", "Capilla de Guadalupe", 14851)


def comprimir(**archivos: bytes) -> bytes:
    salida = io.BytesIO()
    with zipfile.ZipFile(salida, "w", zipfile.ZIP_DEFLATED) as paquete:
        for nombre, contenido in archivos.items():
            paquete.writestr(nombre, contenido)
    return salida.getvalue()


@pytest.mark.parametrize(
    "contenido",
    [
        AGEEML.encode("cp1252"),
        AGEEML.encode("utf-8"),
        AGEEML.encode("utf-8-sig"),
        AGEEML.encode("utf-16"),
        AGEEML.replace('","', '"\t"').encode(),
        AGEEML.replace('","', '";"').encode("cp1252"),
        AGEEML.replace("CVEGEO", "MAPA").title().replace("Ti Tlán", "titlán").encode(),
        ("Catálogo\n\n" + AGEEML).encode("cp1252"),
        AGEEML.replace('"0001"', '"1"').replace('"093"', '"93"').encode(),
        AGEEML.encode().decode("cp1252").encode(),
        comprimir(**{"AGEEML_1.csv": AGEEML.encode("cp1252"), "AGEEML_1_utf8.csv": AGEEML.encode(), "nota.pdf": b"x"}),
    ],
    ids=["windows", "utf8", "con marca", "utf16", "tabulador", "punto y coma", "mapa", "con título", "sin ceros",
         "dos veces utf8", "zip"],
)  # fmt: skip
def test_el_catalogo_ageeml_se_lee_como_venga(contenido: bytes) -> None:
    lectura = localidades.leer("a.csv", contenido, "14093")
    assert [una.clave for una in lectura.localidades] == ["0001", "0005", "0131"]
    assert [una.poblacion for una in lectura.localidades] == [98842, None, 14851]
    assert "tepatitlán" in lectura.nombre.casefold()
    assert lectura.localidades[0].nombre.casefold() == "tepatitlán de morelos"


def test_la_tabla_iter_se_lee_sin_sus_totales() -> None:
    assert localidades.leer("ITER_14CSV20.csv", ITER.encode(), "14093").localidades == (CABECERA, CAPILLA)


def test_un_minimo_de_habitantes_deja_fuera_las_chicas_y_nunca_la_cabecera() -> None:
    lectura = localidades.leer("a.csv", ITER.encode(), "14093")
    assert lectura.desde(20_000) == (CABECERA,)
    assert lectura.desde(1_000_000) == (CABECERA,)
    assert len(lectura.desde(0)) == 2


def test_los_acentos_mal_guardados_se_arreglan_y_se_dice() -> None:
    dos = AGEEML.replace("´", "'").encode("cp850")
    lectura = localidades.leer("a.csv", dos, "14093")
    assert lectura.localidades[0].nombre == "Tepatitlán de Morelos"
    assert "acentos mal guardados" in lectura.avisos[0]


@pytest.mark.parametrize(
    ("nombre", "contenido", "municipio", "frase"),
    [
        ("a.csv", AGEEML.encode(), "19048", "trae de 14093 Tepatitlán de Morelos, 14094 Tequila"),
        ("a.csv", AGEEML.encode(), "19048", "Baje el de la entidad 19"),
        ("a.csv", b"nombre,edad\nAna,3\n", "14093", "CVE_ENT, CVE_MUN, CVE_LOC y NOM_LOC"),
        ("a.csv", b"", "14093", "no trae localidades del INEGI"),
        ("a.csv", b"CVE_ENT,NOM_ENT,CVE_MUN,NOM_MUN\n14,Jal,093,T\n", "14093", "trae municipios, no localidades"),
        ("a.xls", b"\xd0\xcf\x11\xe0" + b"\x00" * 20, "14093", "no es un CSV"),
        ("a.zip", comprimir(**{"[Content_Types].xml": b"", "xl/a.csv": b""}), "14093", "es una hoja de cálculo"),
        ("a.zip", comprimir(**{"leame.pdf": b"x"}), "14093", "no hay ningún CSV"),
        ("a.zip", b"PK\x03\x04rota", "14093", "dañado o tiene contraseña"),
        ("a.csv", AGEEML.replace("Tepatitlán", "Tepatitl\ufffdn").encode(), "14093", "letras perdidas"),
    ],
)
def test_un_archivo_que_no_sirve_dice_por_que(nombre: str, contenido: bytes, municipio: str, frase: str) -> None:
    with pytest.raises(ErrorLocalidades) as error:
        localidades.leer(nombre, contenido, municipio)
    assert frase in str(error.value)


def test_una_bomba_comprimida_se_corta(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(localidades, "MAXIMO", 1_000_000)
    with pytest.raises(ErrorLocalidades, match="pesa más de 1 MB"):
        localidades.leer("a.zip", comprimir(**{"a.csv": b"0" * 2_000_000}), "14093")


def test_las_que_ya_estaban_conservan_su_clave_y_las_nuevas_no_repiten_ninguna(tmp_path: Path) -> None:
    copiar_iniciales(tmp_path)
    hoja = hoja_catalogo.leer(tmp_path, "localidad")
    leidas = [
        Localidad("0001", "Otro nombre", 4628),
        Localidad("0009", "La Cañada", 12),
        Localidad("0020", "La Cañada", 3),
    ]
    zonas = {"0001": "cabecera", "0009": "zona_1", "0020": "zona_1"}
    hoja = localidades.combinar(hoja, leidas, "14111", zonas, frozenset({"la_canada"}))
    hoja_catalogo.escribir(tmp_path, localidades.combinar(hoja, leidas, "14111", zonas, frozenset()))
    opciones = cargar(tmp_path).localidad
    assert [(o.clave, o.etiqueta, o.extra["zona"]) for o in opciones] == [
        ("valle_de_guadalupe", "Valle de Guadalupe (cabecera)", "cabecera"),
        ("la_canada_2", "La Cañada", "zona_1"),
        ("la_canada_3", "La Cañada (0020)", "zona_1"),
        ("otra_del_municipio", "Otra localidad del municipio", ""),
        ("otro_municipio", "Otro municipio", ""),
    ]


def test_con_varias_zonas_se_dice_que_localidades_forman_cada_una(tmp_path: Path) -> None:
    copiar_iniciales(tmp_path)
    zonas = hoja_catalogo.leer(tmp_path, "zona")
    hoja = hoja_catalogo.leer(tmp_path, "localidad")
    leidas = [Localidad("0009", "A", 1), Localidad("0003", "B", 1), Localidad("0007", "C", 1)]
    hoja = localidades.combinar(
        hoja, leidas, "14111", {"0009": "zona_1", "0003": "zona_1", "0007": "norte"}, frozenset()
    )
    assert "localidades" not in localidades.repartir(zonas, hoja).columnas
    con_dos = hoja_catalogo.agregar(zonas, "norte", {"etiqueta": "Norte"})
    repartidas = localidades.repartir(con_dos, hoja)
    assert {fila["clave"]: fila.get("localidades", "") for fila in repartidas.filas} == {
        "cabecera": "", "zona_1": "0003 0009", "norte": "0007",
    }  # fmt: skip
