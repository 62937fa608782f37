"""En Chromium, con un autenticador virtual: dar de alta una llave y entrar con ella; sin JavaScript, con un código."""

from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, expect

from recoleccion.consultas import ajustes, llaves_acceso
from tests.elenco import CONTRASENA
from tests.navegador.accesibilidad import accesible
from tests.navegador.servido import servida

AUTENTICADOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


def dar_contrasena(p: Page) -> None:
    p.get_by_label("Usuario").fill("titular")
    p.get_by_label("Contraseña").fill(CONTRASENA)
    p.get_by_role("button", name="Entrar", exact=True).click()


def test_se_da_de_alta_una_llave_y_con_ella_se_entra_y_sin_javascript_con_un_codigo(
    app, base, elenco, navegador: Browser
):
    with servida(app) as direccion:
        sitio = f"http://localhost:{urlsplit(direccion).port}"
        ajustes.guardar(base, "host_publico", sitio)
        contexto = navegador.new_context(viewport={"width": 360, "height": 640})
        p = contexto.new_page()
        cdp = contexto.new_cdp_session(p)
        cdp.send("WebAuthn.enable")
        cdp.send("WebAuthn.addVirtualAuthenticator", {"options": AUTENTICADOR})

        p.goto(f"{sitio}/panel/entrar?next=/panel/mi-entrada")
        dar_contrasena(p)
        p.get_by_label("Cómo le va a llamar").fill("La compu de la oficina")
        p.get_by_role("button", name="Agregar una llave").click()
        expect(p.get_by_text("Se agregó la llave de acceso «La compu de la oficina»")).to_be_visible()
        assert accesible(p) == []
        p.get_by_role("button", name="Pedir mis códigos").click()
        codigos = p.locator(".codigos-unicos li").all_inner_texts()
        assert len(codigos) == 10
        assert accesible(p) == []

        p.get_by_role("button", name="Salir").click()
        expect(p).to_have_url(f"{sitio}/panel/")  # el navegador la ofrece solo, y este autenticador siempre acepta
        p.add_init_script("delete PublicKeyCredential.isConditionalMediationAvailable")  # uno que no la ofrece solo
        p.get_by_role("button", name="Salir").click()
        p.get_by_role("button", name="Entrar con llave de acceso").click()
        expect(p).to_have_url(f"{sitio}/panel/")
        llave = llaves_acceso.de_cuenta(base, elenco.titular.id)[0]
        assert llave.usada_en
        assert llave.contador > 1
        contexto.close()

        contexto = navegador.new_context(java_script_enabled=False)
        p = contexto.new_page()
        p.goto(f"{sitio}/panel/entrar")
        expect(p.get_by_role("button")).to_have_count(1)
        dar_contrasena(p)
        p.get_by_label("Número").fill(codigos[0])
        p.get_by_role("button", name="Entrar", exact=True).click()
        expect(p).to_have_url(f"{sitio}/panel/")
        contexto.close()
