"""La aplicación de campo en Chromium: el día entero sin señal, y la red haciendo de las suyas."""

import json
import threading

from playwright.sync_api import Route, expect

from recoleccion.consultas import cuarentena, dispositivos, recepcion
from recoleccion.instalacion import ahora
from recoleccion.vistas import aplicacion_campo
from tests.navegador.campo.conftest import servir
from tests.navegador.promotora import (
    NOMBRE,
    OTRO,
    abrir_en_frio_sin_senal,
    al_evento,
    asistencias,
    cola,
    entrar,
    enviar,
    preparar,
    registrar,
)


def test_sin_senal_se_registra_se_cuenta_se_deshace_y_al_volver_llega_todo_una_vez(contexto, sitio, base):
    preparar(contexto.new_page(), sitio)
    pagina = abrir_en_frio_sin_senal(contexto, sitio)
    al_evento(pagina)
    registrar(pagina, nombre=NOMBRE)
    registrar(pagina)
    pagina.get_by_role("button", name="Deshacer").first.click()
    expect(pagina.locator(".noticia")).to_contain_text("se deshizo")
    pagina.get_by_role("link", name="Contar").click()
    celda = pagina.get_by_role("button", name="Hombre, 60 años o más:")
    for _ in range(3):
        celda.click()
    expect(celda).to_contain_text("3")
    pagina.get_by_role("link", name="Atrás").click()
    expect(pagina.locator(".cuenta-numero")).to_have_text("4")
    expect(pagina.locator(".estado")).to_contain_text("6 guardados en este teléfono")
    en_disco = cola(pagina)
    assert len(en_disco) == 6
    assert all(set(r) == {"id", "sobre", "evento", "estado", "intentos", "dispositivo", "firma"} for r in en_disco)
    assert NOMBRE not in json.dumps(en_disco, ensure_ascii=False)
    assert len({len(r["sobre"]) for r in en_disco}) == 1, "el tamaño del sobre dice qué es"
    enviar(pagina)
    expect(pagina.locator(".noticia")).to_contain_text("Sin señal: se envían solos")
    assert len([r for r in cola(pagina) if r["estado"] == "guardado"]) == 6
    contexto.set_offline(False)
    expect(pagina.locator(".estado")).to_contain_text("Todo enviado")
    assert asistencias(base) == [
        *[("conteo", "H", "60+", "nd", None)] * 3,
        ("promotora", "M", "30-44", "rancho", NOMBRE),
    ]
    assert base.execute("SELECT count(*) FROM anulacion").fetchone()[0] == 1
    assert base.execute("SELECT count(*) FROM cuarentena").fetchone()[0] == 0


def test_probar_mientras_la_aplicacion_se_guarda_espera_y_no_dice_que_falta(contexto, datos, base):
    llego = threading.Event()

    def con_poca_senal(app):
        def atender(entorno, empezar):
            if entorno["PATH_INFO"].endswith(".wasm"):
                llego.wait(60)
            return app(entorno, empezar)

        return atender

    with servir(datos, base, con_poca_senal) as sitio:
        pagina = contexto.new_page()
        pagina.goto(f"{sitio}/campo/")
        entrar(pagina)
        pagina.get_by_role("button", name="Probar este teléfono").click()
        try:
            expect(pagina.get_by_text("Probando… Con poca señal tarda.")).to_be_visible()
            expect(pagina.get_by_text("Falta guardar la aplicación")).not_to_be_visible()
        finally:
            llego.set()
        expect(pagina.get_by_text("La aplicación abre sin señal.")).to_be_visible()


def test_recargar_a_media_captura_no_pierde_la_cuenta_ni_lo_guardado(contexto, sitio):
    pagina = contexto.new_page()
    preparar(pagina, sitio)
    contexto.set_offline(True)
    pagina.get_by_role("link", name="Ir a los eventos").click()
    al_evento(pagina)
    registrar(pagina, veces=2)
    pagina.reload()
    expect(pagina.locator(".cuenta-numero")).to_have_text("2")
    expect(pagina.locator(".estado")).to_contain_text("2 guardados en este teléfono")


def test_un_doble_toque_es_una_persona(contexto, sitio):
    pagina = contexto.new_page()
    preparar(pagina, sitio)
    contexto.set_offline(True)
    pagina.get_by_role("link", name="Ir a los eventos").click()
    al_evento(pagina, OTRO)
    pagina.get_by_role("link", name="Registrar", exact=True).click()
    pagina.get_by_role("button", name="Mujer").click()
    pagina.get_by_role("button", name="De 30 a 44 años").click()
    pagina.get_by_role("button", name="Del pueblo").evaluate("(boton) => { boton.click(); boton.click(); }")
    expect(pagina.locator(".noticia")).to_contain_text("Guardado en este teléfono")
    assert len(cola(pagina)) == 1


def test_a_una_menor_no_se_le_pide_nombre(contexto, sitio):
    pagina = contexto.new_page()
    preparar(pagina, sitio)
    pagina.get_by_role("link", name="Ir a los eventos").click()
    al_evento(pagina)
    pagina.get_by_role("link", name="Registrar", exact=True).click()
    pagina.get_by_role("button", name="Mujer").click()
    pagina.get_by_role("button", name="De 12 a 17 años").click()
    expect(pagina.get_by_role("heading", name="¿De dónde viene?")).to_be_visible()
    assert pagina.get_by_role("textbox").count() == 0
    pagina.get_by_role("button", name="‹ Corregir lo anterior").click()
    pagina.get_by_role("button", name="De 18 a 29 años").click()
    expect(pagina.get_by_label("Nombre (si quiere darlo)")).to_be_visible()


# --- La red hace de las suyas -----------------------------------------------------------------------------------------


def test_un_portal_cautivo_no_vacia_la_cola(contexto, sitio, base):
    pagina = contexto.new_page()
    preparar(pagina, sitio)

    def portal(ruta: Route) -> None:
        ruta.fulfill(status=200, content_type="text/html", body="<h1>Acepte los términos</h1>")

    pagina.route("**/api/v1/lote", portal)
    pagina.get_by_role("link", name="Ir a los eventos").click()
    al_evento(pagina)
    registrar(pagina, veces=3)
    enviar(pagina)
    expect(pagina.locator(".estado")).to_contain_text("3 guardados en este teléfono")
    expect(pagina.locator(".estado")).to_contain_text("La red no llega a la oficina")
    assert asistencias(base) == []
    pagina.unroute("**/api/v1/lote")
    pagina.get_by_role("button", name="Enviar ahora").click()
    expect(pagina.locator(".estado")).to_contain_text("Todo enviado")
    assert len(asistencias(base)) == 3


def test_un_permiso_que_ya_no_se_conoce_conserva_todo_y_se_vuelve_a_entrar(contexto, sitio, base):
    pagina = contexto.new_page()
    preparar(pagina, sitio)
    base.execute("UPDATE dispositivo SET token_huella = 'de otro'")
    pagina.get_by_role("link", name="Ir a los eventos").click()
    al_evento(pagina)
    registrar(pagina, veces=2)
    enviar(pagina)
    expect(pagina.locator(".estado")).to_contain_text("Entre otra vez para enviar")
    pagina.get_by_role("link", name="Preparar este teléfono").click()
    pagina.get_by_role("button", name="Entrar otra vez").click()
    expect(pagina.get_by_text("2 registros por enviar siguen en este teléfono.")).to_be_visible()
    entrar(pagina)
    expect(pagina.locator(".estado")).to_contain_text("Todo enviado")
    assert len(asistencias(base)) == 2


def test_lo_de_un_telefono_dado_de_baja_llega_y_espera_a_la_titular(contexto, sitio, base, instalacion):
    pagina = contexto.new_page()
    preparar(pagina, sitio)
    dispositivos.revocar(base, dispositivos.listar(base)[0]["id"], ahora())
    pagina.get_by_role("link", name="Ir a los eventos").click()
    al_evento(pagina)
    registrar(pagina, veces=2)
    enviar(pagina)
    expect(pagina.get_by_text("Este teléfono se dio de baja.")).to_have_count(2)
    assert len(cola(pagina)) == 2
    assert asistencias(base) == []
    for espera in cuarentena.listar(base):
        recepcion.reintentar(base, [espera["id"]], sello=instalacion.sello, ahora=ahora())
    assert len(asistencias(base)) == 2


def test_dos_pestanas_no_mandan_lo_mismo_a_la_vez(contexto, sitio, base):
    una = contexto.new_page()
    preparar(una, sitio)
    contexto.set_offline(True)
    una.get_by_role("link", name="Ir a los eventos").click()
    al_evento(una)
    registrar(una, veces=4)
    otra = contexto.new_page()
    otra.goto(f"{sitio}/campo/#/pendientes")
    mandados: list[str] = []
    for pagina in (una, otra):
        pagina.on(
            "request",
            lambda pedido: (
                mandados.extend(r["id"] for r in pedido.post_data_json["registros"])
                if pedido.url.endswith("/api/lote")
                else None
            ),
        )
    contexto.set_offline(False)
    for pagina in (una, otra):
        pagina.evaluate("dispatchEvent(new Event('online'))")
    for pagina in (una, otra):
        expect(pagina.locator(".estado")).to_contain_text("Todo enviado")
    assert len(asistencias(base)) == 4
    assert sorted(mandados) == sorted(set(mandados))


def test_una_version_nueva_se_ofrece_y_nunca_se_impone(contexto, sitio, monkeypatch):
    pagina = contexto.new_page()
    preparar(pagina, sitio)
    vieja = aplicacion_campo.version()
    monkeypatch.setattr(aplicacion_campo, "version", lambda: "9.9+nueva")
    pagina.reload()
    expect(pagina.get_by_text("Hay una versión nueva. Lo guardado no se toca.")).to_be_visible()
    version = "document.querySelector('meta[name=jornada-version]').content"
    assert pagina.evaluate(version) == vieja
    pagina.get_by_role("button", name="Actualizar").click()
    pagina.wait_for_function(f"() => {version} === '9.9+nueva'")
