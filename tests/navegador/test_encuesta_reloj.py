"""La encuesta viva no depende del reloj del teléfono: «hoy» es el día del servidor."""

import json
from textwrap import dedent

from playwright.sync_api import Browser

from formularios.xlsform import importar
from recoleccion.consultas import instrumentos
from recoleccion.sellado import INFO_URNA
from tests.elenco import HORA
from tests.navegador.servido import servida
from tests.recoleccion.vistas.paginas import nuevo_evento

TABLA = """
| survey |
| | type | name | label | constraint |
| | date | dia | ¿Qué día fue? | . <= today() |
| settings |
| | form_title | form_id | version |
| | El día | dia | 1 |
"""


def test_un_telefono_con_la_fecha_atrasada_puede_mandar_la_de_hoy(navegador: Browser, app, base, azar, instalacion):
    encuesta = importar("dia.md", dedent(TABLA).encode()).instrumento
    assert encuesta is not None
    instrumentos.asegurar(base, encuesta)
    clave, hoy = nuevo_evento(base, azar, encuestas=["dia"]), HORA.date().isoformat()
    contexto = navegador.new_context(viewport={"width": 360, "height": 640})
    try:
        pagina = contexto.new_page()
        pagina.clock.set_system_time("2020-01-01T12:00:00Z")
        with servida(app) as raiz:
            pagina.goto(f"{raiz}/{clave}/e/1")
            pagina.locator("[data-viva]").wait_for()
            pagina.locator("[name=p_dia]").fill(hoy)
            pagina.get_by_role("button", name="Enviar").click()
            pagina.wait_for_url("**/listo**")
    finally:
        contexto.close()
    (fila,) = base.execute("SELECT sobre FROM urna")
    assert json.loads(instalacion.sello.abrir(fila["sobre"], INFO_URNA))["respuestas"] == {"dia": hoy}
