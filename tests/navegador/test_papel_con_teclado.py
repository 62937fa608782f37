"""Pasar papel en Chromium, sólo con el teclado: cuántas teclas cuesta, y que una falla o una recarga no pierdan nada.

El tiempo sale del modelo de teclas (KLM: Card, Moran y Newell, 1983): las teclas que la página de veras recibió, a
0.20 s cada una (55 palabras por minuto), y 1.35 s por persona para leer el papel. Con ``JORNADA_DESPACIO=1`` se teclea
de veras a ese paso (cinco minutos) y se mide con el reloj. Con ``JORNADA_CAPTURAS=carpeta`` deja una imagen de cada
estado.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from recoleccion import reglas
from recoleccion.consultas import asistencias, cuarentena, eventos, urna
from recoleccion.demo.gente import persona
from tests.elenco import HORA, evento_de_prueba
from tests.llave import FRASE, nombres
from tests.navegador import rastro
from tests.navegador.accesibilidad import TAMANOS, accesible
from tests.navegador.procesos import BANDERAS, ruta_chromium
from tests.navegador.servido import servida
from tests.recoleccion.vistas.oficina import Oficina

TECLA, LEER = 0.20, 1.35
"""Segundos por tecla y por persona."""
DESPACIO = os.environ.get("JORNADA_DESPACIO") == "1"
PERSONAS, TECLEADAS = 40, 40 if DESPACIO else 15
"""Las de la lista, y las que se teclean para medirla: cada una cuesta lo mismo en cualquier renglón."""
EDADES = {"12-17": 15, "18-29": 23, "30-44": 38, "45-59": 51, "60+": 67, "0-11": 10, "nd": "n"}
LETRAS = {"cabecera": "p", "rancho": "r", "otro": "o", "nd": "n"}
_CUENTA_TECLAS = """window.teclas = 0; addEventListener("keydown", (t) => {
  if (!/^(Shift|Control)$/.test(t.key)) window.teclas += 1 }, true);"""
_EN_EL_NAVEGADOR = """async () => JSON.stringify([{...localStorage}, {...sessionStorage}, history.state,
  document.cookie, (await indexedDB.databases()).map((b) => b.name), await caches.keys()])"""


@pytest.fixture
def sitio(app) -> Iterator[str]:
    with servida(app) as direccion:
        yield direccion


@pytest.fixture
def pagina(navegador: Browser, app, sitio: str) -> Iterator[Page]:
    contexto = navegador.new_context(locale="es-MX", viewport={"width": 1280, "height": 800})
    sesion = Oficina(app, "titular").cliente.get_cookie("sesion")
    contexto.add_cookies([{"name": "sesion", "value": sesion.value, "url": sitio}])
    yield contexto.new_page()
    contexto.close()


def teclear(pagina: Page, *nombre_y_demas: tuple[str, str]) -> None:
    """Por persona: leer el renglón, su nombre, tabulador, y lo demás de corrido."""
    for nombre, demas in nombre_y_demas:
        if not DESPACIO:
            pagina.keyboard.type(nombre)
            pagina.keyboard.press("Tab")
            pagina.keyboard.type(demas)
            continue
        toca = time.monotonic() + LEER
        for tecla in [*nombre, "Tab", *demas]:
            time.sleep(max(0, toca - time.monotonic()))  # una tecla cada TECLA, cueste lo que cueste mandarla
            pagina.keyboard.press("Space" if tecla == " " else tecla)
            toca += TECLA


def mirar(pagina: Page, nombre: str) -> None:
    """Cabe y es accesible en teléfono y escritorio."""
    for ancho, alto in TAMANOS:
        pagina.set_viewport_size({"width": ancho, "height": alto})
        assert accesible(pagina) == [], f"{nombre} a {ancho}"
        if carpeta := os.environ.get("JORNADA_CAPTURAS"):
            pagina.screenshot(path=Path(carpeta) / f"papel-{nombre}-{ancho}.png")


def test_cuarenta_personas_se_pasan_con_el_teclado_en_menos_de_cinco_minutos(pagina, sitio, base, azar):
    evento = eventos.crear(base, evento_de_prueba(pide_telefono=False), HORA, azar)
    gente = [persona(Random(n), "vecinas", "cabecera") for n in range(TECLEADAS)]
    pagina.add_init_script(_CUENTA_TECLAS)
    pagina.goto(f"{sitio}/panel/eventos/{evento}/papel/lista")
    empezo = time.monotonic()
    teclear(
        pagina,
        *(
            (reglas.sin_acentos(p.nombre).lower(), f"{p.sexo.lower()}{EDADES[p.edad]}{LETRAS[p.procedencia]}")
            for p in gente
        ),
    )
    expect(pagina.get_by_text(f"Van {TECLEADAS} personas.")).to_be_visible()
    por_persona = pagina.evaluate("window.teclas") / TECLEADAS
    segundos, a_cuarenta = (PERSONAS * (por_persona * tecla + LEER) for tecla in (TECLA, 0.28))
    print(f"{por_persona:.1f} teclas por persona; {PERSONAS} personas, {segundos:.0f} s; a 40 palabras por minuto, "
          f"{a_cuarenta:.0f} s")  # fmt: skip
    assert segundos < 300
    pagina.keyboard.press("Control+Enter")
    pagina.wait_for_url("**/panel/papel/*")
    if DESPACIO:
        print(f"con el reloj, hasta quedar guardada: {time.monotonic() - empezo:.0f} s")
    filas = base.execute("SELECT sexo, edad, procedencia FROM asistencia WHERE evento_id = ?", [evento]).fetchall()
    assert sorted(map(tuple, filas)) == sorted((p.sexo, p.edad, p.procedencia) for p in gente)
    guardados = {nombre.lower() for nombre, _ in nombres(base).values()}
    assert guardados == {reglas.sin_acentos(p.nombre).lower() for p in gente if not p.menor}


def test_ni_una_falla_ni_una_recarga_ni_guardar_dos_veces_pierden_o_doblan(pagina, sitio, base, elenco):
    pagina.goto(f"{sitio}/panel/eventos/{elenco.evento_id}/papel/lista")
    teclear(pagina, ("ana lópez", "m34p3781234567"), ("eva ruiz", "m51r"))
    pagina.keyboard.press("Enter")
    expect(pagina.get_by_text("Guardado a medias")).to_be_visible()
    assert "ana" not in pagina.evaluate(_EN_EL_NAVEGADOR).lower()
    pagina.reload()
    expect(pagina.get_by_text("Nombre guardado, cerrado")).to_have_count(2)
    pagina.get_by_label("Su frase").fill(FRASE)
    pagina.get_by_role("button", name="Abrir los nombres").click()
    expect(pagina.get_by_label("Nombre, renglón 1", exact=True)).to_have_value("Ana López")
    expect(pagina.get_by_label("Nombre, renglón 3", exact=True)).to_be_focused()
    teclear(pagina, ("luz soto", "m20o"))

    pagina.context.set_offline(True)
    pagina.keyboard.press("Control+Enter")
    expect(pagina.get_by_text("No se pudo guardar. Lo que tecleó sigue aquí")).to_be_visible()
    expect(pagina.get_by_label("Nombre, renglón 3", exact=True)).to_have_value("luz soto")
    pagina.context.set_offline(False)
    pagina.evaluate("() => { const f = document.querySelector('[data-hoja]'); f.requestSubmit(); f.requestSubmit(); }")
    pagina.wait_for_url("**/panel/papel/*")
    assert asistencias.vivo(base, elenco.evento_id)["total"] == 3
    assert sorted(nombre for nombre, _ in nombres(base).values()) == ["Ana López", "Eva Ruiz", "Luz Soto"]
    pagina.go_back()
    pagina.wait_for_url("**/panel/papel/*")  # la hoja ya está: no vuelve a salir vacía
    assert cuarentena.contar(base) == 0


def test_si_la_sesion_se_cerro_lo_tecleado_espera_a_que_entre_otra_vez(pagina, app, sitio, base, elenco):
    pagina.goto(f"{sitio}/panel/eventos/{elenco.evento_id}/papel/lista")
    teclear(pagina, ("ana lópez", "m34p"))
    pagina.context.clear_cookies()
    pagina.keyboard.press("Control+Enter")
    expect(pagina.get_by_text("Su sesión se cerró. Entre otra vez en otra ventana")).to_be_visible()
    otra = Oficina(app, "titular")
    otra.ficha()  # otra sesión: la ficha que trae la página ya no le sirve
    sesion = otra.cliente.get_cookie("sesion")
    pagina.context.add_cookies([{"name": "sesion", "value": sesion.value, "url": sitio}])
    pagina.keyboard.press("Control+Enter")
    pagina.wait_for_url("**/panel/papel/*")
    assert nombres(base).popitem()[1] == ("Ana López", None)


def test_lo_repetido_y_lo_que_falta_se_ve_y_se_corrige_sin_raton(pagina, sitio, base, elenco):
    pagina.goto(f"{sitio}/panel/eventos/{elenco.evento_id}/papel/lista")
    teclear(pagina, ("ana lópez", "m34p"))
    pagina.keyboard.press("Enter")
    teclear(pagina, ("LOPEZ ANA", "m3"))
    pagina.keyboard.press("Enter")
    expect(pagina.get_by_text("Igual que en el renglón 1.")).to_be_visible()
    teclear(pagina, ("Eva 3", "m40p"))
    pagina.keyboard.press("Control+Enter")
    expect(pagina.get_by_text("1 renglón por corregir.")).to_be_visible()
    mirar(pagina, "con-errores")
    expect(pagina.get_by_label("Nombre, renglón 3", exact=True)).to_be_focused()
    pagina.keyboard.press("Control+A")
    pagina.keyboard.type("Eva")
    pagina.keyboard.press("Control+Enter")
    casilla = pagina.get_by_label("Es la misma: no guardar este renglón")
    expect(casilla).to_be_focused()
    pagina.keyboard.press("Space")
    pagina.keyboard.press("Control+Enter")
    pagina.wait_for_url("**/panel/papel/*")
    assert asistencias.vivo(base, elenco.evento_id)["total"] == 2


def test_los_renglones_se_agregan_solos_y_cada_uno_es_otra_persona(pagina, sitio, base, elenco):
    pagina.goto(f"{sitio}/panel/eventos/{elenco.evento_id}/papel/lista")
    for _ in range(26):
        pagina.keyboard.press("Tab")
        pagina.keyboard.type("h")
        pagina.keyboard.press("Enter")
    expect(pagina.get_by_label("Nombre, renglón 27", exact=True)).to_be_focused()
    pagina.keyboard.press("Control+Enter")
    expect(pagina.get_by_text("26 renglones tienen algo en blanco.")).to_be_visible()
    pagina.get_by_role("button", name="Guardar así").click()
    pagina.wait_for_url("**/panel/papel/*")
    assert asistencias.vivo(base, elenco.evento_id)["por_sexo"] == {"H": 26}


def test_una_pila_de_encuestas_se_pasa_con_numeros_y_una_falla_no_pierde_la_hoja(pagina, sitio, base, elenco):
    pagina.goto(f"{sitio}/panel/eventos/{elenco.evento_id}/papel/encuesta?n=3")
    pagina.keyboard.type("123012")
    with pagina.expect_response("**/papel/encuesta/medias"):
        pass
    pagina.reload()
    pagina.context.set_offline(True)
    pagina.keyboard.press("Control+Enter")
    expect(pagina.get_by_text("No se pudo guardar. Lo que tecleó sigue aquí")).to_be_visible()
    assert pagina.locator("input:checked").evaluate_all("(l) => l.map((e) => `${e.name}=${e.value}`)") == [
        "S1=muy_buena", "S2=casi", "S3=no", "S5=whatsapp", "S6=crianza"
    ]  # fmt: skip
    assert urna.cuantas(base, elenco.evento_id) == 0
    pagina.context.set_offline(False)
    pagina.keyboard.press("Control+Enter")
    expect(pagina.get_by_text("1 hoja pasada")).to_be_visible()
    expect(pagina.locator("[data-tecla]").first).to_be_visible()  # los números se ven desde que ya sirven
    pagina.keyboard.type("2")
    pagina.keyboard.press("Control+Enter")
    expect(pagina.get_by_text("2 hojas pasadas")).to_be_visible()
    assert urna.cuantas(base, elenco.evento_id) == 2


def test_en_el_perfil_del_navegador_no_queda_ni_un_nombre(playwright: Playwright, app, sitio, elenco, tmp_path):
    """Tecleado, en el borrador, recargado y guardado; y otra hoja que se cierra a medias. El control de la búsqueda
    está en ``test_campo_rastro.py``."""
    perfil, sesion = tmp_path / "perfil", Oficina(app, "titular").cliente.get_cookie("sesion")
    contexto = playwright.chromium.launch_persistent_context(perfil, executable_path=ruta_chromium(), args=BANDERAS)
    contexto.add_cookies([{"name": "sesion", "value": sesion.value, "url": sitio}])
    pagina = contexto.new_page()
    pagina.on("dialog", lambda dialogo: dialogo.accept())
    lista = f"{sitio}/panel/eventos/{elenco.evento_id}/papel/lista"
    pagina.goto(lista)
    teclear(pagina, ("Xochiquétzal Ñandú", "m34p3487774153"))
    expect(pagina.get_by_text("Guardado a medias")).to_be_visible()
    pagina.reload()
    pagina.keyboard.press("Control+Enter")
    pagina.wait_for_url("**/panel/papel/*")
    pagina.goto(lista)
    teclear(pagina, ("Hermenegilda Quimera", "m34p"))
    pagina.wait_for_timeout(7_000)  # lo que Chromium tarda en bajar al disco sus sesiones
    contexto.close()
    assert rastro.buscar(perfil, ["Xochiquétzal Ñandú", "Hermenegilda Quimera", "3487774153"]) == []
