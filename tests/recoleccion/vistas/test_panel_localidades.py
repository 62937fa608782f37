"""Cargar las localidades del INEGI desde el panel: se ve antes de guardar, y lo raro se explica."""

import io

import pytest

from formularios import hoja_catalogo
from recoleccion.consultas import ajustes
from recoleccion.vistas.panel import catalogo_localidades
from tests.recoleccion.vistas.oficina import Oficina, leer

CARGAR, PREVIA = "/panel/catalogos/localidad/inegi", "/panel/catalogos/localidad/previa"
ARCHIVO = (
    "ENTIDAD,MUN,NOM_MUN,LOC,NOM_LOC,POBTOT\n"
    "14,111,Valle de Guadalupe,0001,Valle de Guadalupe,4628\n"
    "14,111,Valle de Guadalupe,0009,La Cañada,120\n"
    "14,111,Valle de Guadalupe,0033,El Salto,2\n"
)


@pytest.fixture
def titular(app) -> Oficina:
    return Oficina(app, "titular")


def subir(titular: Oficina, contenido: str | bytes = ARCHIVO, nombre: str = "iter.csv"):
    crudo = contenido.encode() if isinstance(contenido, str) else contenido
    return titular.subir(CARGAR, "archivo", nombre if crudo else "", crudo)


def test_se_ve_lo_leido_antes_de_guardar_y_se_guarda_lo_que_se_vio(titular, instalacion, base):
    antes = instalacion.catalogos.claves("localidad")
    assert subir(titular).headers["Location"] == PREVIA
    pagina = titular.texto(PREVIA)
    assert "2 nuevas y 1 que ya estaba" in pagina
    assert "La Cañada" in pagina
    assert instalacion.catalogos.claves("localidad") == antes
    assert titular.post(f"{PREVIA}?minimo=10").status_code == 303
    opciones = {o.clave: o for o in instalacion.catalogos.localidad}
    assert opciones["la_canada"].extra["cvegeo"] == "141110009"
    assert opciones["la_canada"].extra["zona"] == "zona_1"
    assert opciones["valle_de_guadalupe"].etiqueta == "Valle de Guadalupe (cabecera)"
    assert "el_salto" not in opciones
    fila = base.execute("SELECT accion, detalle FROM bitacora ORDER BY id DESC").fetchone()
    assert (fila["accion"], fila["detalle"]) == ("cargar localidades", "iter.csv: 1 nueva")
    assert "La Cañada" in titular.texto("/panel/eventos/nuevo")
    assert titular.get(PREVIA).status_code == 303


def test_con_dos_zonas_hay_que_decir_la_de_cada_una(titular, instalacion):
    titular.post("/panel/catalogos/zona", etiqueta="Norte")
    subir(titular)
    falta = titular.post(PREVIA, **{"zona-0009": "norte"})
    assert falta.status_code == 422
    assert "Falta la zona de 1 localidad, como «El Salto»" in leer(falta)
    assert 'value="norte" selected' in falta.text
    assert titular.post(PREVIA, **{"zona-0009": "norte", "zona-0033": "", "resto": "zona_1"}).status_code == 303
    zonas = {fila["clave"]: fila.get("localidades") for fila in hoja_catalogo.leer(
        instalacion.carpeta_catalogos, "zona").filas}  # fmt: skip
    assert (zonas["norte"], zonas["zona_1"]) == ("0009", "0033")
    revision = hoja_catalogo.huella_fila(
        hoja_catalogo.leer(instalacion.carpeta_catalogos, "localidad").fila("el_salto")
    )
    titular.post("/panel/catalogos/localidad/el_salto", etiqueta="El Salto", zona="norte", revision=revision)
    otra_vez = hoja_catalogo.leer(instalacion.carpeta_catalogos, "zona")
    assert otra_vez.fila("norte")["localidades"] == "0009 0033"


def test_lo_leido_se_puede_descartar_y_caduca_en_un_dia(titular, instalacion, reloj):
    antes = (instalacion.carpeta_catalogos / "localidades.csv").read_bytes()
    subir(titular)
    assert "espera a que usted lo revise" in titular.texto(CARGAR)
    titular.post("/panel/catalogos/localidad/descarte")
    assert titular.get(PREVIA).status_code == 303
    subir(titular)
    reloj.avanzar(days=2)
    assert titular.post(PREVIA).headers["Location"] == CARGAR
    assert (instalacion.carpeta_catalogos / "localidades.csv").read_bytes() == antes


@pytest.mark.parametrize(
    ("contenido", "frase"),
    [
        ("", "Elija el archivo"),
        ("a,b\n1,2\n", "no trae localidades del INEGI"),
        (ARCHIVO.replace("14,111,", "19,048,"), "no trae localidades del municipio 14111"),
    ],
)
def test_un_archivo_que_no_es_se_explica(titular, contenido, frase):
    respuesta = subir(titular, contenido)
    assert respuesta.status_code == 422
    assert frase in leer(respuesta)


def test_uno_muy_grande_se_explica(titular, monkeypatch):
    monkeypatch.setattr(catalogo_localidades, "MAXIMO", 1_000_000)
    respuesta = subir(titular, b"x" * 1_200_000)
    assert respuesta.status_code == 413
    assert "pesa más de 1 MB" in leer(respuesta)


def test_las_que_no_caben_se_dicen_y_no_se_guarda_ninguna(titular, instalacion):
    muchas = ARCHIVO + "".join(f"14,111,V,{n:04d},Rancho {n},{n}\n" for n in range(100, 1200))
    subir(titular, muchas)
    assert "No caben: sobran" in titular.texto(PREVIA)
    assert titular.post(PREVIA).status_code == 422
    assert len(instalacion.catalogos.localidad) == 3
    assert titular.post(f"{PREVIA}?minimo=600").status_code == 303
    assert len(instalacion.catalogos.localidad) == 603


def test_sin_la_ficha_de_la_sesion_no_se_recibe_nada(titular):
    respuesta = titular.cliente.post(CARGAR, data={"archivo": (io.BytesIO(ARCHIVO.encode()), "a.csv")})
    assert respuesta.status_code == 400
    assert titular.get(PREVIA).status_code == 303


def test_sin_clave_del_inegi_se_dice_donde_ponerla(titular, instalacion, base):
    (instalacion.carpeta_catalogos / "localidades.csv").write_text("clave,etiqueta,cvegeo\na,A,\n", "utf-8")
    ajustes.guardar(base, "clave_inegi", "")
    assert "Falta la clave del INEGI" in titular.texto(CARGAR)
    assert "Falta la clave del INEGI" in leer(subir(titular))
