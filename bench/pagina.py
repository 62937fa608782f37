"""¿Cuánto tarda una asistente en poder contestar, junto a otras herramientas y a una página sin nada?

Las cuatro encuestas que vienen con el sistema, servidas por ``jornada servir``, contra enketo-core, SurveyJS y ODK
Web Forms con las mismas 12 preguntas de «antes» (``bench/rivales/armar.py`` dice cómo se arman) y contra el piso: HTML
solo. Todas en el mismo Chromium y sin nada guardado; la red y el procesador los frena el propio navegador (CDP),
petición por petición: abrir la conexión no se cobra a nadie. Tarda unos 25 minutos.

    python bench/pagina.py [--rapido | --veces N] [--sin-rivales | --solo NOMBRE...] [--frenos N...]
"""

import argparse
import os
import platform
import statistics
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import waitress.server
from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Error as ErrorDelNavegador

RAIZ = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(RAIZ))

from bench.rivales import armar  # noqa: E402
from bench.rivales.armar import NoSeArmo, Sitio  # noqa: E402
from formularios.instrumento import INCLUIDOS, incluidos  # noqa: E402
from recoleccion.consultas import conexion, eventos  # noqa: E402
from recoleccion.instalacion import ahora  # noqa: E402
from recoleccion.preparar import preparar  # noqa: E402
from tests.elenco import CONTRASENA, evento_de_prueba  # noqa: E402
from tests.navegador.peso import Peso, pesar  # noqa: E402
from tests.navegador.procesos import BANDERAS, Servidor, ruta_chromium  # noqa: E402


@dataclass(frozen=True)
class Red:
    """``latencia`` en ms por petición; ``baja`` y ``sube`` en kbit/s. Son los perfiles 3G de WebPageTest."""

    nombre: str
    latencia: int
    baja: int
    sube: int


REDES = (Red("Slow 3G", 400, 400, 400), Red("Fast 3G", 150, 1_600, 768))
FRENOS: list[int] = [4, 6, 12]
VECES = 5
PISO, META_PISO, META_RIVAL = "piso: HTML solo", 1.3, 7.0
META_S = {4: 0.7, 12: 1.0}
"""Segundos hasta poder contestar en Slow 3G, por cuántas veces más lento va el procesador."""
MAXIMO_BYTES, MAXIMO_PETICIONES, BYTES_DE_12, PETICIONES_DE_12 = 14_600, 3, 8_000, 2

_VIGILAR = """(() => {
  const se_ve = (e) => e && !e.disabled && e.getClientRects().length > 0;
  const anotar = (nombre, valor) => requestAnimationFrame(() => setTimeout(() => { window[nombre] = valor(); }));
  let primero = false, recibido = false;
  const mirar = () => {
    if (!primero && [...document.querySelectorAll(CAMPO)].some(se_ve) && (LISTA)) {
      primero = true;
      anotar("primerCampo", () => performance.now());
    }
    if (!recibido && (RECIBIDO)) {
      recibido = true;
      anotar("llego", () => Date.now());
    }
    requestAnimationFrame(mirar);
  };
  mirar();
})();"""
_CONTESTAR = """async (campo) => {
  const desde = Date.now();
  const ultima = new Map();  // la última opción de cada pregunta: en la edad no es la de una menor
  for (const boton of document.querySelectorAll(campo)) {
    if (boton.name && boton.getClientRects().length > 0) ultima.set(boton.name, boton);
  }
  for (const boton of ultima.values()) {
    boton.click();
    await new Promise((listo) => requestAnimationFrame(() => setTimeout(listo)));
  }
  return [desde, ultima.size];
}"""
_MANDAR = "(mandar) => setTimeout(() => document.querySelector(mandar).click())"


@dataclass
class Medida:
    """Milisegundos: al primer campo; de la primera respuesta al acuse; de trabajo del hilo principal hasta cargar."""

    primero: list[float] = field(default_factory=list)
    envio: list[float] = field(default_factory=list)
    hilo: list[float] = field(default_factory=list)


def visitar(navegador: Browser, sitio: Sitio, red: Red, freno: int, medida: Medida) -> None:
    """Abre, contesta todo, manda y espera el acuse, con la red y el procesador frenados."""
    contexto = navegador.new_context(viewport={"width": 360, "height": 640}, locale="es-MX")
    contexto.set_default_timeout(120_000)
    try:
        pagina = contexto.new_page()
        vigilar = _VIGILAR.replace("CAMPO", repr(sitio.campo)).replace("LISTA", sitio.lista)
        pagina.add_init_script(vigilar.replace("RECIBIDO", sitio.recibido))
        cdp = contexto.new_cdp_session(pagina)
        cdp.send("Performance.enable")
        cdp.send("Network.enable")
        cdp.send("Network.emulateNetworkConditions", {
            "offline": False, "latency": red.latencia,
            "downloadThroughput": red.baja * 125, "uploadThroughput": red.sube * 125,
        })  # fmt: skip
        cdp.send("Emulation.setCPUThrottlingRate", {"rate": freno})
        pagina.goto(sitio.direccion, wait_until="commit")
        pagina.wait_for_function("() => window.primerCampo !== undefined")
        primero = pagina.evaluate("window.primerCampo")
        pagina.wait_for_load_state("load")
        metricas = {m["name"]: m["value"] for m in cdp.send("Performance.getMetrics")["metrics"]}
        desde, cuantas = pagina.evaluate(_CONTESTAR, sitio.campo)
        if cuantas < sitio.preguntas:
            raise NoSeArmo(f"solo se pudieron contestar {cuantas} de {sitio.preguntas}")
        pagina.evaluate(_MANDAR, sitio.mandar)
        pagina.wait_for_function("() => window.llego !== undefined")
        medida.envio.append(pagina.evaluate("window.llego") - desde)
        medida.primero.append(primero)
        medida.hilo.append(metricas["TaskDuration"] * 1000)
    finally:
        contexto.close()


def oficina(datos: Path) -> str:
    """Una carpeta con una plática abierta hoy y las cuatro encuestas. Devuelve su código."""
    hoy, azar = ahora(), Random(5)
    preparar(datos, usuario="titular", contrasena=CONTRASENA, ahora=hoy)
    base = conexion.abrir(datos / "privada.db")
    evento = evento_de_prueba(
        tema="tipos", fecha=hoy.date().isoformat(), hora_inicio="00:00", hora_fin="23:59", encuestas=list(INCLUIDOS)
    )
    id = eventos.crear(base, evento, hoy, azar)
    eventos.abrir(base, id, hoy)
    clave = eventos.leer(base, id)["clave"]
    base.conn.close()
    return str(clave)


def nuestros(sitio: str, clave: str) -> list[Sitio]:
    listo = "document.querySelector('h1')?.textContent.trim() === 'Listo'"
    return [
        Sitio(f"jornada: {nombre}", f"{sitio}/{clave}/e/{n}", "main input[type=radio]", "main form button", listo,
              sum(p.tipo == "una" and p.solo_si is None for p in instrumento.para_tema("tipos").preguntas))
        for n, (nombre, instrumento) in enumerate(incluidos().items(), start=1)
    ]  # fmt: skip


def rivales(carpeta: Path, navegador: Browser, cuales: list[str]) -> list[Sitio]:
    """El piso y los que se dejan armar; de los demás se dice por qué no."""
    doce = incluidos()["antes"].para_tema("tipos")
    sitios = [armar.sin_nada(carpeta, doce, navegador)]
    if not cuales:
        return sitios
    armar.instalar(carpeta)
    print("npm: " + ", ".join(f"{nombre}@{version}" for nombre, version in armar.VERSIONES.items()))
    for nombre, receta in armar.RIVALES:
        if nombre not in cuales:
            continue
        try:
            sitios.append(receta(carpeta, doce, navegador))
        except (NoSeArmo, ErrorDelNavegador) as error:
            print(f"{nombre}: no se pudo armar: {error}")
    return sitios


def medir(navegador: Browser, sitios: list[Sitio], veces: int) -> dict[tuple[str, str, int], Medida]:
    medidas: dict[tuple[str, str, int], Medida] = {}
    for vuelta in range(veces):
        for red in REDES:
            for freno in FRENOS:
                for sitio in sitios if vuelta % 2 == 0 else sitios[::-1]:
                    medida = medidas.setdefault((sitio.nombre, red.nombre, freno), Medida())
                    try:
                        visitar(navegador, sitio, red, freno, medida)
                    except (ErrorDelNavegador, NoSeArmo) as error:
                        print(f"{sitio.nombre}, {red.nombre}, {freno}x: {str(error).splitlines()[0]}")
    return medidas


def mediana(lista: list[float]) -> float:
    return statistics.median(lista) if lista else float("nan")


def mostrar_pesos(pesos: dict[str, Peso]) -> None:
    print(f"\n{'':24} {'peticiones':>10} {'bytes':>10} {'guion leído':>12} {'veces «antes»':>14}")
    antes = pesos["jornada: antes"].bytes
    for nombre, peso in pesos.items():
        print(f"{nombre:24} {peso.peticiones:>10} {peso.bytes:>10,} {peso.guion:>12,} {peso.bytes / antes:>14.1f}")


def mostrar_tiempos(medidas: dict[tuple[str, str, int], Medida], nombres: list[str]) -> None:
    titulos: tuple[tuple[str, Callable[[Medida], list[float]]], ...] = (
        ("Hasta poder contestar el primer campo", lambda m: m.primero),
        ("De la primera respuesta al acuse (contesta todo y manda)", lambda m: m.envio),
        ("Trabajo del hilo principal hasta cargar", lambda m: m.hilo),
    )
    for titulo, de in titulos:
        print(f"\n{titulo}: mediana en ms, la menor, y la mediana en veces el piso")
        print(f"{'':22}" + "".join(f"{f'{red.nombre} {freno}x':>23}" for red in REDES for freno in FRENOS))
        for nombre in nombres:
            celdas = []
            for red in REDES:
                for freno in FRENOS:
                    tiempos = de(medidas[nombre, red.nombre, freno])
                    valor, menor = mediana(tiempos), min(tiempos, default=float("nan"))
                    base = mediana(de(medidas[PISO, red.nombre, freno]))
                    celdas.append(f"{valor:>9,.0f}{menor:>7,.0f}{valor / base:>6.2f}x")
            print(f"{nombre:22}" + "".join(celdas))


def fallas(pesos: dict[str, Peso], medidas: dict[tuple[str, str, int], Medida], nombres: list[str]) -> list[str]:
    """Lo que no llega a su meta."""
    malas = []
    propias = [nombre for nombre in nombres if nombre.startswith("jornada")]
    ajenas = [nombre for nombre in nombres if nombre != PISO and nombre not in propias]
    for nombre in propias:
        topes = (BYTES_DE_12, PETICIONES_DE_12) if nombre.endswith("antes") else (MAXIMO_BYTES, MAXIMO_PETICIONES)
        if pesos[nombre].bytes > topes[0] or pesos[nombre].peticiones > topes[1]:
            malas.append(f"{nombre}: {pesos[nombre].bytes:,} bytes en {pesos[nombre].peticiones} peticiones")
        for (cual, red, freno), medida in medidas.items():
            if cual != nombre:
                continue
            tardo, base = mediana(medida.primero), mediana(medidas[PISO, red, freno].primero)
            if not tardo <= META_PISO * base:
                malas.append(f"{nombre}, {red} {freno}x: {tardo / base:.2f} veces el piso")
            if red == REDES[0].nombre and freno in META_S and not tardo <= META_PISO * META_S[freno] * 1000:
                malas.append(f"{nombre}, {red} {freno}x: {tardo:,.0f} ms")
            otras = [mediana(medidas[otra, red, freno].primero) for otra in ajenas if otra != armar.SOLO_EL_MOTOR]
            if red == REDES[0].nombre and otras and not min(otras) >= META_RIVAL * tardo:
                malas.append(f"{nombre}, {red} {freno}x: la rival más rápida tarda {min(otras) / tardo:.1f} veces más")
    return malas


def principal() -> int:
    opciones = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    opciones.add_argument("--veces", type=int, default=VECES, help=f"visitas de cada una; sin decir nada, {VECES}")
    opciones.add_argument("--rapido", action="store_true", help="una visita de cada una")
    nombres_rivales = [nombre for nombre, _ in armar.RIVALES]
    opciones.add_argument("--sin-rivales", action="store_true", help="sin bajar nada de npm")
    opciones.add_argument("--solo", nargs="+", choices=nombres_rivales, default=nombres_rivales, help="estos rivales")
    opciones.add_argument("--frenos", nargs="+", type=int, choices=FRENOS, default=FRENOS, help="estos procesadores")
    elegidas = opciones.parse_args()
    FRENOS[:] = elegidas.frenos
    veces = 1 if elegidas.rapido else elegidas.veces
    with tempfile.TemporaryDirectory() as temporal, sync_playwright() as motor:
        carpeta = Path(temporal)
        clave = oficina(carpeta / "datos")
        navegador = motor.chromium.launch(executable_path=ruta_chromium(), args=BANDERAS)
        (carpeta / "rivales").mkdir()
        ajenos = rivales(carpeta / "rivales", navegador, [] if elegidas.sin_rivales else elegidas.solo)
        estatico = waitress.server.create_server(
            armar.servir_estatico(carpeta / "rivales"), listen="127.0.0.1:0", threads=8, ident=""
        )
        threading.Thread(target=estatico.run, daemon=True).start()
        base = f"http://127.0.0.1:{estatico.effective_port}"
        servidor = Servidor(carpeta / "datos")
        try:
            sitios = [sitio.en(base) for sitio in ajenos] + nuestros(servidor.app, clave)
            print(
                f"Chromium {navegador.version}, {platform.machine()}, {os.cpu_count()} núcleos, carga "
                f"{os.getloadavg()[0]:.1f}, {ahora():%d/%m/%Y}; {veces} visitas de cada una.\n"
                + "; ".join(f"{r.nombre}: {r.latencia} ms, baja {r.baja} y sube {r.sube} kbit/s" for r in REDES)
            )
            pesos = {sitio.nombre: pesar(navegador, sitio.direccion) for sitio in sitios}
            mostrar_pesos(pesos)
            medidas = medir(navegador, sitios, veces)
        finally:
            servidor.cerrar()
            estatico.close()
            navegador.close()
    nombres = [sitio.nombre for sitio in sitios]
    mostrar_tiempos(medidas, nombres)
    malas = fallas(pesos, medidas, nombres)
    print(f"\nCarga al terminar: {os.getloadavg()[0]:.1f}")
    print("\n".join(f"Fuera de la meta: {mala}" for mala in malas) or "Dentro de las metas.")
    return 1 if malas else 0


if __name__ == "__main__":
    sys.exit(principal())
