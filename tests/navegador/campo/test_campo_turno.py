"""Quién registra en un teléfono de varias: su PIN, su turno y lo que pasa cuando se cierra."""

import pytest
from playwright.sync_api import Page, expect

from recoleccion.consultas import cuentas
from tests.elenco import CONTRASENA, HORA
from tests.navegador.promotora import TITULO, al_evento, preparar, registrar, violaciones

PIN, OTRO_PIN = "274193", "805126"
REGISTRADO = "SELECT c.nombre FROM asistencia a LEFT JOIN cuenta c ON c.id = a.promotora_id ORDER BY a.hora_dispositivo"


@pytest.fixture
def lupe(base) -> str:
    return cuentas.crear(
        base, usuario="lupe", nombre="Guadalupe Íñiguez", rol="promotora", contrasena=CONTRASENA, ahora=HORA
    )


def entrar(pagina: Page, usuario: str, pin: str) -> None:
    """Desde «¿Quién registra?», con señal y sin ratón, hasta regresar a donde estaba."""
    pagina.get_by_role("button", name="Entrar con mi usuario").or_(
        pagina.get_by_role("button", name="Entrar otra promotora")
    ).press("Enter")
    expect(pagina.get_by_label("Usuario")).to_be_focused()
    pagina.keyboard.type(usuario)
    pagina.keyboard.press("Tab")
    pagina.keyboard.type(CONTRASENA)
    pagina.keyboard.press("Enter")
    expect(pagina.get_by_label("PIN nuevo")).to_be_focused()  # la contraseña cuesta tiempo a propósito
    pagina.keyboard.type(pin)
    pagina.keyboard.press("Tab")
    pagina.keyboard.type(pin)
    pagina.keyboard.press("Enter")


def escribir_pin(pagina: Page, nombre: str, pin: str) -> None:
    pagina.get_by_role("button", name=nombre).press("Enter")
    expect(pagina.get_by_label(f"PIN de {nombre}")).to_be_focused()
    pagina.keyboard.type(pin)
    pagina.keyboard.press("Enter")


def con_las_dos(pagina: Page, sitio: str) -> None:
    preparar(pagina, sitio)
    pagina.get_by_role("link", name="Ir a los eventos").click()
    al_evento(pagina)
    for usuario, pin, hacer in (
        ("promotora", PIN, "Decir quién registra"),
        ("lupe", OTRO_PIN, "Cambiar de promotora"),
    ):
        pagina.get_by_role("link", name=hacer).press("Enter")
        entrar(pagina, usuario, pin)
        expect(pagina.get_by_role("link", name="Contar")).to_be_visible()


def test_dos_en_un_telefono_cada_registro_dice_de_quien_es(contexto, sitio, base, lupe, elenco):
    pagina = contexto.new_page()
    con_las_dos(pagina, sitio)
    expect(pagina.locator(".turno")).to_contain_text("Registra Guadalupe Í.")
    registrar(pagina)
    contexto.set_offline(True)
    pagina.get_by_role("link", name="Cambiar de promotora").click()  # dos toques y su PIN
    corto = pagina.locator(".opcion").first.inner_text()
    escribir_pin(pagina, corto, PIN)
    expect(pagina.locator(".turno")).to_contain_text(f"Registra {corto}")
    registrar(pagina)
    pagina.reload()
    expect(pagina.locator(".turno")).to_contain_text(f"Registra {corto}")  # sin señal y tras recargar, sigue
    pagina.get_by_role("link", name="Cambiar de promotora").click()
    pagina.get_by_role("button", name="Cerrar mi turno").click()
    pagina.get_by_role("link", name="Atrás").click()
    pagina.get_by_role("link", name="Registrar", exact=True).click()
    expect(pagina.get_by_role("heading", name="¿Quién registra?")).to_be_visible()
    pagina.get_by_role("button", name="Seguir sin decir quién").click()
    expect(pagina.get_by_role("heading", name="¿Usted es…?")).to_be_visible()
    pagina.get_by_role("link", name="Atrás").click()
    registrar(pagina)  # no se vuelve a preguntar
    contexto.set_offline(False)
    expect(pagina.locator(".estado")).to_contain_text("Todo enviado")
    rosa = cuentas.leer(base, elenco.promotora.id).nombre
    assert [fila[0] for fila in base.execute(REGISTRADO)] == ["Guadalupe Íñiguez", rosa, None]


def test_un_pin_equivocado_espera_y_nunca_impide_registrar(contexto, sitio, lupe):
    pagina = contexto.new_page()
    con_las_dos(pagina, sitio)
    contexto.set_offline(True)
    pagina.get_by_role("link", name="Cambiar de promotora").click()
    pagina.get_by_role("button", name="Cerrar mi turno").click()
    pagina.get_by_role("button", name="Guadalupe Í.").click()
    for n in range(3):
        pagina.get_by_label("PIN de Guadalupe Í.").fill("999999")
        pagina.get_by_role("button", name="Abrir mi turno").click()
        expect(pagina.get_by_role("alert")).to_contain_text("Espere" if n == 2 else "No coincide. Inténtelo")
        expect(pagina.get_by_label("PIN de Guadalupe Í.")).to_have_value("")
    expect(pagina.get_by_role("button", name="Abrir mi turno")).to_be_disabled()
    pagina.reload()
    pagina.get_by_role("button", name="Guadalupe Í.").click()
    expect(pagina.get_by_role("alert")).to_contain_text("Espere")
    pagina.get_by_role("button", name="Olvidé mi PIN").click()
    pagina.get_by_label("Usuario").fill("lupe")
    pagina.get_by_label("Contraseña").fill(CONTRASENA)
    pagina.keyboard.press("Enter")
    expect(pagina.get_by_role("alert")).to_contain_text("No hay señal")
    pagina.get_by_role("button", name="Regresar").click()
    pagina.get_by_role("button", name="Seguir sin decir quién").click()
    registrar(pagina)
    contexto.set_offline(False)
    pagina.get_by_role("link", name="Cambiar de promotora").click()
    entrar(pagina, "lupe", "136802")
    expect(pagina.locator(".turno")).to_contain_text("Registra Guadalupe Í.")


def test_la_cuenta_desactivada_desaparece_del_telefono_y_su_turno_se_cierra(contexto, sitio, base, lupe):
    pagina = contexto.new_page()
    con_las_dos(pagina, sitio)
    cuentas.desactivar(base, lupe)
    registrar(pagina)  # al enviarse se pregunta si sigue valiendo
    expect(pagina.locator(".estado")).to_contain_text("Todo enviado")
    pagina.goto(f"{sitio}/campo/#/preparar")
    pagina.get_by_role("button", name="Descargar otra vez").click()
    expect(pagina.locator(".noticia")).to_contain_text("Listo")
    pagina.goto(f"{sitio}/campo/#/turno/")
    expect(pagina.get_by_role("heading", name="¿Quién registra?")).to_be_visible()
    assert pagina.get_by_role("button", name="Guadalupe Í.").count() == 0
    assert pagina.locator(".opcion").count() == 1
    assert [fila[0] for fila in base.execute(REGISTRADO)] == [None]  # se aceptó igual


def test_si_nadie_toca_el_telefono_se_vuelve_a_preguntar_pero_no_sobre_lo_escrito(contexto, sitio, lupe):
    pagina = contexto.new_page()
    pagina.clock.install()
    con_las_dos(pagina, sitio)
    pagina.get_by_role("link", name="Registrar", exact=True).click()
    pagina.get_by_role("button", name="Mujer").click()
    pagina.get_by_role("button", name="De 30 a 44 años").click()
    pagina.get_by_label("Nombre (si quiere darlo)").fill("Ana")
    pagina.clock.fast_forward("16:00")
    pagina.wait_for_timeout(300)
    expect(pagina.get_by_label("Nombre (si quiere darlo)")).to_have_value("Ana")
    pagina.get_by_label("Nombre (si quiere darlo)").fill("")
    pagina.clock.fast_forward("02:00")
    expect(pagina.get_by_role("heading", name="¿Quién registra?")).to_be_visible()
    expect(pagina.get_by_text("Nadie tocó el teléfono y se cerró el turno")).to_be_visible()
    escribir_pin(pagina, "Guadalupe Í.", OTRO_PIN)
    expect(pagina.get_by_role("heading", name="¿Usted es…?")).to_be_visible()


def test_en_el_disco_del_telefono_no_queda_ningun_nombre_de_promotora_ni_pin(contexto, sitio, lupe):
    pagina = contexto.new_page()
    con_las_dos(pagina, sitio)
    guardado = pagina.evaluate(
        """async () => {
          const listo = (p) => new Promise((r) => { p.onsuccess = () => r(p.result); });
          const bd = await listo(indexedDB.open("jornada"));
          const ajustes = bd.transaction("ajustes").objectStore("ajustes");
          const [claves, valores] = [await listo(ajustes.getAllKeys()), await listo(ajustes.getAll())];
          const bytes = (v) => v instanceof ArrayBuffer || ArrayBuffer.isView(v);
          const texto = (_, v) => bytes(v) ? new TextDecoder().decode(v) : v;
          return JSON.stringify([claves, valores, {...localStorage}, {...sessionStorage}], texto);
        }"""
    )
    for secreto in ("Guadalupe", "Íñiguez", PIN, OTRO_PIN, CONTRASENA):
        assert secreto not in guardado
    assert lupe in guardado  # el control: sí se miró


def test_cada_paso_del_turno_se_puede_leer_y_cabe_en_360(contexto, sitio, lupe):
    pagina = contexto.new_page()
    malas: dict[str, list[str]] = {}

    def mirar(nombre: str) -> None:
        if faltas := violaciones(pagina):
            malas[nombre] = faltas
        assert pagina.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, nombre

    con_las_dos(pagina, sitio)
    mirar("evento")
    pagina.get_by_role("link", name="Cambiar de promotora").click()
    mirar("con turno")
    pagina.locator(".opcion").click()
    mirar("PIN")
    pagina.get_by_role("button", name="Olvidé mi PIN").click()
    mirar("entrar")
    pagina.get_by_label("Usuario").fill("lupe")
    pagina.get_by_label("Contraseña").fill("otra cosa")
    pagina.keyboard.press("Enter")
    expect(pagina.get_by_role("alert")).to_contain_text("no coinciden")
    mirar("no coincide")
    pagina.get_by_label("Contraseña").fill(CONTRASENA)
    pagina.keyboard.press("Enter")
    expect(pagina.get_by_label("PIN nuevo")).to_be_visible()
    pagina.get_by_label("PIN nuevo").fill("123456")
    pagina.keyboard.press("Enter")
    expect(pagina.get_by_role("alert")).to_contain_text("Escoja otro")
    mirar("PIN nuevo")
    assert malas == {}


def test_lo_escrito_no_se_pierde_sin_preguntar(contexto, sitio):
    pagina = contexto.new_page()
    preparar(pagina, sitio)
    pagina.get_by_role("link", name="Ir a los eventos").click()
    al_evento(pagina)
    pagina.get_by_role("link", name="Registrar", exact=True).click()
    pagina.get_by_role("button", name="Mujer").click()
    pagina.get_by_role("button", name="De 30 a 44 años").click()
    pagina.get_by_label("Nombre (si quiere darlo)").fill("Ana")
    direccion = pagina.url
    historial = "navigation.entries().map(({ url }) => url)"
    antes = pagina.evaluate(historial)
    pregunta = pagina.get_by_role("dialog", name="No ha guardado lo que escribió")
    for salir in ("history.back()", "document.querySelector('.atras').click()"):
        pagina.evaluate(salir)
        expect(pregunta).to_be_visible()
        assert violaciones(pagina) == []
        pagina.keyboard.press("Escape")
        expect(pregunta).to_have_count(0)
        expect(pagina.get_by_label("Nombre (si quiere darlo)")).to_have_value("Ana")
        assert pagina.url == direccion
        # La flecha puede dejar una dirección adelante; detrás no se repite ni se pierde ninguna.
        assert pagina.evaluate(historial)[: len(antes)] == antes
        assert pagina.evaluate("navigation.currentEntry.index") == len(antes) - 1
    # Con la pregunta abierta se insiste en regresar: no pasa nada más.
    for _ in range(2):
        pagina.evaluate("history.back()")
        expect(pregunta).to_be_visible()
        pagina.wait_for_function("(donde) => location.href === donde", arg=direccion)
    expect(pregunta).to_have_count(1)
    pagina.keyboard.press("Escape")
    dichos: list[str] = []

    def anotar(dialogo) -> None:
        dichos.append(dialogo.type)
        dialogo.dismiss()

    pagina.on("dialog", anotar)
    pagina.close(run_before_unload=True)
    expect(pagina.get_by_label("Nombre (si quiere darlo)")).to_have_value("Ana")
    assert dichos == ["beforeunload"]
    pagina.locator(".estado").click()
    pregunta.get_by_role("button", name="Salir sin guardar").click()
    expect(pagina.get_by_role("heading", name="Lo guardado y lo enviado")).to_be_visible()
    pagina.get_by_role("link", name="Atrás").click()
    expect(pagina.get_by_role("link", name=TITULO)).to_be_visible()
    # Salir con el botón del teléfono llega a la pantalla anterior, y de una vez.
    al_evento(pagina)
    pagina.get_by_role("link", name="Registrar", exact=True).click()
    pagina.get_by_role("button", name="Mujer").click()
    pagina.get_by_role("button", name="De 30 a 44 años").click()
    pagina.get_by_label("Nombre (si quiere darlo)").fill("Ana")
    pagina.evaluate("history.back()")
    pregunta.get_by_role("button", name="Salir sin guardar").click()
    expect(pagina.get_by_role("heading", name=TITULO)).to_be_visible()
    assert pagina.evaluate("navigation.currentEntry.index") == pagina.evaluate("navigation.entries().length") - 2
    pagina.on("dialog", anotar)
    pagina.reload()  # sin nada escrito no se pregunta
    assert dichos == ["beforeunload"]
