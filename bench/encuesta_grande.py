"""Una encuesta de 250 preguntas con 100 condiciones: en cuánto se puede contestar, cuánto tarda en reaccionar y cuántas
contestaciones por segundo se guardan cuando 500 personas mandan a la vez.

ODK Central publica 41 envíos por segundo en una máquina chica. Aquí: ``jornada servir`` con su base en disco, 500
conexiones de otro proceso al mismo tiempo, y cada una insiste si no la dejan entrar; después se cuenta la urna.

    python bench/encuesta_grande.py [personas]
"""

import os
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

RAIZ = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(RAIZ))

from bench.pagina import REDES, Red  # noqa: E402
from recoleccion.instalacion import ahora  # noqa: E402
from tests.encuesta_grande import instrumento_grande  # noqa: E402
from tests.muchas import Envio, cuerpos, guardadas, mandar_todas, oficina_con  # noqa: E402
from tests.navegador.peso import pesar  # noqa: E402
from tests.navegador.procesos import BANDERAS, Servidor, ruta_chromium  # noqa: E402

FRENO, VECES, PERSONAS = 6, 5, 500
META_PRIMERO_MS, META_REACCION_MS, META_POR_SEGUNDO = 3_000, 50, 41
_AL_VERSE = """(() => {
  const mirar = () => {
    const campo = document.querySelector("main input[type=radio]");
    if (!campo || campo.getClientRects().length === 0) return requestAnimationFrame(mirar);
    requestAnimationFrame(() => setTimeout(() => { window.primerCampo = performance.now(); }));
  };
  mirar();
})();"""
_REACCIONES = """async () => {
  const tiempos = [];
  const pintado = () => new Promise((listo) => requestAnimationFrame(() => setTimeout(listo)));
  const preguntas = new Set();
  for (const campo of document.querySelectorAll("main input, main select")) {
    if (!campo.name || preguntas.has(campo.name) || campo.getClientRects().length === 0) continue;
    preguntas.add(campo.name);
    await pintado();
    const desde = performance.now();
    if (campo.type === "radio" || campo.type === "checkbox") campo.click();
    else {
      campo.value = campo.type === "date" ? "2026-11-20" : "7";
      campo.dispatchEvent(new Event("input", { bubbles: true }));
      campo.dispatchEvent(new Event("change", { bubbles: true }));
    }
    await pintado();
    tiempos.push(performance.now() - desde);
  }
  return tiempos;
}"""


def abrir(navegador: Browser, direccion: str, red: Red) -> tuple[float, list[float], bool]:
    """Milisegundos al primer campo; los de cada respuesta hasta verse su efecto; y si la página trae reglas vivas."""
    contexto = navegador.new_context(viewport={"width": 360, "height": 640}, locale="es-MX")
    contexto.set_default_timeout(120_000)
    try:
        pagina = contexto.new_page()
        pagina.add_init_script(_AL_VERSE)
        cdp = contexto.new_cdp_session(pagina)
        cdp.send("Network.enable")
        cdp.send("Network.emulateNetworkConditions", {
            "offline": False, "latency": red.latencia,
            "downloadThroughput": red.baja * 125, "uploadThroughput": red.sube * 125,
        })  # fmt: skip
        cdp.send("Emulation.setCPUThrottlingRate", {"rate": FRENO})
        pagina.goto(direccion, wait_until="commit")
        pagina.wait_for_function("() => window.primerCampo !== undefined")
        primero = float(pagina.evaluate("window.primerCampo"))
        pagina.wait_for_load_state("networkidle")
        viva = pagina.locator("[data-reglas]").count() > 0
        return primero, pagina.evaluate(_REACCIONES), viva
    finally:
        contexto.close()


def en_el_telefono(navegador: Browser, direccion: str) -> list[str]:
    peso = pesar(navegador, direccion)
    print(f"La página: {peso.bytes:,} bytes, {peso.peticiones} peticiones, {peso.guion:,} letras de guion")
    visitas = [abrir(navegador, direccion, REDES[0]) for _ in range(VECES)]
    primero = statistics.median(visita[0] for visita in visitas)
    p95 = statistics.median(statistics.quantiles(visita[1], n=20)[-1] for visita in visitas)
    mitad = statistics.median(ms for visita in visitas for ms in visita[1])
    reglas = "con reglas vivas" if all(visita[2] for visita in visitas) else "SIN reglas vivas"
    print(f"Primer campo, {REDES[0].nombre}, {FRENO}x: {primero:,.0f} ms (meta {META_PRIMERO_MS:,})")
    print(
        f"De tocar a verse, {FRENO}x, {len(visitas[0][1])} respuestas {reglas}: "
        f"mediana {mitad:.0f} ms, p95 {p95:.0f} ms (meta {META_REACCION_MS})"
    )
    malas = [f"el primer campo tarda {primero:,.0f} ms"] if primero > META_PRIMERO_MS else []
    return malas + ([f"reacciona en {p95:.0f} ms"] if p95 > META_REACCION_MS else [])


def a_la_vez(servidor: Servidor, datos: Path, ruta: str, ids: list[str], envios: list[bytes]) -> list[str]:
    """Todas a la vez, y una de cada diez manda dos veces. Lo guardado se cuenta en la base."""
    antes = procesador(servidor.pid)
    envio: Envio = mandar_todas(int(servidor.app.rsplit(":", 1)[1]), ruta, envios + envios[: len(envios) // 10])
    uso, cuantas = procesador(servidor.pid) - antes, len(envio.ms)
    recibidos, sobres = guardadas(datos)
    perdidas, de_mas = len(set(ids) - recibidos), sobres - len(ids)
    ritmo = cuantas / envio.segundos
    print(
        f"{len(ids)} personas a la vez y {cuantas - len(ids)} repetidas: {envio.segundos:.1f} s, "
        f"{ritmo:.0f} por segundo (meta {META_POR_SEGUNDO}); {uso / cuantas * 1000:.1f} ms de procesador cada una\n"
        f"Espera: mediana {statistics.median(envio.ms) / 1000:.1f} s, la peor {max(envio.ms) / 1000:.1f} s; "
        f"hubo que insistir: {dict(envio.motivos) or 'nunca'}\n"
        f"Perdidas {perdidas}, de más {de_mas}; memoria del servidor, lo más: {memoria(servidor.pid)} MB"
    )
    malas = [f"perdidas {perdidas}, de más {de_mas}"] if perdidas or de_mas else []
    return malas + ([f"{ritmo:.0f} por segundo"] if ritmo <= META_POR_SEGUNDO else [])


def procesador(pid: int) -> float:
    """Segundos de procesador que ha usado (Linux)."""
    campos = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(campos[11]) + int(campos[12])) / os.sysconf("SC_CLK_TCK")


def memoria(pid: int) -> int:
    renglon = next(r for r in Path(f"/proc/{pid}/status").read_text().splitlines() if r.startswith("VmHWM"))
    return int(renglon.split()[1]) // 1024


def principal() -> int:
    personas = int(sys.argv[1]) if len(sys.argv) > 1 else PERSONAS
    desde = time.perf_counter()
    instrumento = instrumento_grande()
    print(
        f"{platform.machine()}, {os.cpu_count()} núcleos, carga {os.getloadavg()[0]:.1f}, {ahora():%d/%m/%Y}; "
        f"{len(instrumento.preguntas)} preguntas con {sum(p.relevante is not None for p in instrumento.preguntas)} "
        f"condiciones, importadas en {time.perf_counter() - desde:.1f} s"
    )
    with tempfile.TemporaryDirectory() as carpeta:
        datos = Path(carpeta) / "datos"
        clave = oficina_con(datos, instrumento)
        ruta = f"/{clave}/e/1"
        ids, envios = cuerpos(datos, clave, instrumento, personas)
        servidor = Servidor(datos)
        try:
            malas = a_la_vez(servidor, datos, ruta, ids, envios)
            with sync_playwright() as motor:
                navegador = motor.chromium.launch(executable_path=ruta_chromium(), args=BANDERAS)
                malas += en_el_telefono(navegador, servidor.app + ruta)
                navegador.close()
        finally:
            servidor.cerrar()
    print(f"Carga al terminar: {os.getloadavg()[0]:.1f}")
    print("\n".join(f"Fuera de la meta: {mala}" for mala in malas) or "Dentro de las metas.")
    return 1 if malas else 0


if __name__ == "__main__":
    sys.exit(principal())
