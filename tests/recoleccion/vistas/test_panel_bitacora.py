"""La bitácora en el panel: buscar, bajar, comprobar el papel y ver si la cadena está completa."""

from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from recoleccion.consultas import bitacora
from tests.elenco import HORA
from tests.recoleccion.vistas.oficina import Oficina, crear_cuenta


@pytest.fixture
def titular(app, base, elenco):
    bitacora.anotar(
        base, HORA - timedelta(days=2), "lupita", "abrir nombres", f"evento {elenco.evento_id}", "12 nombres"
    )
    bitacora.anotar(base, HORA - timedelta(days=1), "rosa", "quitar actividad", "actividad 7", "=HYPERLINK(1)")
    bitacora.anotar(base, HORA, "lupita", "publicar", "lote 3", "<script>alert(1)</script>")
    return Oficina(app, "titular")


def test_dice_quien_hizo_que_y_que_la_cadena_esta_completa(titular, base):
    pagina = titular.texto("/panel/bitacora")
    assert f"La cadena está completa: 4 renglones. Cabeza: {bitacora.cabeza(base).corta}" in pagina
    assert pagina.index("lote 3") < pagina.index("actividad 7") < pagina.index("12 nombres")
    assert "Violencia digital: cómo cuidarse · 12 nombres" in pagina
    assert "<script>alert" not in titular.get("/panel/bitacora").text


def test_si_la_tocan_por_fuera_la_pagina_lo_dice(titular, base):
    base.execute("DROP TRIGGER bitacora_no_cambia")
    base.execute("UPDATE bitacora SET quien = 'nadie' WHERE accion = 'publicar'")
    pagina = titular.texto("/panel/bitacora")
    assert "La cadena está rota. Se cambió por fuera" in pagina
    assert "está completa" not in pagina


@pytest.mark.parametrize(
    ("pide", "hay"),
    [
        ("quien=rosa", {"quitar actividad"}),
        ("accion=publicar", {"publicar"}),
        ("desde=2026-11-24&hasta=2026-11-24", {"quitar actividad"}),
        ("hasta=2026-11-23", {"abrir nombres"}),
        ("texto=LOTE", {"publicar"}),
        ("texto=%25", set()),
        ("quien=lupita&texto=nombres", {"abrir nombres"}),
        ("desde=mañana&pagina=99", {"abrir nombres", "publicar", "quitar actividad"}),
        ("quien=' OR 1=1 --", set()),
    ],
)
def test_se_busca_por_fecha_quien_que_y_texto(titular, pide, hay):
    pagina = titular.get(f"/panel/bitacora?{pide}").text
    vistas = {accion for accion in ("abrir nombres", "quitar actividad", "publicar") if f"<strong>{accion}" in pagina}
    assert vistas == hay
    assert ("Nada con esos filtros" in pagina) == (not hay)


def test_va_de_cincuenta_en_cincuenta(titular, base):
    for n in range(60):
        bitacora.anotar(base, HORA, "rosa", "entrar", f"panel {n}")
    primera, segunda = titular.get("/panel/bitacora").text, titular.get("/panel/bitacora?pagina=2").text
    assert primera.count('class="renglon"') == 50
    assert segunda.count('class="renglon"') == 14
    assert "Página 1 de 2" in primera
    assert "Revisar la cadena" in segunda
    assert "panel 59" in primera
    assert "panel 59" not in segunda


def test_se_baja_en_csv_neutro_con_sus_huellas_y_queda_anotado(titular, base):
    huella = base.execute("SELECT huella FROM bitacora WHERE quien = 'rosa'").fetchone()[0]
    respuesta = titular.get("/panel/bitacora/hoja.csv?quien=rosa")
    assert respuesta.mimetype == "text/csv"
    renglones = respuesta.data.decode("utf-8-sig").splitlines()
    assert renglones[0] == "Renglón,Cuándo,Quién,Qué hizo,Con qué,Detalle,Huella"
    assert len(renglones) == 2
    assert ",'=HYPERLINK(1)," in renglones[1]
    assert renglones[1].endswith(huella)
    ultima = bitacora.listar(base, 1)[0]
    assert (ultima["quien"], ultima["accion"], ultima["detalle"]) == ("titular", "bajar bitácora", "1 renglón")
    assert bitacora.revisar(base).completa


def test_la_lista_impresa_lleva_la_cabeza_y_se_comprueba(titular, base, elenco):
    pdf = titular.get(f"/panel/eventos/{elenco.evento_id}/lista.pdf").data
    impresa = bitacora.cabeza(base)
    assert f"Bitácora {impresa.corta}" in PdfReader(BytesIO(pdf)).pages[0].extract_text()
    assert bitacora.listar(base, 1)[0]["accion"] == "imprimir lista"
    assert f"Es el renglón {impresa.id}, del 25/11/2026" in titular.texto(f"/panel/bitacora?papel={impresa.corta}")
    assert "Ese código no está en la bitácora" in titular.texto("/panel/bitacora?papel=000000000000")


def test_quien_administra_la_lee_sin_titulos_de_eventos_ni_lo_que_se_escribio_al_abrir_nombres(titular, app, base):
    """Lo escrito podría decir de quién eran; tampoco se adivina buscándolo."""
    bitacora.anotar(base, HORA, "lupita", "abrir", "llave de la oficina", "la señora Eduviges")
    bitacora.anotar(base, HORA, "lupita", "abrir", "llave de la oficina", "Revisar personas repetidas")
    for que in ("cuarentena 7", "ARCO-2026-0001"):
        bitacora.anotar(base, HORA, "lupita", "escribir", que, "es de doña Eduviges")
    bitacora.anotar(base, HORA, "lupita", "crear cuenta", "cuenta rosa", "promotora")
    crear_cuenta(base, "administra")
    administra = Oficina(app, "administra")
    for pagina in (administra.texto("/panel/bitacora"), administra.texto("/panel/bitacora/hoja.csv")):
        assert "llave de la oficina" in pagina
        assert "Revisar personas repetidas" in pagina
        assert "promotora" in pagina
        assert "Eduviges" not in pagina
        assert "Violencia digital" not in pagina
    assert administra.texto("/panel/bitacora?texto=eduviges") == administra.texto("/panel/bitacora?texto=nadie")
    assert "Eduviges" in titular.texto("/panel/bitacora?texto=eduviges")
