"""La promotora con su teléfono: toca la pantalla de verdad y apunta en el libro lo que la pantalla confirma.

Una parte de lo que captura no pasa por los botones: la página llama a las mismas funciones de ``captura.js`` que ellos
(``rafaga``), para llegar a miles de registros en un rato.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from playwright.sync_api import BrowserContext, Error, Page, TimeoutError, expect

from formularios.catalogos import Catalogos
from tests.navegador.caos.chromium import Chromium
from tests.navegador.caos.libro import Hecho, Libro, Roto, en_el_telefono
from tests.navegador.promotora import cola

ENCUESTA = "¿Cómo estuvo?"
PACIENCIA = 40_000
"""Milisegundos, con la máquina ocupada."""

# Ve lo que la aplicación pide guardar y lo que dice en pantalla, sin tocar ni una ni otra.
TESTIGO = """(() => {
  const ids = [], durabilidades = new Set(), dichos = { guardados: 0, deshechos: 0, gracias: 0 }, esperan = new Set();
  const agregar = IDBObjectStore.prototype.add;
  IDBObjectStore.prototype.add = function (valor, ...resto) {
    if (this.name === "cola") ids.push(valor.id);
    return agregar.call(this, valor, ...resto);
  };
  const empezar = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (cajones, modo, ...resto) {
    const tx = empezar.call(this, cajones, modo, ...resto);
    if (modo === "readwrite") durabilidades.add(tx.durability);
    return tx;
  };
  const avisar = () => { for (const listo of esperan) listo(); };
  const anotar = (texto) => {
    if (texto.includes("Guardado en este teléfono")) dichos.guardados += 1;
    if (texto.includes("se deshizo y quedó anotado")) dichos.deshechos += 1;
    avisar();
  };
  new MutationObserver((cambios) => {
    const noticias = new Set();
    for (const { target, addedNodes } of cambios) {
      if (addedNodes.length && target.classList?.contains("noticia")) noticias.add(target);
      for (const { nodeName, textContent } of addedNodes) {
        if (nodeName === "H1" && textContent === "Listo. Gracias.") dichos.gracias += 1;
      }
    }
    for (const noticia of noticias) anotar(noticia.textContent);
    avisar();
  }).observe(document, { childList: true, subtree: true });
  window.testigo = {
    ids, dichos,
    hasta: (que, cuantos) => new Promise((listo, falla) => {
      const ver = () => { if (dichos[que] >= cuantos) { esperan.delete(ver); listo([[...ids], [...durabilidades]]); } };
      esperan.add(ver);
      setTimeout(() => falla(new Error(`no dijo «${que}»: ${document.body.innerText.slice(0, 300)}`)), 40000);
      ver();
    }),
  };
})()"""

RAFAGA = """async ({ evento, hechos }) => {
  const [{ Telefono }, captura, { nuevoId }] = await Promise.all(
    ["telefono", "captura", "registro"].map((modulo) => import(`/static/js/${modulo}.js`)));
  const yo = (window.otroTelefono ??= await Telefono.abrir("caos", () => {}));
  const aviso = yo.paquete().aviso.version;
  const { version } = yo.evento(evento).encuestas.find(({ instrumento }) => instrumento === "satisfaccion");
  for (const { n, tipo, datos } of hechos) {
    const id = nuevoId();
    if (tipo === "conteo") {
      window.ultimo = await captura.contar(yo, evento, datos, "Conteo");
      await confirmar(n, window.ultimo.id, null);
    } else if (tipo === "asistencia") {
      window.ultimo = await captura.registrarAsistencia(yo, evento, id, { ...datos, modo: "promotora", aviso });
      await confirmar(n, id, null);
    } else if (tipo === "anulacion") {
      const { ultimo } = window;
      await intentar(n, ultimo.id);
      await captura.deshacer(yo, ultimo);
      await confirmar(n, testigo.ids.at(-1), ultimo.id);
    } else {
      const respuestas = { S1: ["buena"], S7: [datos.marca] };
      await captura.contestar(yo, evento, id, { instrumento: "satisfaccion", version, ficha: null, respuestas });
      await confirmar(n, id, null);
    }
  }
}"""


class Interrumpida(Exception):
    """Se murió la página o el navegador a la mitad de algo."""


class Telefono:
    """Un teléfono dado de alta, con la aplicación instalada, en la pantalla de su evento."""

    def __init__(self, chromium: Chromium, sitio: str, evento: str, catalogos: Catalogos, libro: Libro) -> None:
        self.chromium, self.sitio, self.evento, self.libro = chromium, sitio, evento, libro
        self.catalogos = catalogos
        self.contexto: BrowserContext
        self.pagina: Page
        self._sin_senal = False
        self._en_pantalla: str | None = None
        self.al_confirmar: Callable[[], None] = lambda: None

    # --- Abrir y cerrar -----------------------------------------------------------------------------------------------

    def encender(self) -> None:
        """Abre el navegador desde su perfil."""
        self.contexto = self.chromium.abrir()
        self.contexto.add_init_script(TESTIGO)
        self.contexto.expose_function("confirmar", self._confirmar_de_lejos)
        self.contexto.expose_function("intentar", self._intentar_de_lejos)
        self.contexto.set_offline(self._sin_senal)

    def abrir(self, lugar: str = "") -> Page:
        """Otra ventana de la aplicación; es la que se usa desde ahora."""
        self._en_pantalla = None
        with self.puede_morir():
            self.pagina = self.contexto.new_page()
            self.pagina.goto(f"{self.sitio}/campo/#/evento/{self.evento}{lugar}")
            expect(self.pagina.locator(".barra .estado")).to_be_visible(timeout=PACIENCIA)
        return self.pagina

    def revivir(self) -> None:
        """Después de un golpe: lo que haga falta para seguir. Lo confirmado tiene que estar en el disco."""
        with self.chromium.golpe:
            viejas = list(self.contexto.pages) if self.chromium.vivo else []
        for intento in range(6):
            if not self.chromium.vivo:
                self.encender()
            self.chromium.golpeado = intento < 5  # lo matado puede tardar en irse y llevarse a la ventana nueva
            try:
                self.abrir()
                break
            except Interrumpida:
                time.sleep(0.3)
        self.chromium.golpeado = False
        for pagina in viejas:
            pagina.close()
        en_el_telefono(self.libro, cola(self.pagina))

    @contextmanager
    def puede_morir(self) -> Iterator[None]:
        """Lo que falle por un golpe es :class:`Interrumpida`; lo demás, una falla de verdad."""
        try:
            yield
        except (Error, AssertionError) as error:
            if not self.chromium.golpeado:
                raise
            raise Interrumpida from error

    def sin_senal(self, apagada: bool) -> None:
        self._sin_senal = apagada
        with self.puede_morir():
            self.contexto.set_offline(apagada)

    # --- Con la pantalla ----------------------------------------------------------------------------------------------

    def registrar(self, datos: dict[str, Any], nombre: str = "", doble_toque: bool = False) -> None:
        hecho = self.libro.empezar("asistencia", datos)
        with self.puede_morir():
            self._ir("registrar")
            p = self.pagina
            p.get_by_role("button", name=self.catalogos.etiqueta("sexo", datos["sexo"]), exact=True).click()
            p.get_by_role("button", name=self.catalogos.etiqueta("edad", datos["edad"]), exact=True).click()
            campo = p.get_by_label("Nombre (si quiere darlo)")
            ultimo = p.get_by_role("button", name=self.catalogos.etiqueta("procedencia", datos["procedencia"]))
            expect(ultimo).to_be_visible(timeout=PACIENCIA)
            if nombre and campo.count():
                campo.fill(nombre)
            toques = "b.click(); b.click();" if doble_toque else "b.click();"
            self._y_confirmar(hecho, "guardados", lambda: ultimo.evaluate(f"(b) => {{ {toques} }}"))

    def contar(self, datos: dict[str, Any]) -> None:
        hecho = self.libro.empezar("conteo", datos)
        with self.puede_morir():
            self._ir("contar")
            sexo, edad = (self.catalogos.etiqueta(c, datos[c]) for c in ("sexo", "edad"))
            celda = self.pagina.get_by_role("button", name=f"{sexo}, {edad}:")
            self._y_confirmar(hecho, "guardados", celda.click)

    def deshacer_lo_ultimo(self) -> None:
        """El «Deshacer» de lo último que la pantalla dijo guardado, si todavía se ve."""
        with self.puede_morir():
            boton = self.pagina.locator(".noticia").get_by_role("button", name="Deshacer")
            if not self._en_pantalla or not boton.is_visible():
                return
            hecho = self.libro.empezar("anulacion", {"registro": self._en_pantalla})
            with suppress(TimeoutError):  # el letrero se quita solo a los ocho segundos: no alcanzó a tocarlo
                self._y_confirmar(hecho, "deshechos", lambda: boton.click(timeout=3_000))

    def prestar(self, marcas: list[str]) -> None:
        """Varias personas contestan; al final la ventana se cierra, que es como también se recupera el teléfono."""
        with self.puede_morir():
            self._ir("encuesta")
            self.pagina.get_by_role("button", name=f"Prestar el teléfono: {ENCUESTA}").click()
            for numero, marca in enumerate(marcas):
                if numero:
                    self.pagina.get_by_role("button", name="Que conteste otra persona").click()
                self._contestar(marca)
            prestada = self.pagina
            self.abrir()
            prestada.close()

    def _contestar(self, marca: str) -> None:
        p = self.pagina
        hecho = self.libro.empezar("contestacion", {"marca": marca})
        p.get_by_role("button", name="Empezar").click()
        while not p.get_by_role("button", name="Terminar").count():
            p.locator(".f-encuesta input[type=radio]:visible").first.check()
            p.get_by_role("button", name="Siguiente").click()
        p.locator(".f-encuesta").locator("textarea:visible, input[type=text]:visible").fill(marca)
        self._y_confirmar(hecho, "gracias", p.get_by_role("button", name="Terminar").click)

    def _ir(self, accion: str) -> None:
        destino = f"#/evento/{self.evento}/{accion}"
        if not self.pagina.url.endswith(destino):
            self.pagina.evaluate("(a) => { location.hash = a; }", destino)
        seguro = {"registrar": "¿Usted es…?", "contar": "Un toque por persona", "encuesta": "Encuesta"}[accion]
        expect(self.pagina.get_by_role("heading", name=seguro)).to_be_visible(timeout=PACIENCIA)

    def _y_confirmar(self, hecho: Hecho, que: str, tocar: Callable[[], object]) -> None:
        """Toca y espera a que la pantalla lo diga: desde ese instante, perderlo es una falla."""
        antes = self.pagina.evaluate("(que) => [testigo.dichos[que], testigo.ids.length]", que)
        tocar()
        ids, durabilidades = self.pagina.evaluate("([que, n]) => testigo.hasta(que, n)", [que, antes[0] + 1])
        if durabilidades != ["strict"]:
            raise Roto(f"dice guardado sin esperar a que quede en el disco: {durabilidades}")
        self.libro.confirmar(hecho.n, ids[antes[1]])
        self._en_pantalla = hecho.id if que == "guardados" else None
        self.al_confirmar()

    # --- Con las mismas funciones que los botones ---------------------------------------------------------------------

    def rafaga(self, hechos: list[Hecho], *, pagina: Page | None = None, esperar: bool = True) -> None:
        """Guarda uno tras otro; cada confirmación llega por su cuenta, aunque luego muera la página."""
        envio = {"evento": self.evento, "hechos": [{"n": h.n, "tipo": h.tipo, "datos": h.datos} for h in hechos]}
        orden = RAFAGA if esperar else f"(x) => {{ ({RAFAGA})(x).catch(() => {{}}); }}"
        with self.puede_morir():
            (pagina or self.pagina).evaluate(orden, envio)

    def _confirmar_de_lejos(self, n: int, id: str, registro: str | None) -> None:
        self._intentar_de_lejos(n, registro)
        self.libro.confirmar(n, id)

    def _intentar_de_lejos(self, n: int, registro: str | None) -> None:
        if registro:
            self.libro.hechos[n].datos["registro"] = registro

    # --- Al final -----------------------------------------------------------------------------------------------------

    def enviar_ya(self) -> None:
        with self.puede_morir():
            self.pagina.evaluate("dispatchEvent(new Event('online'))")

    def vaciar(self) -> int:
        """Con todo en calma manda hasta que no quede nada. Devuelve cuántas personas dice el teléfono que van."""
        self.abrir()
        p = self.pagina
        p.evaluate("location.hash = '#/pendientes'")
        for _ in range(60):
            p.get_by_role("button", name="Enviar ahora").click()
            p.wait_for_timeout(500)
            registros = cola(p)
            if not any(registro["estado"] == "guardado" for registro in registros):
                break
        en_el_telefono(self.libro, registros)
        if malos := [registro for registro in registros if registro["estado"] != "enviado"]:
            raise Roto(f"{len(malos)} no se pudieron entregar: {malos[0]['estado']}, {malos[0].get('mensaje')}")
        expect(p.locator(".barra .estado")).to_contain_text("Todo enviado", timeout=PACIENCIA)
        p.evaluate("(e) => { location.hash = `#/evento/${e}`; }", self.evento)
        return int(p.locator(".cuenta-numero").inner_text().replace(",", ""))
