"""¿Qué tan rápido es el portal junto a un Datasette sin nada, y qué le hacen veinte consultas hostiles a la vez?

Los dos procesos sirven el mismo archivo, en turnos alternados, a los mismos clientes. «Nueva» es una dirección que
nadie había pedido (se dibuja), y así se le pide todo a Datasette solo; «vista», una que ya se pidió desde que se
publicó: en el portal sale de su memoria, porque entre dos publicaciones no cambia. Al final, una analista manda sin
descanso veinte consultas hostiles mientras el público sigue leyendo.

Uso: ``python bench/datasette.py [segundos] [--archivo publica.db]``.
"""

import argparse
import itertools
import os
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from random import Random
from urllib.parse import quote

RAIZ = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(RAIZ), str(RAIZ / "tests" / "publicacion")]

from consultas_hostiles import HOSTILES  # noqa: E402
from elenco_publicacion import DESDE, HASTA, LOTE, SECRETO, asentar, carpeta, sembrar  # noqa: E402

from publicacion import analistas, escritura, lanzar, orquestar  # noqa: E402

CLIENTES, VUELTAS = 4, 3
META_KB, META_MS, META_HOSTIL_MS, META_MB = 30, 50, 1_000, 500
# Nombre: (dirección en el portal, la que más se le parece en Datasette solo)
PAGINAS = {
    "inicio": ("/", "/"),
    "tabla en JSON": ("/publica/respuesta_cubo.json?_shape=array", "/publica/respuesta_cubo.json?_shape=array"),
    "tabla, página": ("/publica/respuesta_cubo", "/publica/respuesta_cubo"),
    "pregunta": ("/preguntas/participacion", "/publica/respuestas_por_pregunta"),
    "CSV entero": ("/publica/respuesta_cubo.csv?_stream=1", "/publica/respuesta_cubo.csv?_stream=1"),
}


@dataclass
class Medida:
    ms: list[float] = field(default_factory=list)
    segundos: float = 0.0
    bytes: int = 0
    procesador: float = 0.0
    fallas: list[str] = field(default_factory=list)

    @property
    def ritmo(self) -> float:
        return len(self.ms) / self.segundos if self.segundos else 0.0

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.ms, n=20)[-1] if len(self.ms) > 1 else float("nan")

    @property
    def cpu(self) -> float:
        """Milisegundos de procesador del servidor por petición: no dependen de qué más corra en la computadora."""
        return self.procesador * 1000 / len(self.ms) if self.ms else float("nan")

    def sumar(self, otra: "Medida") -> None:
        self.ms += otra.ms
        self.segundos += otra.segundos
        self.bytes = otra.bytes
        self.procesador += otra.procesador
        self.fallas += otra.fallas


class Servidor:
    """Un proceso de Datasette atendiendo en un puerto libre."""

    def __init__(self, orden: list[str], ambiente: dict[str, str]) -> None:
        self.puerto = int(orden[orden.index("--port") + 1])
        ambiente |= {"PYTHONPATH": os.pathsep.join(filter(None, [str(RAIZ), ambiente.get("PYTHONPATH")]))}
        self.proceso = subprocess.Popen(orden, env=ambiente, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(300):
            try:
                with closing(HTTPConnection("127.0.0.1", self.puerto, timeout=5)) as con:
                    con.request("GET", "/")
                    con.getresponse().read()
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit("Datasette no contestó")

    def parar(self) -> None:
        self.proceso.terminate()
        self.proceso.wait()

    def cpu(self) -> float:
        """Segundos de procesador que lleva."""
        campos = Path(f"/proc/{self.proceso.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(campos[11]) + int(campos[12])) / os.sysconf("SC_CLK_TCK")

    def megas(self) -> float:
        """Lo que ocupan ahora el proceso y sus hijos (RSS)."""
        total = 0
        for pid in (self.proceso.pid, *_hijos(self.proceso.pid)):
            try:
                estado = Path(f"/proc/{pid}/status").read_text()
            except OSError:
                continue
            total += next((int(r.split()[1]) for r in estado.splitlines() if r.startswith("VmRSS")), 0)
        return total / 1024


def _hijos(pid: int) -> list[int]:
    hijos = []
    for tarea in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            hijos += [int(h) for h in tarea.read_text().split()]
        except OSError:
            continue
    return hijos


def puerto_libre() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


_NUMERO = itertools.count()


def medir(servidor: Servidor, ruta: str, segundos: float, *, nueva: bool, clientes: int = CLIENTES) -> Medida:
    """``clientes`` piden la misma ruta sin descanso, con la conexión abierta."""
    medida, candado = Medida(), threading.Lock()
    procesador = servidor.cpu()
    fin = time.monotonic() + segundos

    def cliente() -> None:
        ms: list[float] = []
        bytes_, fallas = 0, []
        with closing(HTTPConnection("127.0.0.1", servidor.puerto, timeout=30)) as con:
            while time.monotonic() < fin:
                union = "&" if "?" in ruta else "?"
                direccion = f"{ruta}{union}_n={next(_NUMERO)}" if nueva else ruta
                desde = time.perf_counter()
                try:
                    con.request("GET", direccion)
                    r = con.getresponse()
                    bytes_ = len(r.read())
                except (OSError, HTTPException) as error:
                    con.close()
                    fallas.append(repr(error))
                    continue
                if r.status == 200:
                    ms.append((time.perf_counter() - desde) * 1000)
                else:
                    fallas.append(f"{direccion}: {r.status}")
        with candado:
            medida.ms += ms
            medida.bytes = bytes_
            medida.fallas += fallas

    hilos = [threading.Thread(target=cliente) for _ in range(clientes)]
    empezo = time.monotonic()
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join()
    medida.segundos = time.monotonic() - empezo
    medida.procesador = servidor.cpu() - procesador
    return medida


def hostiles(servidor: Servidor, token: str, segundos: float) -> tuple[Medida, float, dict[int, int]]:
    """Veinte hilos con una consulta hostil cada uno, repetida; el público lee. (medida, MB, estados)"""
    fin = time.monotonic() + segundos
    estados: dict[int, int] = {}
    candado = threading.Lock()
    mayor = 0.0

    def hostil(sql: str) -> None:
        formas = itertools.cycle(("", ".json", ".csv"))
        while time.monotonic() < fin:
            try:
                with closing(HTTPConnection("127.0.0.1", servidor.puerto, timeout=60)) as con:
                    ruta = f"/publica{next(formas)}?sql={quote(sql)}"
                    con.request("GET", ruta, headers={"Authorization": f"Bearer {token}"})
                    r = con.getresponse()
                    r.read()
                    cual = r.status
            except (OSError, HTTPException):
                cual = 0
            with candado:
                estados[cual] = estados.get(cual, 0) + 1

    def pesar() -> None:
        nonlocal mayor
        while time.monotonic() < fin:
            mayor = max(mayor, servidor.megas())
            time.sleep(0.02)

    hilos = [threading.Thread(target=hostil, args=(sql,)) for sql in HOSTILES.values()]
    hilos.append(threading.Thread(target=pesar))
    for hilo in hilos:
        hilo.start()
    publico = leer_todo(servidor, segundos)
    for hilo in hilos:
        hilo.join()
    return publico, mayor, estados


def leer_todo(servidor: Servidor, segundos: float) -> Medida:
    """El público: dos personas que van de página en página, la mitad de las veces a una que nadie ha visto."""
    publico = Medida()
    fin = time.monotonic() + segundos
    rutas = itertools.cycle([(ruta, nueva) for nueva in (True, False) for ruta, _ in PAGINAS.values()])
    while time.monotonic() < fin:
        ruta, nueva = next(rutas)
        publico.sumar(medir(servidor, ruta, 0.3, nueva=nueva, clientes=2))
    return publico


def archivo_de_prueba(datos: Path) -> Path:
    """Un trimestre inventado, publicado como se publica de verdad."""
    privada, catalogos = carpeta(datos)
    sembrar(privada)
    celdas, reglas = orquestar.calcular(privada, LOTE, DESDE, HASTA, catalogos, SECRETO)
    asentar(privada, celdas, reglas)
    escritura.escribir(privada, datos / "publica.db")
    return datos / "publica.db"


def main() -> int:
    opciones = argparse.ArgumentParser(description=__doc__)
    opciones.add_argument("segundos", nargs="?", type=float, default=3.0)
    opciones.add_argument("--archivo", type=Path, help="otro publica.db; si no se dice, se hace uno")
    dichas = opciones.parse_args()
    hoy = datetime.now().astimezone().date()
    print(f"Python {platform.python_version()}, {os.cpu_count()} núcleos, {hoy}, {dichas.segundos:g} s por medida")
    with tempfile.TemporaryDirectory() as temporal:
        datos = Path(temporal)
        if dichas.archivo:
            publica = Path(shutil.copyfile(dichas.archivo, datos / "publica.db"))
        else:
            publica = archivo_de_prueba(datos)
        token, _ = analistas.alta(analistas.ruta_de(publica), "Medición", hoy=hoy, azar=Random(1))
        print(f"Archivo de {publica.stat().st_size / 1024:.0f} KB")
        solo = puerto_libre()
        servidores = {
            "portal": Servidor(lanzar.orden(publica, puerto_libre()), lanzar.entorno(ruta_publica=publica)),
            "solo": Servidor(
                [sys.executable, "-m", "datasette", "serve", "-i", str(publica), "--port", str(solo)], lanzar.entorno()
            ),
        }
        try:
            bien = comparar(servidores, dichas.segundos)
            return 0 if bien & castigar(servidores["portal"], token, max(10.0, dichas.segundos * 5)) else 1
        finally:
            for servidor in servidores.values():
                servidor.parar()


def comparar(servidores: dict[str, Servidor], segundos: float) -> bool:
    print("\nPor segundo, p95 y ms de procesador por petición:")
    print(f"{'página':<16}{'KB':>6}   {'portal, nueva':>26}{'portal, vista':>26}{'Datasette solo':>26}   veces")
    bien = True
    for nombre, (nuestra, suya) in PAGINAS.items():
        casos = {"nueva": ("portal", nuestra, True), "vista": ("portal", nuestra, False), "solo": ("solo", suya, True)}
        medidas = {caso: Medida() for caso in casos}
        for vuelta in range(VUELTAS):
            for caso in list(casos)[:: 1 if vuelta % 2 == 0 else -1]:
                quien, ruta, nueva = casos[caso]
                medidas[caso].sumar(medir(servidores[quien], ruta, segundos / VUELTAS, nueva=nueva))
        for m in medidas.values():
            if m.fallas:
                print(f"  {len(m.fallas)} fallas, la primera: {m.fallas[0]}")
                bien = False
        columnas = "".join(f"{m.ritmo:>8.0f}/s {m.p95:>6.1f} ms {m.cpu:>5.1f}" for m in medidas.values())
        razones = [medidas[caso].ritmo / medidas["solo"].ritmo for caso in ("nueva", "vista")]
        print(f"{nombre:<16}{medidas['vista'].bytes / 1024:>6.1f}   {columnas}   {razones[0]:.1f} y {razones[1]:.1f}")
        bien &= max(razones) >= 1
        if nombre == "inicio":
            una = medir(servidores["portal"], nuestra, segundos / 3, nueva=True, clientes=1)
            print(f"  inicio nuevo, un solo cliente: p95 {una.p95:.1f} ms (meta {META_MS}), "
                  f"{una.bytes / 1024:.1f} KB sin comprimir (meta {META_KB})")  # fmt: skip
            bien &= una.p95 < META_MS and una.bytes < META_KB * 1024
    return bien


def castigar(servidor: Servidor, token: str, segundos: float) -> bool:
    quieto, antes = servidor.megas(), leer_todo(servidor, segundos / 2)
    publico, megas, estados = hostiles(servidor, token, segundos)
    dicho = ", ".join(f"{n} de {estado}" for estado, n in sorted(estados.items()))
    print(f"\n{len(HOSTILES)} consultas hostiles a la vez, {segundos:.0f} s: {dicho}")
    print(f"  el público: {len(publico.ms)} páginas, p95 {publico.p95:.0f} ms (meta {META_HOSTIL_MS}; sin ellas,"
          f" {antes.p95:.0f}), la peor {max(publico.ms):.0f} ms, {len(publico.fallas)} fallas")  # fmt: skip
    print(f"  memoria del portal y sus consultas: {quieto:.0f} MB en calma, {megas:.0f} MB lo más (meta {META_MB})")
    return publico.p95 < META_HOSTIL_MS and megas < META_MB and not publico.fallas and not estados.get(0)


if __name__ == "__main__":
    sys.exit(main())
