"""Las imágenes del manual: qué se abre, qué se toca y qué pedazo se guarda en ``static/img/manual/``.

Las toma ``bench/capturas.py`` de la demostración. Los nombres y los tamaños no cambian de una corrida a otra; lo que
se ve, sólo con la fecha de la demostración.
"""

import io
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

DESTINO = Path(__file__).resolve().parent.parent / "static" / "img" / "manual"
TELEFONO = {"width": 360, "height": 640}
ESCRITORIO = {"width": 1280, "height": 1400}
COLORES = 24
MARGEN = 16
"""Puntos de aire alrededor de lo que se recorta de una página del escritorio."""


def tomar(navegador: Browser, con_camara: Browser, demo: dict) -> None:
    """Todas, de las tres partes del manual."""
    DESTINO.mkdir(parents=True, exist_ok=True)
    inicio = time.time()
    with _pagina(navegador, ESCRITORIO) as oficina:
        entrar(oficina, demo["direcciones"]["panel"] + "entrar", demo, "titular")
        _titular(oficina, demo)
        with _pagina(con_camara, TELEFONO) as telefono:
            _promotora(telefono, oficina, demo)
    with _pagina(navegador, ESCRITORIO) as portal:
        _analista(portal, demo["direcciones"]["datos"].rstrip("/"), demo)
    for imagen in DESTINO.glob("*.png"):
        if imagen.stat().st_mtime < inicio:  # ya nadie la toma
            imagen.unlink()


@contextmanager
def _pagina(navegador: Browser, tamano: dict) -> Iterator[Page]:
    contexto = navegador.new_context(viewport=tamano, locale="es-MX", timezone_id="America/Mexico_City")
    yield contexto.new_page()
    contexto.close()


def entrar(pagina: Page, direccion: str, demo: dict, rol: str) -> None:
    """Con la cuenta de la demostración que tiene ese papel."""
    cuenta = next(c for c in demo["cuentas"] if c["rol"] == rol)
    pagina.goto(direccion)
    pagina.fill("[name=usuario]", cuenta["usuario"])
    pagina.fill("[name=contrasena]", cuenta["contrasena"])
    with pagina.expect_navigation():
        pagina.press("[name=contrasena]", "Enter")


def reducir(bruta: bytes, destino: Path, colores: int) -> None:
    """Un PNG con pocos colores, que pesa poco."""
    imagen = Image.open(io.BytesIO(bruta)).convert("RGB")
    imagen.quantize(colores, dither=Image.Dither.NONE).save(destino, optimize=True)
    print(f"{destino.name}, {destino.stat().st_size / 1024:.0f} KB")


def guardar(pagina: Page, nombre: str) -> None:
    """La pantalla de un teléfono, entera."""
    pagina.wait_for_load_state("networkidle")
    pagina.wait_for_timeout(250)
    reducir(pagina.screenshot(), DESTINO / f"{nombre}.png", COLORES)


def recortar(pagina: Page, nombre: str, alto: int) -> None:
    """Lo propio de una página del escritorio, sin menú ni techo, hasta ``alto`` puntos."""
    pagina.wait_for_load_state("networkidle")
    pagina.mouse.move(0, 0)
    caja = pagina.locator("main").first.bounding_box()
    assert caja
    x, y = max(0, caja["x"] - MARGEN), caja["y"] - max(0, MARGEN - _relleno(pagina))
    recorte = {"x": x, "y": y, "width": min(caja["width"] + 2 * MARGEN, 1280 - x), "height": alto}
    reducir(pagina.screenshot(clip=recorte, full_page=True), DESTINO / f"{nombre}.png", COLORES)


def _relleno(pagina: Page) -> float:
    """El aire que la propia página deja arriba, en puntos."""
    return float(pagina.locator("main").first.evaluate("(main) => parseFloat(getComputedStyle(main).paddingTop)"))


# --- La titular --------------------------------------------------------------------------------------------------


def _titular(pagina: Page, demo: dict) -> None:
    panel = demo["direcciones"]["panel"].rstrip("/")
    for nombre, camino, alto in (
        ("titular-hoy", "", 560),
        ("titular-ajustes", "/ajustes", 520),
        ("titular-cuenta", "/cuentas/nueva", 520),
        ("titular-llave", "/llave", 548),
        ("titular-catalogos", "/catalogos", 430),
        ("titular-directorio", "/directorio", 430),
        ("titular-linea", "/poa/2026/M4/editar", 560),
        ("titular-programa", "/poa", 560),
        ("titular-evento-nuevo", "/eventos/nuevo", 560),
        ("titular-serie", "/series/nueva", 520),
        ("titular-imprimir", "/impresos", 560),
        ("titular-actividad", "/actividades/nueva/M6", 520),
        ("titular-informes", "/informes", 430),
        ("titular-publicacion", "/publicacion", 430),
    ):
        pagina.goto(panel + camino)
        recortar(pagina, nombre, alto)
    _de_un_evento(pagina, panel)
    pagina.goto(f"{panel}/informes")
    pagina.get_by_role("link", name=re.compile("Ver el guardado: Tercer trimestre")).click()
    recortar(pagina, "titular-informe", 560)


def _de_un_evento(pagina: Page, panel: str) -> None:
    pagina.goto(f"{panel}/eventos")
    pagina.get_by_role("link", name=re.compile("Plática de hoy")).first.click()
    evento = pagina.url
    recortar(pagina, "titular-evento", 560)
    for nombre, camino, alto in (
        ("titular-cartel", "/cartel", 620),
        ("titular-lista", "/lista", 578),
        ("titular-cierre", "/hoja-de-cierre", 430),
        ("titular-evidencias", "/evidencias", 430),
    ):
        pagina.goto(evento + camino)
        recortar(pagina, nombre, alto)
    pagina.goto(f"{evento}/papel/lista")
    pagina.keyboard.type("Rosa Ejemplo")
    recortar(pagina, "titular-papel", 430)


# --- La promotora ------------------------------------------------------------------------------------------------


def _promotora(telefono: Page, oficina: Page, demo: dict) -> None:
    campo = demo["direcciones"]["campo"]
    telefono.goto(campo)
    telefono.get_by_role("button", name="Escanear el código").wait_for()
    guardar(telefono, "promotora-codigo")
    _codigo_de_alta(oficina, demo, telefono)
    telefono.get_by_role("button", name="Probar este teléfono").click()
    telefono.get_by_text("El teléfono prometió").or_(telefono.get_by_text("El teléfono no promete")).wait_for()
    telefono.evaluate("scrollTo(0, 0)")
    guardar(telefono, "promotora-lista")
    telefono.get_by_role("link", name="Ir a los eventos").click()
    guardar(telefono, "promotora-eventos")
    telefono.goto(f"{campo}#/turno")
    telefono.get_by_role("heading", name="¿Quién registra?").wait_for()
    guardar(telefono, "promotora-turno")
    telefono.get_by_role("button", name="Seguir sin decir quién").click()
    telefono.get_by_role("link", name=re.compile("Plática de hoy")).click()
    telefono.get_by_role("link", name="Registrar", exact=True).click()
    telefono.get_by_text("Aviso de privacidad para leer").click()
    guardar(telefono, "promotora-aviso")
    telefono.get_by_text("Aviso de privacidad para leer").click()
    guardar(telefono, "promotora-registrar")
    telefono.context.set_offline(True)
    _registrar_sin_senal(telefono)
    telefono.context.set_offline(False)
    _encuesta(telefono)


def _codigo_de_alta(oficina: Page, demo: dict, telefono: Page) -> None:
    """La titular pide un código; el teléfono lo escribe y descarga."""
    oficina.goto(demo["direcciones"]["panel"] + "telefonos")
    oficina.get_by_role("button", name="Agregar un teléfono", exact=True).click()
    recortar(oficina, "titular-telefono", 540)
    letras = oficina.locator(".alta .clave").inner_text()
    telefono.get_by_label("O escriba el código").fill(letras)
    telefono.get_by_label("Nombre de este teléfono").fill("Teléfono 3 de la oficina")
    telefono.get_by_role("button", name="Usar este teléfono").click()
    telefono.locator(".resumen-descarga").wait_for()


def _registrar_sin_senal(telefono: Page) -> None:
    for boton in ("Mujer", "De 30 a 44 años"):
        telefono.get_by_role("button", name=boton).click()
    _terminar_registro(telefono)
    telefono.locator(".noticia-bien").wait_for()
    guardar(telefono, "promotora-guardado")
    telefono.get_by_role("link", name="Atrás").click()
    guardar(telefono, "promotora-evento")
    telefono.get_by_role("link", name="Contar").click()
    for celda in ("Mujer, De 18 a 29 años", "Mujer, De 18 a 29 años", "Hombre, De 30 a 44 años"):
        telefono.get_by_role("button", name=celda).first.click()
        telefono.wait_for_timeout(150)
    guardar(telefono, "promotora-contar")
    telefono.get_by_role("link", name="Atrás").click()
    telefono.locator("a.estado").click()
    telefono.get_by_role("heading", name="Lo guardado y lo enviado").wait_for()
    guardar(telefono, "promotora-envio")
    telefono.get_by_role("link", name="Pasar o rescatar registros").click()
    telefono.get_by_role("heading", name="Pasar o rescatar registros").wait_for()
    guardar(telefono, "promotora-rescate")
    telefono.get_by_role("link", name="Atrás").click()
    telefono.get_by_role("link", name="Atrás").click()


def _terminar_registro(telefono: Page) -> None:
    """De dónde viene, con nombre o sin él: según lo que pida el evento."""
    nombre = telefono.get_by_label("Nombre (si quiere darlo)")
    if nombre.count():
        nombre.fill("Rosa Ejemplo")
    telefono.get_by_role("button", name="Del pueblo").click()


def _encuesta(telefono: Page) -> None:
    telefono.get_by_role("link", name=re.compile("Plática de hoy")).click()
    telefono.get_by_role("link", name="Escanear").click()
    telefono.wait_for_timeout(2500)
    guardar(telefono, "promotora-escanear")
    telefono.get_by_role("link", name="Atrás").click()
    telefono.get_by_role("link", name="Encuesta").click()
    guardar(telefono, "promotora-encuesta")
    telefono.get_by_role("button", name=re.compile("Prestar el teléfono")).first.click()
    telefono.get_by_role("button", name="Empezar").wait_for()
    guardar(telefono, "promotora-prestado")


# --- La analista -------------------------------------------------------------------------------------------------


def _analista(pagina: Page, portal: str, demo: dict) -> None:
    for nombre, camino, alto in (
        ("analista-portada", "/", 620),
        ("analista-pregunta", "/preguntas/participacion", 560),
        ("analista-descargas", "/descargas", 520),
        ("analista-entrar", "/entrar", 330),
    ):
        pagina.goto(portal + camino)
        recortar(pagina, nombre, alto)
    _con_escondidos(pagina, portal)
    recortar(pagina, "analista-escondido", 620)
    pagina.goto(f"{portal}/entrar")
    pagina.fill("#token", demo["acceso"])
    pagina.get_by_role("button", name="Entrar").click()
    pagina.goto(f"{portal}/consultar")
    pagina.get_by_role("button", name="Consultar").click()
    pagina.wait_for_load_state()
    recortar(pagina, "analista-sql", 520)


def _con_escondidos(pagina: Page, portal: str) -> None:
    """El periodo más nuevo en que no se muestra alguna cuenta de las primeras."""
    pagina.goto(f"{portal}/preguntas/participacion")
    for periodo in pagina.locator("[name=periodo] option").evaluate_all("todas => todas.map((una) => una.value)"):
        pagina.goto(f"{portal}/preguntas/participacion?periodo={periodo}&por=edad%2Bzona")
        de_arriba = "todas => todas.filter((una) => una.getBoundingClientRect().top < 500).length"
        if pagina.get_by_text("menos de 10").evaluate_all(de_arriba) > 2:
            return
