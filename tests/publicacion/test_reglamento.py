"""Los catálogos de la oficina: zonas, programas, censo, y la tabla ITER que lo llena."""

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner

from formularios.catalogos import copiar_iniciales
from publicacion.censo import escribir_censo, localidades_de, municipio_de
from publicacion.errores import ErrorPublicacion
from publicacion.modelo import Crudo, Pregunta
from publicacion.reglamento import leer_iter, leer_reglas, sin_encuestas
from recoleccion.cli import principal

COLUMNAS = [
    *("ENTIDAD", "NOM_ENT", "MUN", "NOM_MUN", "LOC", "NOM_LOC", "LONGITUD", "POBTOT", "POBFEM", "POBMAS", "P_0A2"),
    *("P_18YMAS", "P_18YMAS_F", "P_18YMAS_M", "P_60YMAS", "P_60YMAS_F", "P_60YMAS_M", "VIVTOT"),
]
"""Unas cuantas de las 286 que trae ITER, en su orden."""


def localidad(mun: str, loc: str, nombre: str, cifras: str) -> str:
    """Un renglón de ITER; ``cifras``: mujeres, hombres, mujeres y hombres de 18 y más, y de 60 y más."""
    f, m, f18, m18, f60, m60 = cifras.split() if " " in cifras else [cifras] * 6
    return ",".join(
        ["14", "Jalisco", mun, "Valle de Guadalupe", loc, nombre, "", "9", f, m, "3", "*", f18, m18, "*", f60, m60, "4"]
    )


RENGLONES = (
    localidad("000", "0000", "Total de la entidad", "9 9 9 9 9 9"),
    localidad("111", "0000", "Total del municipio", "3358 3269 2400 2300 500 480"),
    localidad("111", "0001", "Valle de Guadalupe", "2355 2273 1700 1600 340 330"),
    localidad("111", "0005", "La Cañada", "300 290 200 190 60 55"),
    localidad("111", "0012", "El Órgano", "200 210 140 150 30 35"),
    localidad("111", "0020", "Rancho de dos viviendas", "*"),
    localidad("112", "0001", "Otro municipio", "5 5 5 5 5 5"),
)


@pytest.fixture
def iter_csv(tmp_path: Path) -> Path:
    return guardar(tmp_path / "ITER_14CSV20.csv")


def guardar(ruta: Path, renglones=RENGLONES, codificacion: str = "utf-8-sig", columnas=COLUMNAS) -> Path:
    ruta.write_bytes("\r\n".join([",".join(columnas), *renglones, ""]).encode(codificacion))
    return ruta


@pytest.fixture
def catalogos(tmp_path: Path) -> Path:
    copiar_iniciales(tmp_path / "datos" / "catalogos")
    return tmp_path / "datos" / "catalogos"


def por_llave(renglones) -> dict[tuple[str, str, str], int]:
    return {(f["zona"], f["sexo"], f["edad"]): int(f["poblacion"]) for f in renglones}


def test_de_la_tabla_iter_salen_las_edades_que_trae(iter_csv):
    salida = por_llave(leer_iter(iter_csv))
    assert salida["municipio", "M", "todas"] == 3358
    assert salida["municipio", "M", "0-17"] == 958
    assert salida["cabecera", "H", "60+"] == 330
    assert salida["cabecera", "H", "18-59"] == 1270
    assert salida["otras localidades", "M", "todas"] == 1003
    assert salida["otras localidades", "M", "60+"] == 160
    assert {zona for zona, _, _ in salida} == {"municipio", "cabecera", "otras localidades"}


def test_lo_que_iter_no_separa_se_juzga_con_la_menor_edad_que_lo_contiene(iter_csv, catalogos):
    antes = leer_reglas(catalogos).censo
    escribir_censo(catalogos, leer_iter(iter_csv))
    censo = leer_reglas(catalogos).censo
    assert antes.denominador("cabecera", "M", "30-44") == 2355
    assert censo.denominador("cabecera", "M", "30-44") == 1360
    assert censo.denominador("zona_1", "H", "60+") == 150
    assert censo.denominador("zona_1", None, "0-17") == (1003 - 700) + (996 - 700)
    assert (catalogos / "censo-2020.anterior").is_file()


def test_cada_zona_suma_sus_localidades_y_lo_reservado_cuenta_cero(iter_csv, catalogos):
    (catalogos / "zonas.csv").write_text(
        "clave,etiqueta,localidades\ncabecera,Cabecera,\nzona_1,Norte,0005 0020\nzona_2,Sur,141110012\n", "utf-8"
    )
    salida = por_llave(leer_iter(iter_csv, localidades=localidades_de(catalogos)))
    assert salida["zona_1", "M", "todas"] == 300
    assert salida["zona_2", "H", "60+"] == 35


def test_dos_zonas_sin_decir_sus_localidades_es_un_error_claro(catalogos):
    (catalogos / "zonas.csv").write_text("clave,etiqueta\ncabecera,C\nzona_1,Norte\nzona_2,Sur\n", "utf-8")
    with pytest.raises(ErrorPublicacion, match="qué localidades forman «Norte»") as error:
        localidades_de(catalogos)
    assert "localidades" in error.value.que_hacer


@pytest.mark.parametrize(
    ("renglones", "dice"),
    [
        ((RENGLONES[0], RENGLONES[-1]), "no trae el municipio 14111; trae localidades de Jalisco"),
        ((RENGLONES[1],), "no trae la cabecera"),
        (RENGLONES[2:], "no trae el total del municipio"),
        ((*RENGLONES[:2], localidad("111", "0001", "x", "10 10 11 5 2 2")), "no pueden ser: 10 personas, 11"),
        ((*RENGLONES[:2], localidad("111", "0001", "x", "10 10 diez 5 2 2")), "no pueden ser: diez"),
        ((), "trae localidades de ningún lugar"),
    ],
    ids=["otro municipio", "sin cabecera", "sin total", "más adultas que personas", "letras", "vacía"],
)
def test_una_tabla_mala_se_dice_en_espanol(tmp_path, renglones, dice):
    with pytest.raises(ErrorPublicacion, match=dice):
        leer_iter(guardar(tmp_path / "x.csv", renglones))


def test_una_zona_con_una_localidad_que_no_esta_se_dice(iter_csv):
    with pytest.raises(ErrorPublicacion, match=r"la localidad 0099 \(141110099\), de la zona «zona_1»"):
        leer_iter(iter_csv, localidades={"zona_1": ["0099"]})


@pytest.mark.parametrize("codificacion", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_la_tabla_se_lee_en_cualquier_codificacion(tmp_path, codificacion):
    ruta = guardar(tmp_path / "x.csv", codificacion=codificacion)
    assert por_llave(leer_iter(ruta))["municipio", "H", "todas"] == 3269


def test_con_punto_y_coma_o_tabulador_tambien(tmp_path):
    for separador in ";\t":
        ruta = tmp_path / "x.csv"
        ruta.write_text("\n".join(r.replace(",", separador) for r in (",".join(COLUMNAS), *RENGLONES)), "utf-8")
        assert por_llave(leer_iter(ruta))["cabecera", "M", "todas"] == 2355


@pytest.mark.parametrize("contenido", [b"PK\x03\x04 un zip", b"ENTIDAD\x00MUN"])
def test_un_archivo_que_no_es_texto_se_dice(tmp_path, contenido):
    (tmp_path / "x.csv").write_bytes(contenido)
    with pytest.raises(ErrorPublicacion, match="no es un archivo de texto"):
        leer_iter(tmp_path / "x.csv")


def test_una_tabla_que_no_es_iter_se_dice(tmp_path):
    with pytest.raises(ErrorPublicacion, match=r"no parece la tabla ITER.*POBFEM"):
        leer_iter(guardar(tmp_path / "x.csv", columnas=["ENTIDAD", "MUN", "LOC"]))


def test_jornada_censo_guarda_la_tabla_y_dice_que_leyo(iter_csv, catalogos):
    salida = CliRunner().invoke(principal, ["censo", "--datos", str(catalogos.parent), str(iter_csv)])
    assert salida.exit_code == 0, salida.output
    assert "6,627 habitantes" in salida.output
    with (catalogos / "censo-2020.csv").open(encoding="utf-8") as archivo:
        assert por_llave(csv.DictReader(archivo))["otras localidades", "H", "todas"] == 996
    assert municipio_de(catalogos) == "14111"


def test_jornada_censo_con_la_tabla_de_otro_lugar_no_cambia_nada(tmp_path, iter_csv, catalogos):
    antes = (catalogos / "censo-2020.csv").read_bytes()
    for argumentos, dice in (
        (["--municipio", "14112", str(iter_csv)], "no trae el total del municipio"),
        (["--municipio", "catorce", str(iter_csv)], "no es una clave"),
        ([str(guardar(tmp_path / "y.csv", RENGLONES[:1]))], "no trae el municipio 14111"),
    ):
        salida = CliRunner().invoke(principal, ["censo", "--datos", str(catalogos.parent), *argumentos])
        assert salida.exit_code != 0
        assert dice in salida.output
    assert (catalogos / "censo-2020.csv").read_bytes() == antes


# --- los demás catálogos ----------------------------------------------------------------------------------------


def test_mas_de_seis_programas_o_de_cuatro_zonas_no_se_publican(catalogos):
    for archivo, cuantos in (("programas.csv", 7), ("zonas.csv", 5)):
        bueno = (catalogos / archivo).read_bytes()
        (catalogos / archivo).write_text("clave,etiqueta\n" + "".join(f"k{i},N{i}\n" for i in range(cuantos)), "utf-8")
        with pytest.raises(ErrorPublicacion, match=f"{archivo} tiene {cuantos} renglones"):
            leer_reglas(catalogos)
        (catalogos / archivo).write_bytes(bueno)


def test_un_catalogo_guardado_con_punto_y_coma_se_lee_igual(catalogos):
    esperadas = leer_reglas(catalogos)
    for archivo in ("zonas.csv", "programas.csv", "censo-2020.csv"):
        texto = (catalogos / archivo).read_text("utf-8")
        (catalogos / archivo).write_bytes(texto.replace(",", ";").encode("utf-8-sig"))
    assert leer_reglas(catalogos) == esperadas


@pytest.mark.parametrize(
    ("archivo", "texto", "dice"),
    [
        ("censo-2020.csv", "zona,sexo,edad,poblacion\ncabecera,M,todas,muchas\n", "fila 2: la población dice «muchas»"),
        ("censo-2020.csv", "zona,sexo\n", "le falta la columna edad, poblacion"),
        ("zonas.csv", "llave,nombre\n", "le falta la columna clave, etiqueta"),
        ("publicacion.csv", "clave,etiqueta,valor\nmodo,,fuerte\n", "dice modo «fuerte»"),
        ("publicacion.csv", "clave,etiqueta,valor\nepsilon,,mil\n", "dice epsilon «mil»"),
        ("publicacion.csv", "clave,etiqueta,valor\nepsilon,,0\n", "dice epsilon «0»"),
    ],
)
def test_un_catalogo_malo_se_dice(catalogos, archivo, texto, dice):
    (catalogos / archivo).write_text(texto, "utf-8")
    with pytest.raises(ErrorPublicacion, match=dice):
        leer_reglas(catalogos)


def test_sin_el_archivo_de_ajustes_vale_lo_de_siempre(catalogos):
    con_archivo = leer_reglas(catalogos)
    (catalogos / "publicacion.csv").unlink()
    assert leer_reglas(catalogos) == con_archivo
    assert con_archivo.modo == "redondeo"


def test_las_encuestas_que_la_oficina_no_publica_no_entran(catalogos):
    (catalogos / "publicacion.csv").write_text("clave,etiqueta,valor\nencuestas_sin_publicar,,una otra\n", "utf-8")
    reglas = leer_reglas(catalogos)
    preguntas = tuple(Pregunta(i, "P", "una", "¿?", (("a", "A"), ("b", "B"))) for i in ("una", "dos"))
    quedan = sin_encuestas(Crudo("x", "2026-10-01", "2026-12-31", preguntas=preguntas), reglas).preguntas
    assert [p.instrumento for p in quedan] == ["dos"]
