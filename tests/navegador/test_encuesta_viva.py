"""La encuesta que responde, en Chromium: lo que esconde, filtra, calcula y revisa, y que el servidor guarda eso mismo."""
# ruff: noqa: E501  # las tablas se leen enteras

import json
from collections.abc import Iterator
from textwrap import dedent

import pytest
from playwright.sync_api import Browser, Page, expect

from formularios.instrumento import Instrumento
from formularios.xlsform import importar
from recoleccion.consultas import instrumentos
from recoleccion.sellado import INFO_URNA
from tests.navegador.accesibilidad import problemas
from tests.navegador.servido import servida
from tests.recoleccion.vistas.paginas import nuevo_evento

CASA = """
| survey |
| | type | name | label | relevant | required | constraint | constraint_message | calculation | choice_filter | appearance | read_only |
| | select_one sn | hijas | ¿Tiene hijas o hijos? | | yes | | | | | | |
| | begin_group | suyos | Sus hijas e hijos | ${hijas} = 'si' | | | | | | | |
| | integer | cuantos | ¿Cuántos? | | yes | . >= 1 and . < 20 | Escriba un número de 1 a 19. | | | | |
| | begin_repeat | menor | Hija o hijo | | | | | | | | |
| | integer | edad | ¿Qué edad tiene? | | | . <= 100 | Revise la edad. | | | | |
| | select_one sn | estudia | ¿Estudia? | ${edad} >= 6 | | | | | | | |
| | end_repeat | | | | | | | | | | |
| | end_group | | | | | | | | | | |
| | integer | juntos | Edades juntas | | | | | sum(${edad}) | | | yes |
| | select_one estado | estado | ¿En qué estado vive? | | | | | | | | |
| | select_one lugar | lugar | ¿En qué municipio? | ${estado} != '' | | | | | de = ${estado} | | |
| | rank tema | prioridad | Ponga primero lo que más le interesa | | | | | | | | |
| | select_multiple tema | quiere | ¿De qué quiere otra plática? | | | | | | | | |
| | note | gracias | Ya casi termina | ${hijas} != '' | | | | | | | |
| choices |
| | list_name | name | label | de | jornada_exclusiva |
| | sn | si | Sí | | |
| | sn | no | No | | |
| | estado | jal | Jalisco | | |
| | estado | gto | Guanajuato | | |
| | lugar | tepa | Tepatitlán | jal | |
| | lugar | valle | Valle de Guadalupe | jal | |
| | lugar | leon | León | gto | |
| | tema | leyes | Derechos y leyes | | |
| | tema | salud | Salud | | |
| | tema | dinero | Dinero propio | | |
| | tema | nada | Nada por ahora | | si |
| settings |
| | form_title | form_id | version |
| | Su casa | casa | 1 |
"""


def _hecho(tabla: str) -> Instrumento:
    resultado = importar("casa.md", dedent(tabla).encode())
    assert resultado.instrumento is not None, list(map(str, resultado.problemas))
    return resultado.instrumento


@pytest.fixture
def direccion(app, base, azar) -> Iterator[str]:
    instrumentos.asegurar(base, _hecho(CASA))
    clave = nuevo_evento(base, azar, encuestas=["casa", "despues"])
    with servida(app) as raiz:
        yield f"{raiz}/{clave}/e/1"


@pytest.fixture
def pagina(navegador: Browser) -> Iterator[Page]:
    contexto = navegador.new_context(viewport={"width": 360, "height": 640}, locale="es-MX")
    yield contexto.new_page()
    contexto.close()


@pytest.fixture
def guardado(base, instalacion):
    def leer() -> dict:
        (fila,) = base.execute("SELECT sobre FROM urna")
        return json.loads(instalacion.sello.abrir(fila["sobre"], INFO_URNA))["respuestas"]

    return leer


def abrir(pagina: Page, direccion: str) -> None:
    pagina.goto(direccion)
    pagina.locator("[data-viva]").wait_for()


def test_lo_que_no_toca_se_esconde_y_vuelve_con_lo_que_tenia(pagina, direccion):
    abrir(pagina, direccion)
    expect(pagina.get_by_label("¿Cuántos?")).to_be_hidden()
    expect(pagina.locator("[data-solo-si]").first).to_be_hidden()
    expect(pagina.get_by_text("Pregunta 1 de 4")).to_be_visible()
    pagina.locator("[name=p_hijas][value=si]").check()
    pagina.get_by_label("¿Cuántos?").fill("3")
    expect(pagina.get_by_text("Pregunta 2 de 6")).to_be_visible()
    expect(pagina.locator(".f-dicho")).to_have_text("Se agregaron 2 preguntas.")
    assert problemas(pagina) == []
    pagina.locator("[name=p_hijas][value=no]").check()
    expect(pagina.get_by_label("¿Cuántos?")).to_be_hidden()
    pagina.locator("[name=p_hijas][value=si]").check()
    expect(pagina.get_by_label("¿Cuántos?")).to_have_value("3")


def test_las_opciones_dependen_de_lo_que_se_eligio_antes(pagina, direccion):
    abrir(pagina, direccion)
    expect(pagina.get_by_text("¿En qué municipio?")).to_be_hidden()
    pagina.get_by_label("Jalisco").check()
    expect(pagina.get_by_label("León")).to_be_hidden()
    pagina.get_by_label("Tepatitlán").check()
    pagina.get_by_label("Guanajuato").check()
    expect(pagina.get_by_label("Tepatitlán")).to_be_hidden()
    expect(pagina.get_by_label("León")).to_be_visible()
    assert pagina.locator("[name=p_lugar]:checked").count() == 0  # una opción que ya no se ve no se manda


def test_lo_que_no_cumple_se_dice_al_dejarlo_y_se_quita_al_corregirlo(pagina, direccion):
    abrir(pagina, direccion)
    pagina.locator("[name=p_hijas][value=si]").check()
    cuantos = pagina.get_by_label("¿Cuántos?")
    cuantos.fill("50")
    assert pagina.get_by_role("alert").count() == 0  # mientras escribe no se le corrige
    cuantos.press("Tab")
    expect(pagina.get_by_role("alert")).to_have_text("Escriba un número de 1 a 19.")
    expect(cuantos).to_have_attribute("aria-invalid", "true")
    expect(cuantos).to_have_accessible_description("Escriba un número de 1 a 19.")
    cuantos.fill("5")
    expect(pagina.get_by_role("alert")).to_have_count(0)
    cuantos.fill("cinco")
    cuantos.press("Tab")
    expect(pagina.get_by_role("alert")).to_contain_text("Escriba solo el número")


def test_lo_que_falta_se_dice_al_mandar_sin_gastar_un_viaje(pagina, direccion):
    mandadas = []
    pagina.on("request", lambda pedida: mandadas.append(pedida) if pedida.method == "POST" else None)
    abrir(pagina, direccion)
    pagina.get_by_role("button", name="Enviar").click()
    expect(pagina.get_by_role("alert")).to_have_text("Conteste esta pregunta, por favor.")
    expect(pagina.locator("[name=p_hijas]").first).to_be_focused()
    assert mandadas == []
    assert problemas(pagina) == []


def test_las_vueltas_se_agregan_se_quitan_y_se_suman(pagina, direccion):
    abrir(pagina, direccion)
    pagina.locator("[name=p_hijas][value=si]").check()
    pagina.locator("[name='p_edad~1']").fill("4")
    pagina.get_by_role("button", name="Agregar otra").click()
    expect(pagina.get_by_role("heading", name="Hija o hijo (2)")).to_be_focused()
    pagina.locator("[name='p_edad~2']").fill("9")
    pagina.locator("[name='p_estudia~2'][value=si]").check()
    expect(pagina.locator("[name='p_estudia~1']").first).to_be_hidden()
    pagina.get_by_role("button", name="Agregar otra").click()
    pagina.locator("[name='p_edad~3']").fill("20")
    suma = pagina.get_by_role("status", name="Edades juntas")
    expect(suma).to_have_text("33")
    pagina.get_by_role("button", name="Quitar: Hija o hijo (1)").click()
    expect(suma).to_have_text("29")
    expect(pagina.locator("[name='p_edad~1']")).to_have_value("9")
    expect(pagina.locator("[name='p_estudia~1'][value=si]")).to_be_checked()
    expect(pagina.locator("[name='p_edad~3']")).to_be_hidden()
    assert pagina.locator("[name='p_edad~3']").input_value() == ""


def test_ninguna_desmarca_las_demas_con_reglas_y_sin_ellas(pagina, direccion):
    abrir(pagina, direccion)
    pagina.locator("[name=p_quiere][value=leyes]").check()
    pagina.locator("[name=p_quiere][value=nada]").check()
    expect(pagina.locator("[name=p_quiere][value=leyes]")).not_to_be_checked()
    pagina.goto(direccion.replace("/e/1", "/e/2"))
    assert pagina.locator("[data-viva], [data-reglas], script[src*=encuesta]").count() == 0
    sola = pagina.locator("[data-sola]").first
    nombre = sola.get_attribute("name")
    pagina.locator(f"[name={nombre}]:not([data-sola])").first.check()
    sola.check()
    expect(pagina.locator(f"[name={nombre}]:checked")).to_have_count(1)


LO_MISMO = {
    "hijas": "si", "cuantos": "2", "edad": ["7", "3"], "estudia": ["si", ""], "juntos": "10", "estado": "jal",
    "lugar": "valle", "prioridad": ["dinero", "leyes", "salud", "nada"], "quiere": ["leyes"],
}  # fmt: skip


def hasta(pagina: Page, selector: str) -> None:
    for _ in range(60):
        if pagina.evaluate("s => document.activeElement.matches(s)", selector):
            return
        pagina.keyboard.press("Tab")
    raise AssertionError(f"con el teclado no se llega a {selector}")


def oprimir(pagina: Page, selector: str, *teclas: str) -> None:
    hasta(pagina, selector)
    for tecla in teclas:
        pagina.keyboard.press(tecla)


def test_entera_solo_con_teclado_y_el_servidor_guarda_lo_mismo(pagina, direccion, guardado):
    abrir(pagina, direccion)
    oprimir(pagina, "[name=p_hijas]", "Space")
    hasta(pagina, "[name=p_cuantos]")
    pagina.keyboard.type("2")
    hasta(pagina, "[name='p_edad~1']")
    pagina.keyboard.type("7")
    oprimir(pagina, "[name='p_estudia~1']", "Space")
    oprimir(pagina, ".f-repetir button", "Enter")
    hasta(pagina, "[name='p_edad~2']")
    pagina.keyboard.type("3")
    oprimir(pagina, "[name=p_estado]", "Space")
    oprimir(pagina, "[name=p_lugar]", "ArrowDown")
    oprimir(pagina, ".f-orden li:nth-child(3) .f-mover", "Enter", "Enter")  # Dinero propio, al primer lugar
    expect(pagina.locator(".f-dicho")).to_have_text("Dinero propio: lugar 1 de 4.")
    expect(pagina.get_by_role("button", name="Subir: Dinero propio")).to_be_focused()
    oprimir(pagina, "[name=p_quiere]", "Space")
    oprimir(pagina, "main form button.primero", "Enter")
    pagina.get_by_role("heading", name="Listo").wait_for()
    assert guardado() == LO_MISMO


def test_sin_guiones_se_guarda_lo_mismo(navegador, direccion, guardado):
    contexto = navegador.new_context(java_script_enabled=False, viewport={"width": 360, "height": 640})
    pagina = contexto.new_page()
    pagina.goto(direccion)
    for campo, valor in {"p_cuantos": "2", "p_edad~1": "7", "p_edad~2": "3"}.items():
        if campo == "p_edad~2":
            pagina.get_by_text("Agregar otra: Hija o hijo (2)").click()
        pagina.locator(f"[name='{campo}']").fill(valor)
    for marcada in ("p_hijas=si", "p_estudia~1=si", "p_estado=jal", "p_lugar=valle", "p_quiere=leyes"):
        campo, valor = marcada.split("=")
        pagina.locator(f"[name='{campo}'][value={valor}]").check()
    for lugar, opcion in enumerate(("dinero", "leyes", "salud", "nada")):
        pagina.locator("[name=p_prioridad]").nth(lugar).select_option(opcion)
    pagina.get_by_role("button", name="Enviar").click()
    expect(pagina.get_by_role("heading", level=1)).to_have_text("Listo")
    contexto.close()
    assert guardado() == LO_MISMO


def test_una_por_pantalla_avanza_regresa_y_se_para_en_lo_que_falta(pagina, app, base, azar, guardado):
    instrumentos.asegurar(base, _hecho(CASA))
    clave = nuevo_evento(base, azar, encuestas=[{"instrumento": "casa", "version": 1, "por_pantalla": True}])
    with servida(app) as raiz:
        abrir(pagina, f"{raiz}/{clave}/e/1")
        siguiente, regresar = (pagina.get_by_role("button", name=n) for n in ("Siguiente", "Anterior"))
        expect(pagina.locator(".f-p:visible")).to_have_count(0)
        pagina.get_by_role("button", name="Empezar").click()
        expect(pagina.locator(".f-p:visible")).to_have_count(1)
        expect(pagina.get_by_role("button", name="Enviar")).to_be_hidden()
        siguiente.click()
        expect(pagina.get_by_role("alert")).to_have_text("Conteste esta pregunta, por favor.")
        pagina.locator("[name=p_hijas][value=si]").check()
        siguiente.click()
        expect(pagina.locator(".f-p:visible legend, .f-p:visible label").first).to_be_focused()
        assert problemas(pagina) == []
        pagina.get_by_label("¿Cuántos?").fill("1")
        pagina.keyboard.press("Enter")  # sigue, no manda
        expect(pagina.locator("[name='p_edad~1']")).to_be_visible()
        pagina.locator("[name='p_edad~1']").fill("2")
        expect(pagina.get_by_role("button", name="Agregar otra")).to_be_visible()
        regresar.click()
        expect(pagina.get_by_label("¿Cuántos?")).to_have_value("1")
        for _ in range(2):
            siguiente.click()
        expect(pagina.get_by_text("Edades juntas")).to_be_visible()
        for _ in range(2):
            siguiente.click()
        expect(pagina.get_by_text("Ya casi termina")).to_be_visible()
        pagina.locator("[name=p_quiere][value=salud]").check()
        pagina.get_by_role("button", name="Enviar").click()
        pagina.get_by_role("heading", name="Listo").wait_for()
    assert guardado() == {"hijas": "si", "cuantos": "1", "edad": ["2"], "juntos": "2", "quiere": ["salud"]}


def test_si_el_envio_falla_lo_contestado_sigue_y_se_manda_una_vez(pagina, direccion, guardado):
    abrir(pagina, direccion)
    pagina.locator("[name=p_hijas][value=no]").check()
    pagina.locator("[name=p_estado][value=gto]").check()
    pagina.context.set_offline(True)
    pagina.get_by_role("button", name="Enviar").click()
    pagina.get_by_text("No hay señal").wait_for()
    pagina.locator("[name=p_lugar][value=leon]").check()  # mientras, todavía responde
    assert pagina.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    pagina.context.set_offline(False)
    pagina.get_by_role("heading", name="Listo").wait_for()
    assert guardado() == {"hijas": "no", "estado": "gto", "lugar": "leon", "juntos": "0"}


def test_lo_que_el_servidor_regresa_con_errores_vuelve_a_responder(pagina, direccion):
    abrir(pagina, direccion)
    pagina.evaluate(
        "document.querySelector('form').addEventListener('submit', (e) => e.stopImmediatePropagation(), true)"
    )
    pagina.evaluate("document.querySelector('form').submit()")  # como si el guion no hubiera revisado nada
    expect(pagina.get_by_role("alert")).to_have_text("Conteste esta pregunta, por favor.")
    pagina.locator("[data-viva]").wait_for()
    pagina.locator("[name=p_hijas][value=si]").check()
    expect(pagina.get_by_label("¿Cuántos?")).to_be_visible()
    expect(pagina.get_by_role("alert")).to_have_count(0)


VOCES = """
  const voces = [{name: 'De la red', lang: 'es-MX', localService: false}, ...LOCALES];
  const dichas = (window.dichas = []);
  class Dicho { constructor(texto) { this.text = texto; } }
  Object.defineProperty(window, 'SpeechSynthesisUtterance', {value: Dicho});
  Object.defineProperty(window, 'speechSynthesis', {value: {
    speaking: false, getVoices: () => voces, cancel() {}, addEventListener() {},
    speak(dicho) { dichas.push([dicho.voice.name, dicho.text]); },
  }});
"""


@pytest.mark.parametrize("encuesta", ["/e/1", "/e/2"])
def test_se_puede_escuchar_solo_con_una_voz_del_telefono(pagina, direccion, encuesta):
    locales = "[{name: 'Del teléfono', lang: 'es-ES', localService: true}]"
    pagina.add_init_script(f"const LOCALES = {locales};{VOCES}")
    pagina.goto(direccion.replace("/e/1", encuesta))
    boton = pagina.get_by_role("button", name="Escuchar").first
    titulo = pagina.locator(".f-campo:visible > legend, .f-campo:visible > label").first.inner_text().replace("\n", " ")
    boton.click()
    ((voz, dicho),) = pagina.evaluate("dichas")
    assert voz == "Del teléfono"
    assert dicho.startswith(titulo.split("?")[0][:30])
    if encuesta == "/e/1":
        assert dicho.endswith("Sí. No")
    assert problemas(pagina) == []


def test_con_una_voz_que_saldria_a_la_red_no_hay_boton(pagina, direccion):
    pagina.add_init_script(f"const LOCALES = [];{VOCES}")
    abrir(pagina, direccion)
    assert pagina.get_by_role("button", name="Escuchar").count() == 0


def test_el_foco_no_se_pierde_si_lo_que_sigue_deja_de_tocar(pagina, direccion):
    abrir(pagina, direccion)
    pagina.locator("[name=p_hijas][value=si]").check()
    pagina.get_by_label("¿Cuántos?").focus()
    pagina.locator("[name=p_hijas][value=no]").evaluate(
        "e => { e.checked = true; e.dispatchEvent(new Event('input', {bubbles: true})); }"
    )
    expect(pagina.get_by_text("¿En qué estado vive?")).to_be_focused()


def test_de_una_en_una_sin_reglas_solo_con_teclado(pagina, app, base, azar, guardado):
    una = [{"instrumento": "satisfaccion", "version": 1, "por_pantalla": True}]
    clave = nuevo_evento(base, azar, encuestas=una)
    with servida(app) as raiz:
        abrir(pagina, f"{raiz}/{clave}/e/1")
        pedidos = pagina.evaluate(
            "performance.getEntriesByType('resource').map((r) => r.name.split('/').pop().split('?')[0])"
        )
        assert pedidos == ["una_a_una.js"]
        oprimir(pagina, ".f-pasos button:not([hidden])", "Enter")
        contestadas = 0
        while pagina.get_by_role("button", name="Siguiente").is_visible():
            if pagina.locator(".f-p:visible input[type=radio]").count():
                oprimir(pagina, ".f-p:not([hidden]) input[type=radio]", "Space")
                contestadas += 1
            oprimir(pagina, ".f-pasos .primero", "Enter")
        oprimir(pagina, "main form > button", "Enter")
        pagina.get_by_role("heading", name="Listo").wait_for()
    assert len(guardado()) == contestadas > 3


def test_con_puras_condiciones_llega_el_guion_mas_chico_y_responde_igual(pagina, app, base, azar, guardado):
    tabla = """
    | survey |
    | | type | name | label | relevant | constraint | constraint_message |
    | | select_one sn | trabaja | ¿Trabaja? | | | |
    | | begin_group | empleo | Su trabajo | ${trabaja} = 'si' | | |
    | | integer | horas | ¿Cuántas horas al día? | | . <= 24 | Un día tiene 24 horas. |
    | | end_group | | | | | |
    | choices |
    | | list_name | name | label |
    | | sn | si | Sí |
    | | sn | no | No |
    | settings |
    | | form_title | form_id | version |
    | | Trabajo | trabajo | 1 |
    """
    instrumentos.asegurar(base, _hecho(tabla))
    clave = nuevo_evento(base, azar, encuestas=["trabajo"])
    with servida(app) as raiz:
        abrir(pagina, f"{raiz}/{clave}/e/1")
        assert pagina.locator("script[src*='/encuesta/reglas.js']").count() == 1
        expect(pagina.get_by_text("Su trabajo")).to_be_hidden()
        pagina.get_by_label("Sí").check()
        pagina.get_by_label("¿Cuántas horas al día?").fill("25")
        pagina.get_by_role("button", name="Enviar").click()
        expect(pagina.get_by_role("alert").first).to_have_text("Un día tiene 24 horas.")
        pagina.get_by_label("¿Cuántas horas al día?").fill("8")
        pagina.get_by_role("button", name="Enviar").click()
        pagina.get_by_role("heading", name="Listo").wait_for()
    assert guardado() == {"trabaja": "si", "horas": "8"}
