"""Las rondas: se captura y a la mitad pasa algo. La semilla decide qué; los tiempos los pone la máquina."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Playwright

from formularios import catalogos
from recoleccion.consultas import conexion, eventos
from recoleccion.instalacion import ahora
from tests.elenco import evento_de_prueba
from tests.navegador.caos.chromium import Chromium
from tests.navegador.caos.libro import Hecho, Libro, Roto, juzgar
from tests.navegador.caos.red import Red
from tests.navegador.caos.servidor import Servidor
from tests.navegador.caos.telefono import Interrumpida, Telefono
from tests.navegador.procesos import puerto_libre
from tests.navegador.promotora import TITULO, entrar

POR_RONDA = 17
SEXOS, EDADES, LUGARES = ("M", "H"), ("12-17", "18-29", "30-44", "60+"), ("cabecera", "rancho")


class Caos:
    """Un servidor, una red, un teléfono y todo lo que les puede pasar."""

    def __init__(self, motor: Playwright, datos: Path, semilla: int, defecto: str = "") -> None:
        self.azar = random.Random(semilla)
        self.datos = datos
        with closing(conexion.abrir(datos / "privada.db")) as base:
            de_hoy = evento_de_prueba(titulo=TITULO, fecha=ahora().date().isoformat())
            self.evento = eventos.crear(base, de_hoy, ahora(), random.Random(4))
            eventos.abrir(base, self.evento, ahora())
        self.servidor = Servidor(datos, puerto_libre(), defecto)
        self.servidor.levantar()
        self.red = Red(self.servidor.puerto, random.Random(semilla))
        self.libro = Libro()
        chromium = Chromium(motor, datos.with_name("perfil"))
        self.telefono = Telefono(
            chromium, self.red.sitio, self.evento, catalogos.cargar(datos / "catalogos"), self.libro
        )
        self.hubo: Counter[str] = Counter()
        self._mazo = list(reversed(DESGRACIAS.values()))
        self._dar_de_alta()

    def _dar_de_alta(self) -> None:
        """Con la pantalla, como la primera vez; y con la aplicación ya instalada para abrir sin señal."""
        self.telefono.encender()
        pagina = self.telefono.contexto.pages[0]
        pagina.goto(f"{self.red.sitio}/campo/")
        entrar(pagina)
        pagina.evaluate("navigator.serviceWorker.ready.then(() => true)")
        self.servidor.respaldar()
        self.telefono.abrir()

    def cerrar(self) -> None:
        self.telefono.chromium.matar()
        self.red.cerrar()
        self.servidor.matar()

    # --- Una ronda ----------------------------------------------------------------------------------------------------

    def ronda(self, desgracia: str = "") -> None:
        """:raises Roto: si al teléfono ya le falta algo confirmado."""
        if not self._mazo:
            self._mazo = list(DESGRACIAS.values())
            self.azar.shuffle(self._mazo)
        que = DESGRACIAS[desgracia] if desgracia else self._mazo.pop()
        self.hubo[que.__name__.strip("_")] += 1
        que(self)

    def trabajar(self, golpe: Callable[[], Any] | None = None, cuantos: int = POR_RONDA) -> None:
        """Captura; si hay ``golpe``, cae en un momento cualquiera desde otro hilo. Lo interrumpido no se repite."""
        reloj = threading.Timer(self.azar.uniform(0.05, 2.0), golpe) if golpe else None
        if reloj:
            reloj.start()
        try:
            for hacer in self._plan(cuantos):
                self._seguro(hacer)
        finally:
            if reloj:
                reloj.join()
        if self.telefono.chromium.golpeado:
            self.telefono.revivir()

    def _seguro(self, hacer: Callable[[], None]) -> None:
        try:
            hacer()
        except Interrumpida:
            self.hubo["capturas interrumpidas"] += 1
            self.telefono.revivir()

    def _plan(self, cuantos: int) -> list[Callable[[], None]]:
        """La mitad con la pantalla, la otra llamando a lo que llaman los botones."""
        t, azar = self.telefono, self.azar
        marca = f"caos {len(self.libro.hechos)}"
        registros = [
            partial(t.registrar, self._persona(), nombre=marca, doble_toque=azar.random() < 0.3) for _ in range(2)
        ]
        conteos = [partial(t.contar, self._persona()) for _ in range(azar.randint(4, 6))]
        plan: list[Callable[[], None]] = [*registros, *conteos]
        if azar.random() < 0.6:
            plan.insert(azar.randint(1, len(plan)), t.deshacer_lo_ultimo)
        if azar.random() < 0.35:
            plan.append(lambda: t.prestar([f"{marca} {i} en la pantalla" for i in range(2)]))
        faltan = max(1, cuantos - len(plan))
        plan.insert(azar.randint(0, len(plan)), lambda: t.rafaga(self.hechos(faltan)))
        return plan

    def _persona(self) -> dict[str, str]:
        azar = self.azar
        return {"sexo": azar.choice(SEXOS), "edad": azar.choice(EDADES), "procedencia": azar.choice(LUGARES)}

    def hechos(self, cuantos: int) -> list[Hecho]:
        """Para una ráfaga: personas, conteos, una contestación y algo que se deshace."""
        apuntados = []
        for i in range(cuantos):
            tipo = ("conteo", "asistencia", "anulacion", "conteo", "contestacion", "asistencia")[i % 6]
            datos: dict[str, Any] = self._persona()
            if tipo == "anulacion":
                datos = {"registro": None}
            elif tipo == "contestacion":
                datos = {"marca": f"caos {len(self.libro.hechos)} en ráfaga"}
            apuntados.append(self.libro.empezar(tipo, datos))
        return apuntados

    # --- Lo que pasa --------------------------------------------------------------------------------------------------

    def _sin_senal(self) -> None:
        self.telefono.sin_senal(True)
        self.trabajar()
        self.telefono.sin_senal(False)

    def _muere_el_servidor(self) -> None:
        self.telefono.enviar_ya()
        self.trabajar(self.servidor.matar)
        self.servidor.levantar()

    def _muere_el_navegador(self) -> None:
        self.trabajar(self.telefono.chromium.matar)

    def _muere_al_decir_guardado(self) -> None:
        """En el instante en que la pantalla lo confirma."""
        cuenta = self.azar.randint(1, 6)

        def golpe() -> None:
            nonlocal cuenta
            cuenta -= 1
            if cuenta == 0:
                self.telefono.chromium.matar()

        self.telefono.al_confirmar = golpe
        self.trabajar()
        self.telefono.al_confirmar = lambda: None

    def _muere_la_pestana(self) -> None:
        self.trabajar(self.telefono.chromium.matar_pestanas)

    def _se_cierra_la_pestana(self) -> None:
        """A media ráfaga, sin avisar."""
        self.trabajar(cuantos=9)
        vieja = self.telefono.pagina
        self.telefono.rafaga(self.hechos(8), esperar=False)
        vieja.wait_for_timeout(self.azar.uniform(0, 250))
        vieja.close()
        self.telefono.revivir()

    def _se_recarga(self) -> None:
        self.trabajar(cuantos=9)
        self.telefono.rafaga(self.hechos(8), esperar=False)
        self.telefono.pagina.wait_for_timeout(self.azar.uniform(0, 250))
        self.telefono.pagina.reload()
        self.telefono.revivir()

    def _dos_pestanas(self) -> None:
        """Capturan y mandan las dos a la vez; a la mitad, o no, muere todo."""
        otra = self.telefono.pagina
        self.telefono.abrir()
        self._seguro(lambda: self.telefono.rafaga(self.hechos(8), pagina=otra, esperar=False))
        self.trabajar(self.azar.choice([None, self.telefono.chromium.matar, self.telefono.chromium.matar_pestanas]), 9)
        self.telefono.revivir()

    def _red_mala(self) -> None:
        self.red.modo = "mala"
        self.telefono.enviar_ya()
        self.trabajar()
        self._insistir()
        self.red.modo = "bien"

    def _respaldo(self) -> None:
        """El servidor vuelve de un respaldo de hace rato; lo acusado desde entonces ya no lo tiene."""
        self._que_llegue_algo()
        self.servidor.respaldar()
        self.trabajar()
        self._que_llegue_algo()
        self.trabajar(partial(self.servidor.restaurar, random.Random(self.azar.random())), 9)

    def _todo_junto(self) -> None:
        self.red.modo = "mala"
        self.telefono.sin_senal(True)
        self.trabajar(self.servidor.matar, 9)
        self.servidor.levantar()
        self.telefono.sin_senal(False)
        self.telefono.enviar_ya()
        self.trabajar(self.telefono.chromium.matar, 9)
        self.red.modo = "bien"

    def _insistir(self) -> None:
        for _ in range(3):
            self.telefono.enviar_ya()
            self.telefono.pagina.wait_for_timeout(700)

    def _que_llegue_algo(self) -> None:
        self.telefono.enviar_ya()
        self.telefono.pagina.wait_for_timeout(2_000)

    # --- La calma -----------------------------------------------------------------------------------------------------

    def juzgar(self) -> dict[str, int]:
        """Con red y servidor buenos se vacía la cola, y el libro se compara con la base. :raises Roto:"""
        self.red.modo = "bien"
        while self.red.en_camino:
            time.sleep(0.1)
        self.telefono.sin_senal(False)
        van = self.telefono.vaciar()
        cuentas = juzgar(self.libro, self.datos)
        if van != cuentas["vigentes"]:
            raise Roto(f"el teléfono dice que van {van} y en la base hay {cuentas['vigentes']}")
        return cuentas


DESGRACIAS: dict[str, Callable[[Caos], None]] = {
    "muere_el_navegador": Caos._muere_el_navegador,
    "muere_el_servidor": Caos._muere_el_servidor,
    "respaldo": Caos._respaldo,
    "muere_al_decir_guardado": Caos._muere_al_decir_guardado,
    "dos_pestanas": Caos._dos_pestanas,
    "todo_junto": Caos._todo_junto,
    "sin_senal": Caos._sin_senal,
    "muere_la_pestana": Caos._muere_la_pestana,
    "red_mala": Caos._red_mala,
    "se_cierra_la_pestana": Caos._se_cierra_la_pestana,
    "se_recarga": Caos._se_recarga,
}
"""La primera vuelta va en este orden, lo peor primero; las demás, revueltas."""
