"""Otro municipio empieza con su clave y no lleva nada de éste: ni en su carpeta ni en sus páginas ni en su papel."""

import io
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlite_utils import Database

from formularios.catalogos import INICIALES
from recoleccion.aplicacion import create_app
from recoleccion.cli import principal
from recoleccion.consultas import ajustes, conexion, directorio, eventos, instrumentos, oficina
from recoleccion.instalacion import Instalacion
from tests.elenco import HORA, Reloj, evento_de_prueba
from tests.pantallas import NO_SON_PANTALLAS
from tests.recoleccion.vistas.oficina import Oficina

NUESTRO = ("Valle de Guadalupe", "valle_de_guadalupe", "14111", "CE-MUJER", "cemujer", "3358")
DE_JALISCO = ("33 1415 1002", "Línea de Jalisco", "Código Violeta")
ITER = (
    "ENTIDAD,MUN,NOM_MUN,LOC,NOM_LOC,POBTOT\n"
    "19,048,Santa Catarina,0001,Ciudad Santa Catarina,304052\n"
    "19,048,Santa Catarina,0031,La Huasteca,12\n"
)


def correr(*orden: object, entrada: str = "") -> tuple[int, str]:
    resultado = CliRunner().invoke(principal, [str(uno) for uno in orden], input=entrada)
    return resultado.exit_code, resultado.output


def dicho(texto: str, que: tuple[str, ...] = NUESTRO) -> list[str]:
    return [una for una in que if una.casefold() in texto.casefold()]


def _todo_lo_escrito(db: Database) -> str:
    filas = (fila for tabla in db.tables for fila in db.execute(f"SELECT * FROM [{tabla.name}]"))
    return "\n".join(str(valor) for fila in filas for valor in fila)


@pytest.fixture(scope="module")
def otra(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """La carpeta de una oficina de Nuevo León, preparada por su puerta."""
    datos = tmp_path_factory.mktemp("otra") / "datos"
    codigo, salida = correr(
        "preparar", "--datos", datos, "--usuario", "rosa", "--municipio", "Santa Catarina, Nuevo León",
        "--oficina", "Instituto de la Mujer", "--clave-inegi", "19048", entrada="nube camino 7\n",
    )  # fmt: skip
    assert codigo == 0, salida
    assert "jornada localidades" in salida
    return datos


def test_su_carpeta_no_dice_nada_de_este_municipio(otra: Path) -> None:
    lugar = Instalacion(otra)
    textos = {ruta.name: ruta.read_text("utf-8") for ruta in lugar.carpeta_catalogos.glob("*")}
    with closing(conexion.abrir(lugar.privada)) as db:
        guardado = _todo_lo_escrito(db)
        assert oficina.clave_inegi(db, lugar) == "19048"
        assert [linea["telefono"] for linea in directorio.ayuda(db)] == ["911", "079", "800 911 2000"]
    assert {nombre: mal for nombre, texto in textos.items() if (mal := dicho(texto, NUESTRO + DE_JALISCO))} == {}
    # Sin las cifras: una huella o una llave las puede traer por azar.
    assert dicho(guardado, tuple(una for una in NUESTRO if not una.isdecimal()) + DE_JALISCO) == []
    assert "Instituto de la Mujer" in guardado
    assert set(textos) == {ruta.name for ruta in INICIALES.glob("*.csv")}
    assert "190480001" in textos["localidades.csv"]


def test_sus_paginas_y_su_papel_no_dicen_nada_de_este_municipio(otra: Path, azar) -> None:
    lugar = Instalacion(otra, Reloj())
    with closing(conexion.abrir(lugar.privada)) as db:
        evento = eventos.crear(db, evento_de_prueba(localidad="cabecera"), HORA, azar)
        clave = eventos.leer(db, evento)["clave"]
        suya = directorio.listar(db)[0]["id"]
    app = create_app(otra, reloj=Reloj(), azar=azar)
    rosa = Oficina(app, "rosa")
    caminos = [
        regla.rule.replace("<id>", suya if "/directorio" in regla.rule else evento)
        for regla in app.url_map.iter_rules()
        if regla.rule.startswith("/panel/")
        and "GET" in (regla.methods or ())
        and (not regla.arguments or regla.rule.startswith(("/panel/eventos/<id>", "/panel/directorio/<id>")))
        and not NO_SON_PANTALLAS.search(regla.rule)
    ]
    caminos += ["/", "/ayuda", f"/{clave}", f"/{clave}/r", f"/{clave}/aviso", "/campo/"]
    leidas = {camino: rosa.cliente.get(camino, follow_redirects=True).text for camino in caminos}
    assert len(leidas) > 30
    assert {camino: mal for camino, texto in leidas.items() if (mal := dicho(texto))} == {}
    assert "Instituto de la Mujer" in leidas["/panel/"]
    for pdf in ("cartel", "lista"):
        hojas = PdfReader(io.BytesIO(rosa.get(f"/panel/eventos/{evento}/{pdf}.pdf").data)).pages
        texto = "\n".join(hoja.extract_text() for hoja in hojas)
        assert "Instituto de la Mujer" in texto
        assert dicho(texto) == []


def test_su_encuesta_no_manda_a_decir_un_codigo_que_ahi_no_existe(otra: Path) -> None:
    with closing(conexion.abrir(Instalacion(otra).privada)) as db:
        for clave in ("antes", "despues"):
            k5 = next(p for p in instrumentos.leer(db, clave, 1).preguntas if p.clave == "K5")
            assert k5.texto == "En una emergencia puedo marcar al 911, gratis y desde cualquier teléfono"
            assert k5.correcta == "V"


def test_el_control_nota_lo_nuestro_en_lo_nuestro(datos: Path) -> None:
    textos = "".join(ruta.read_text("utf-8") for ruta in (datos / "catalogos").glob("*.csv"))
    assert dicho(textos) == ["Valle de Guadalupe", "valle_de_guadalupe", "14111", "3358"]
    assert dicho(textos, DE_JALISCO) == list(DE_JALISCO)


def test_la_hoja_de_ejemplo_de_las_encuestas_tampoco(otra: Path, azar) -> None:
    rosa = Oficina(create_app(otra, reloj=Reloj(), azar=azar), "rosa")
    libro = load_workbook(io.BytesIO(rosa.get("/panel/instrumentos/plantilla.xlsx").data))
    celdas = [str(celda) for hoja in libro for fila in hoja.values for celda in fila if celda is not None]
    assert len(celdas) > 100
    assert dicho(" ".join(celdas)) == []


def test_sus_localidades_se_cargan_desde_la_consola(otra: Path, tmp_path: Path) -> None:
    archivo = tmp_path / "ITER_19CSV20.csv"
    archivo.write_text(ITER, "utf-8")
    codigo, salida = correr("localidades", archivo, "--datos", otra, "--solo-ver")
    assert (codigo, "No se cambió nada." in salida) == (0, True)
    assert "La Huasteca" not in str(Instalacion(otra).catalogos.pares("localidad"))
    codigo, salida = correr("localidades", archivo, "--datos", otra)
    assert codigo == 0, salida
    assert "1 nueva, 1 que ya estaba." in salida
    assert dict(Instalacion(otra).catalogos.pares("localidad"))["la_huasteca"] == "La Huasteca"
    assert correr("localidades", archivo, "--datos", otra)[1].count("0 nuevas, 2 que ya estaban.") == 1
    ajeno = correr("localidades", archivo, "--datos", otra, "--municipio", "19039")
    assert ajeno[0] == 1
    assert "no trae localidades del municipio 19039" in ajeno[1]
    sin_zona = correr("localidades", archivo, "--datos", otra, "--zona", "norte")
    assert "No hay una zona «norte»" in sin_zona[1]


@pytest.mark.parametrize(
    ("opciones", "frase"),
    [
        (["--municipio", "Tepatitlán, Jalisco"], "Falta la clave del INEGI"),
        (["--clave-inegi", "14093"], "falta cómo se llama"),
        (["--clave-inegi", "14093", "--municipio", "Tepatitlán, Jalisco"], "falta cómo se llama"),
        (["--clave-inegi", "99001", "--municipio", "X", "--oficina", "Y"], "no es una clave de municipio"),
        (["--clave-inegi", "14O93", "--municipio", "X", "--oficina", "Y"], "no es una clave de municipio"),
    ],
)
def test_con_datos_de_dos_municipios_no_se_prepara(tmp_path: Path, opciones: list[str], frase: str) -> None:
    codigo, salida = correr("preparar", "--datos", tmp_path / "d", "--usuario", "rosa", *opciones)
    assert codigo == 1
    assert frase in " ".join(salida.split())
    assert not (tmp_path / "d").exists()


def test_un_vecino_de_jalisco_si_lleva_las_lineas_de_su_estado(tmp_path: Path) -> None:
    correr(
        "preparar", "--datos", tmp_path, "--usuario", "rosa", "--municipio", "Tepatitlán, Jalisco", "--oficina", "IMM",
        "--clave-inegi", "14093", entrada="nube camino 7\n",
    )  # fmt: skip
    lugar = Instalacion(tmp_path)
    with closing(conexion.abrir(lugar.privada)) as db:
        assert "33 1415 1002" in [linea["telefono"] for linea in directorio.ayuda(db)]
        assert ajustes.leer(db, "clave_inegi") == "14093"
    assert dicho((lugar.carpeta_catalogos / "localidades.csv").read_text("utf-8")) == []
