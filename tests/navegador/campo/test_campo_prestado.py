"""El teléfono prestado: una persona a la vez, sin regreso y sin rastro de la anterior."""

import json

from playwright.sync_api import expect

from tests.navegador.promotora import cola, contestar, prestar, recuperar


def test_prestado_contestan_dos_personas_y_las_dos_llegan_a_la_urna(contexto, sitio, base):
    pagina = prestar(contexto, sitio, "Antes de empezar")
    pagina.get_by_label("Su ficha").fill("luna 37")
    pagina.get_by_role("button", name="Empezar").click()
    contestar(pagina, D1="M", D2="30-44", K1="V", K2="F")
    expect(pagina.get_by_role("heading", name="Listo. Gracias.")).to_be_visible()
    expect(pagina.get_by_text("911", exact=True)).to_be_visible()
    pagina.get_by_role("button", name="Que conteste otra persona").click()
    assert pagina.get_by_label("Su ficha").input_value() == ""
    pagina.get_by_role("button", name="Empezar").click()
    assert pagina.locator("input:checked").count() == 0
    contestar(pagina, D1="H", D2="60+", K2="V")
    recuperar(pagina)
    assert "LUNA" not in json.dumps(cola(pagina))
    expect(pagina.locator(".cuenta-numero")).to_have_text("0")
    contexto.set_offline(False)
    expect(pagina.locator(".estado")).to_contain_text("Todo enviado")
    filas = [tuple(f) for f in base.execute("SELECT instrumento FROM urna")]
    assert filas == [("antes",), ("antes",)]
    assert base.execute("SELECT count(*) FROM cuarentena").fetchone()[0] == 0


def test_prestado_no_se_sale_ni_se_regresa_y_recargar_borra_lo_contestado(contexto, sitio):
    pagina = prestar(contexto, sitio, "Antes de empezar")
    pagina.get_by_role("button", name="Empezar").click()
    pagina.get_by_label("Mujer", exact=True).check()
    pagina.get_by_role("button", name="Siguiente").click()
    for _ in range(4):
        pagina.evaluate("history.back()")
        pagina.wait_for_timeout(150)
    expect(pagina.get_by_text("Pregunta 2 de 12")).to_be_visible()
    assert pagina.get_by_role("link").count() == 0
    pagina.reload()
    expect(pagina.get_by_role("button", name="Empezar")).to_be_visible()
    assert pagina.locator("input:checked").count() == 0
    assert cola(pagina) == []
    pagina.get_by_role("button", name="Personal").click()
    expect(pagina.get_by_role("button", name="Empezar")).to_be_visible()
    recuperar(pagina)


def test_una_ficha_que_no_existe_se_dice_antes_de_empezar(contexto, sitio):
    pagina = prestar(contexto, sitio, "¿Qué nos llevamos?")
    pagina.get_by_label("Su ficha").fill("lunes 37")
    pagina.get_by_role("button", name="Empezar").click()
    expect(pagina.get_by_role("alert").filter(has_text="No reconocemos esa ficha")).to_be_visible()
    pagina.get_by_label("Su ficha").fill("LUNA-37")
    pagina.get_by_role("button", name="Empezar").click()
    contestar(pagina, K1="V")
    expect(pagina.get_by_text("Listo. Gracias.")).to_be_visible()
    expect(pagina.get_by_text("Código Violeta").first).to_be_visible()
