"""Quienes actúan en una plática: la titular en su panel, asistentes con su teléfono, promotoras sin señal."""

import re
import subprocess
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from recoleccion.impresos import credenciales as tarjetas
from recoleccion.impresos import hoja
from tests.navegador.procesos import BANDERAS, ruta_chromium

TELEFONO = {"width": 360, "height": 640}
ESCRITORIO = {"width": 1280, "height": 800}


class Titular:
    """Da de alta el evento, imprime, abre, mira y cierra, siempre por el panel."""

    def __init__(self, navegador: Browser, app: str, usuario: str, contrasena: str) -> None:
        self.app = app
        self.contexto = navegador.new_context(viewport=ESCRITORIO, accept_downloads=True)
        self.pagina = self.contexto.new_page()
        self.pagina.goto(f"{app}/panel/")
        self.pagina.get_by_label("Usuario").fill(usuario)
        self.pagina.get_by_label("Contraseña").fill(contrasena)
        self.pagina.get_by_role("button", name="Entrar").click()
        expect(self.pagina).to_have_url(f"{app}/panel/")

    def crear_llave(self, frase: str) -> None:
        """La llave de nombres, y un vistazo a su código."""
        p = self.pagina
        p.goto(f"{self.app}/panel/llave")
        p.get_by_label("La frase", exact=True).fill(frase)
        p.get_by_label("La frase, otra vez", exact=True).fill(frase)
        p.get_by_role("button", name="Crear la llave").click()
        expect(p.get_by_role("heading", name="Guarde este código")).to_be_visible()
        p.get_by_role("link", name="Ya lo guardé").click()
        expect(p.get_by_text("Los nombres están cerrados")).to_be_visible()

    def nombres_de_la_lista(self, evento: str, frase: str) -> list[str]:
        """Los que se leen en la lista de asistencia, cerrada y luego abierta ahí mismo con la frase."""
        p = self.pagina
        p.goto(f"{evento}/lista")
        expect(p.get_by_text("(cerrado)").first).to_be_visible()
        p.get_by_label("Su frase").fill(frase)
        p.get_by_role("button", name="Abrir los nombres").click()
        expect(p.get_by_role("button", name="Cerrar los nombres")).to_be_visible()
        leidos = p.locator("tbody td:nth-child(2)").all_inner_texts()
        return [leido for leido in leidos if not leido.startswith("(")]

    def crear_evento(
        self,
        titulo: str,
        dia: datetime,
        *,
        sede: str = "Casa de la Cultura",
        localidad: str = "valle_de_guadalupe",
        lineas: Sequence[str] = ("M4",),
    ) -> tuple[str, str]:
        """Devuelve la dirección del evento en el panel y su clave."""
        p = self.pagina
        p.goto(f"{self.app}/panel/eventos/nuevo")
        p.get_by_label("Título", exact=True).fill(titulo)
        p.get_by_label("Tipo de evento", exact=True).select_option("platica")
        p.get_by_label("Tema", exact=True).select_option("tipos")
        p.get_by_label("Fecha", exact=True).fill(dia.date().isoformat())
        p.get_by_label("Empieza", exact=True).fill("08:00")
        p.get_by_label("Termina", exact=True).fill("20:00")
        p.get_by_label("Sede", exact=True).fill(sede)
        p.get_by_label("Localidad", exact=True).select_option(localidad)
        p.get_by_label("Zona", exact=True).select_option("cabecera")
        p.get_by_label("Programa", exact=True).select_option("prevencion")
        for linea in lineas:
            p.get_by_label(f"{linea} ·").check()
        p.locator("[name=encuestas]").and_(p.get_by_label("Antes de empezar")).check()
        p.locator("[name=encuestas]").and_(p.get_by_label("¿Cómo estuvo?")).check()
        p.get_by_role("button", name="Guardar").click()
        expect(p.get_by_role("heading", name=titulo)).to_be_visible()
        return p.url.split("?")[0], p.locator(".clave").inner_text().strip()

    def abrir(self, evento: str) -> None:
        """Lo abre, si no se abrió ya solo: media hora antes de empezar."""
        self.pagina.goto(evento)
        if (abrir := self.pagina.get_by_role("button", name="Abrir ahora")).count():
            abrir.click()
        expect(self.pagina.get_by_text("Abierto", exact=False).first).to_be_visible()

    def cerrar(self, evento: str) -> None:
        self.pagina.goto(evento)
        self.pagina.get_by_role("button", name="Cerrar").click()
        expect(self.pagina.get_by_text("Cerrado", exact=False).first).to_be_visible()

    def imprimir_credenciales(self, cuantas: int, carpeta: Path) -> list[Image.Image]:
        """Imprime el PDF y lo recorta en tarjetas, como quien las corta con tijeras."""
        self.pagina.goto(f"{self.app}/panel/impresos")
        self.pagina.locator("#cuantas-credenciales").fill(str(cuantas))
        with self.pagina.expect_download() as bajada:
            self.pagina.get_by_role("button", name="Hacer las credenciales (PDF)").click()
        pdf = carpeta / "credenciales.pdf"
        bajada.value.save_as(pdf)
        subprocess.run(["pdftoppm", "-r", "100", "-png", str(pdf), str(carpeta / "credenciales")], check=True)
        paginas = sorted(carpeta.glob("credenciales-*.png"))
        por_hoja = tarjetas.COLUMNAS * tarjetas.RENGLONES
        return [_recortar(paginas[i // por_hoja], i % por_hoja) for i in range(cuantas)]


def _recortar(pagina: Path, lugar: int) -> Image.Image:
    fila, columna = divmod(lugar, tarjetas.COLUMNAS)
    with Image.open(pagina) as imagen:
        escala = imagen.width / hoja.ANCHO
        x = (tarjetas.X0 + columna * tarjetas.TARJETA[0]) * escala
        y = (hoja.ALTO - tarjetas.Y0 - (tarjetas.RENGLONES - fila) * tarjetas.TARJETA[1]) * escala
        caja = (x, y, x + tarjetas.TARJETA[0] * escala, y + tarjetas.TARJETA[1] * escala)
        return imagen.convert("RGB").crop(tuple(round(lado) for lado in caja))


class Asistente:
    """Una persona con su propio teléfono y JavaScript apagado."""

    def __init__(self, navegador: Browser, app: str, clave: str) -> None:
        self.contexto = navegador.new_context(java_script_enabled=False, viewport=TELEFONO)
        self.pagina = self.contexto.new_page()
        self.pedidos: list[str] = []
        self.pagina.on("request", lambda pedido: self.pedidos.append(pedido.url))
        self.portada = f"{app}/{clave}"
        self.pagina.goto(self.portada)

    def registrarse(
        self, sexo: str, edad: str, nombre: str = "", procedencia: str = "Del pueblo", *, otra: bool = False
    ) -> None:
        p = self.pagina
        p.get_by_role("link", name="Registrar a otra persona" if otra else "Registrarme", exact=True).click()
        p.get_by_label(sexo, exact=True).check()
        p.get_by_label(edad, exact=True).check()
        p.get_by_text(procedencia, exact=False).first.click()
        if nombre:
            p.get_by_label("Nombre", exact=False).fill(nombre)
        p.get_by_role("button", name="Guardar").click()
        expect(p.get_by_role("heading", name="Listo")).to_be_visible()

    def asistir_sin_nombre(self) -> None:
        self.pagina.get_by_role("button", name="Asistir sin nombre").click()
        expect(self.pagina.get_by_role("heading", name="Listo")).to_be_visible()

    def contestar(self, encuesta: str, marcadas: dict[str, str]) -> None:
        """``marcadas``: clave de la pregunta -> valor de la opción."""
        p = self.pagina
        p.get_by_role("link", name=encuesta).click()
        for clave, valor in marcadas.items():
            p.locator(f'input[name="{clave}"][value="{valor}"]').check()
        p.get_by_role("button", name="Enviar").click()
        expect(p.get_by_role("heading", name="Listo")).to_be_visible()

    def irse(self) -> None:
        """Sale por «Salir» y comprueba que su teléfono no se quedó con nada."""
        self.pagina.get_by_role("link", name="Salir").click()
        expect(self.pagina.get_by_role("table")).to_be_visible()
        assert self.contexto.cookies() == []
        assert self.contexto.storage_state()["origins"] == []
        self.contexto.close()


class TelefonoDePromotora:
    """La aplicación de campo en su propio Chromium, con su propia cámara."""

    def __init__(self, motor: Playwright, perfil: Path, app: str, camara: Path) -> None:
        self.app = app
        self.contexto: BrowserContext = motor.chromium.launch_persistent_context(
            str(perfil),
            executable_path=ruta_chromium(),
            viewport=TELEFONO,
            args=[
                *BANDERAS,
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                f"--use-file-for-fake-video-capture={camara}",
            ],
        )
        self.pagina: Page = self.contexto.pages[0]

    def preparar(self, usuario: str, contrasena: str) -> None:
        p = self.pagina
        p.goto(f"{self.app}/campo/")
        p.get_by_role("link", name="Entrar").click()
        p.get_by_label("Usuario").fill(usuario)
        p.get_by_label("Contraseña").fill(contrasena)
        p.get_by_role("button", name="Entrar").click()
        p.get_by_role("button", name="Usar este teléfono").click()
        p.get_by_role("button", name="Probar este teléfono").click()
        expect(p.get_by_text("La aplicación abre sin señal.")).to_be_visible()
        expect(p.get_by_text("Los registros se sellan y se guardan.")).to_be_visible()

    def apagar_la_red(self) -> None:
        """Sin señal, y como recién encendida: la aplicación abre de lo que tiene guardado."""
        self.contexto.set_offline(True)
        self.pagina.goto(f"{self.app}/campo/")
        expect(self.pagina.get_by_role("heading", name="¿Dónde va a registrar?")).to_be_visible()

    def entrar_al_evento(self, titulo: str) -> None:
        self.pagina.get_by_role("link", name=titulo).click()
        expect(self.pagina.get_by_role("link", name="Escanear")).to_be_visible()

    def escanear(self, cuantas: int, sexo: str, edad: str, procedencia: str) -> None:
        """Las credenciales son nuevas: la primera vez se contestan tres toques."""
        p = self.pagina
        p.get_by_role("link", name="Escanear").click()
        for _ in range(cuantas):
            expect(p.get_by_role("heading", name="¿Usted es…?")).to_be_visible(timeout=60_000)
            self._tres_toques(sexo, edad, procedencia)
        self._atras()

    def registrar(self, sexo: str, edad: str, procedencia: str, nombre: str = "") -> None:
        p = self.pagina
        p.get_by_role("link", name="Registrar", exact=True).click()
        self._tres_toques(sexo, edad, procedencia, nombre)
        self._atras()

    def _tres_toques(self, sexo: str, edad: str, procedencia: str, nombre: str = "") -> None:
        p, guardados = self.pagina, self.guardados()
        p.get_by_role("button", name=sexo, exact=True).click()
        p.get_by_role("button", name=edad, exact=True).click()
        if nombre:
            p.get_by_label("Nombre", exact=False).fill(nombre)
        p.get_by_role("button", name=procedencia).click()
        expect(p.locator(".barra .estado")).to_contain_text(f"{guardados + 1} guardado")

    def contar(self, celdas: list[tuple[str, str]]) -> None:
        p = self.pagina
        p.get_by_role("link", name="Contar").click()
        for sexo, edad in celdas:
            celda = p.get_by_role("button", name=f"{sexo}, {edad}:")
            antes = int(celda.locator("span").last.inner_text())
            celda.click()
            expect(celda.locator("span").last).to_have_text(str(antes + 1))
        self._atras()

    def deshacer_lo_ultimo(self) -> None:
        self.pagina.locator("ul.lista").get_by_role("button", name="Deshacer").first.click()
        expect(self.pagina.locator(".noticia").get_by_text("se deshizo")).to_be_visible()

    def prestar(self, encuesta: str, contestaciones: list[dict[str, str]]) -> None:
        """Cada persona contesta y devuelve el teléfono; al final la promotora lo recupera."""
        p = self.pagina
        p.get_by_role("link", name="Encuesta").click()
        p.get_by_role("button", name=f"Prestar el teléfono: {encuesta}").click()
        for numero, marcadas in enumerate(contestaciones):
            if numero:
                p.get_by_role("button", name="Que conteste otra persona").click()
            self._contestar(marcadas)
        personal = p.get_by_role("button", name="Personal")
        personal.hover()
        p.mouse.down()
        expect(p.get_by_role("link", name="Escanear")).to_be_visible()
        p.mouse.up()

    def _contestar(self, marcadas: dict[str, str]) -> None:
        p = self.pagina
        p.get_by_role("button", name="Empezar").click()
        for _ in range(30):
            campo = p.locator(".f-encuesta .f-campo input:visible").first
            clave = campo.get_attribute("name")
            assert clave is not None
            if clave in marcadas:
                p.locator(f'.f-encuesta input[name="{clave}"][value="{marcadas[clave]}"]').check()
            termina = p.get_by_role("button", name="Terminar").is_visible()
            p.get_by_role("button", name="Terminar" if termina else "Siguiente").click()
            if termina:
                expect(p.get_by_role("heading", name="Listo. Gracias.")).to_be_visible()
                return
        raise AssertionError("la encuesta no terminó")

    def _atras(self) -> None:
        self.pagina.get_by_role("link", name="‹ Atrás").click()
        expect(self.pagina.get_by_role("link", name="Escanear")).to_be_visible()

    def guardados(self) -> int:
        """Los que dice la barra que siguen en el teléfono; 0 si no falta ninguno."""
        numero = re.match(r"\D*(\d+) guardado", self.pagina.locator(".barra .estado").inner_text())
        return int(numero[1]) if numero else 0

    def volver_la_red(self) -> None:
        """Vuelve la señal y se envía todo."""
        self.contexto.set_offline(False)
        self.pagina.goto(f"{self.app}/campo/#/pendientes")
        self.pagina.get_by_role("button", name="Enviar ahora").click()
        expect(self.pagina.get_by_text("No falta nada por enviar de este teléfono.")).to_be_visible()

    def cerrar(self) -> None:
        self.contexto.close()
