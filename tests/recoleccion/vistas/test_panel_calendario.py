"""El calendario del panel y la dirección secreta que se puede quitar."""

import re
from datetime import datetime

import icalendar
import pytest

from recoleccion.consultas import ajustes, eventos
from tests.elenco import HORA, evento_de_prueba
from tests.recoleccion.vistas.oficina import Oficina, leer, registrar


@pytest.fixture
def titular(app, elenco) -> Oficina:
    return Oficina(app, "titular")


def direccion(titular: Oficina) -> str:
    """La dirección secreta que se lee en la página."""
    hallada = re.search(r"https?://[^\s<]+\.ics", titular.get("/panel/calendario").text)
    assert hallada, "no hay dirección"
    return hallada[0]


def test_el_mes_dice_sus_eventos_y_sus_dias_senalados(titular, elenco):
    pagina = titular.get("/panel/calendario")
    texto = leer(pagina)
    assert "Noviembre de 2026" in texto
    assert "miércoles 25 de noviembre hoy ✦ Contra la violencia hacia las mujeres ✦ 16 días de activismo" in texto
    assert "5:00 p. m. Violencia digital: cómo cuidarse" in texto
    assert f'href="/panel/eventos/{elenco.evento_id}"' in pagina.text
    assert 'id="d2026-11-25"' in pagina.text


def test_el_anio_trae_doce_meses_y_lleva_al_dia(titular):
    pagina = titular.get("/panel/calendario?anio=2026")
    assert pagina.text.count('class="mes-chico"') == 12
    assert 'href="/panel/calendario?mes=2026-11#d2026-11-25"' in pagina.text
    texto = leer(pagina)
    assert "Noviembre 1 evento" in texto
    assert "8: Día Internacional de la Mujer" in texto
    assert "25: Día 25 de cada mes" not in texto


def test_un_cancelado_se_dice_con_palabras(titular, base, azar):
    id = eventos.crear(base, evento_de_prueba(titulo="Paseo"), HORA, azar)
    eventos.cancelar(base, id, HORA)
    assert "Paseo Cancelado" in titular.texto("/panel/calendario")


def test_un_mes_vacio_dice_que_hacer(titular, app):
    assert "No hay eventos en enero de 2027. Programe uno" in titular.texto("/panel/calendario?mes=2027-01")
    assert "No hay eventos en 2030" in titular.texto("/panel/calendario?anio=2030")
    assert "Programe uno" not in Oficina(app, "promotora").texto("/panel/calendario?mes=2027-01")


@pytest.mark.parametrize("mal", ["mes=2026-13", "mes=x", "mes=", "anio=1", "anio=x", "anio=99999999999", "mes=2101-01"])
def test_lo_que_no_es_un_mes_no_existe(titular, mal):
    assert titular.get(f"/panel/calendario?{mal}").status_code == 404


def test_en_las_orillas_no_hay_a_donde_pasar(titular):
    primero, ultimo = titular.get("/panel/calendario?mes=2000-01"), titular.get("/panel/calendario?mes=2100-12")
    assert 'rel="prev"' not in primero.text
    assert 'rel="next"' not in ultimo.text


def test_sin_direccion_el_calendario_no_sale_de_aqui(cliente, titular):
    assert cliente.get("/panel/calendario/.ics").status_code == 404
    assert cliente.get("/panel/calendario/None.ics").status_code == 404
    assert "Hacer la dirección" in titular.texto("/panel/calendario")


def test_la_direccion_se_abre_sin_entrar_y_nunca_dice_personas(titular, cliente, base, instalacion, elenco, azar):
    registrar(base, instalacion, elenco.evento_id, azar, nombre="Guadalupe Íñiguez", telefono="3781234567")
    assert titular.post("/panel/calendario/direccion").status_code == 303
    ruta = direccion(titular).removeprefix("http://localhost")
    respuesta = cliente.get(ruta)
    assert respuesta.status_code == 200
    assert respuesta.mimetype == "text/calendar"
    assert respuesta.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in respuesta.headers
    (evento,) = icalendar.Calendar.from_ical(respuesta.text).walk("VEVENT")
    assert str(evento["SUMMARY"]) == "Violencia digital: cómo cuidarse"
    assert str(evento["LOCATION"]) == "Casa de la Cultura"
    assert evento["DTSTART"].dt.astimezone(HORA.tzinfo) == datetime(2026, 11, 25, 17, 0, tzinfo=HORA.tzinfo)
    for ajeno in ("Guadalupe", "3781234567", elenco.clave, "titular"):
        assert ajeno not in respuesta.text


def test_cambiarla_o_quitarla_apaga_la_anterior(titular, cliente, base):
    titular.post("/panel/calendario/direccion")
    primera = direccion(titular)
    titular.post("/panel/calendario/direccion")
    segunda = direccion(titular)
    assert cliente.get(primera.removeprefix("http://localhost")).status_code == 404
    assert cliente.get(segunda.removeprefix("http://localhost")).status_code == 200
    titular.post("/panel/calendario/direccion", quitar="1")
    assert cliente.get(segunda.removeprefix("http://localhost")).status_code == 404
    assert ".ics" not in titular.get("/panel/calendario").text
    llave = segunda.rpartition("/")[2].removesuffix(".ics")
    escrito = " ".join(str(tuple(fila)) for fila in base.execute("SELECT * FROM bitacora"))
    assert escrito.count("'calendario'") == 3
    assert llave not in escrito


def test_la_direccion_no_se_adivina_y_usa_el_nombre_publico(titular, cliente, base):
    ajustes.guardar(base, "host_publico", "https://registro.ejemplo.gob.mx/")
    titular.post("/panel/calendario/direccion")
    completa = direccion(titular)
    llave = completa.rpartition("/")[2].removesuffix(".ics")
    assert completa == f"https://registro.ejemplo.gob.mx/panel/calendario/{llave}.ics"
    assert len(llave) == 32
    for casi in (llave[:-1], llave.lower() + "x", f"{llave}%20", "ñ" * 32):
        assert cliente.get(f"/panel/calendario/{casi}.ics").status_code == 404


def test_la_promotora_ve_el_calendario_y_no_la_direccion(app, titular):
    titular.post("/panel/calendario/direccion")
    promotora = Oficina(app, "promotora")
    pagina = promotora.get("/panel/calendario")
    assert pagina.status_code == 200
    assert ".ics" not in pagina.text
    assert "Hacer la dirección" not in pagina.text
    assert promotora.post("/panel/calendario/direccion").status_code == 403
