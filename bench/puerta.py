"""Una sala de 40 teléfonos detrás de una sola dirección, y un robot que manda 500 envíos por segundo al mismo evento.

Atiende ``jornada servir``, por HTTP, en los mismos dos núcleos. Cada persona abre el cartel, se registra y contesta una
encuesta; una de cada cuatro no tiene JavaScript. El robot, en otro proceso, mezcla lo que sabe: formularios buenos con
ids inventados, con el sello de otra página, repetidos, con la trampa llena, páginas pedidas por pedir y, unos cuantos
cada segundo, la visita completa con su cuenta hecha. Primero sin robot, luego con él y luego con uno que sólo pide
páginas, la mitad de códigos inventados; al final de cada una se cuenta en la base.

Uso: ``python bench/puerta.py [personas] [por_segundo] [segundos]``.
"""

import asyncio
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from random import Random
from urllib.parse import urlencode

RAIZ = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(RAIZ))

from recoleccion import reglas  # noqa: E402
from recoleccion.avalancha import ceros  # noqa: E402
from recoleccion.consultas import conexion, eventos  # noqa: E402
from recoleccion.instalacion import ahora  # noqa: E402
from recoleccion.preparar import preparar  # noqa: E402
from tests.elenco import CONTRASENA, evento_de_prueba  # noqa: E402
from tests.navegador.procesos import Servidor  # noqa: E402

META_MS, META_SEGUNDOS = 1_000, 120
ASISTENCIA = {"sexo": "M", "edad": "30-44", "procedencia": "rancho"}
RESPUESTAS = {"K1": "V", "K2": "F", "K3": "V", "K4": "V", "K5": "NS", "D1": "M", "D2": "30-44"}
COMPLETAS = 10
"""Visitas completas que hace el robot cada segundo."""


@dataclass
class Sala:
    """Lo que pasó con las personas: milisegundos de cada petición, ids mandados y cuántas veces les tocó esperar."""

    ms: list[float] = field(default_factory=list)
    asistencias: list[str] = field(default_factory=list)
    encuestas: list[str] = field(default_factory=list)
    esperas: int = 0
    sin_respuesta: int = 0
    segundos: float = 0.0


async def pedir(puerto: int, metodo: str, camino: str, datos: dict[str, str] | None = None) -> tuple[int, str]:
    """Una petición en su propia conexión."""
    cuerpo = urlencode(datos).encode() if datos is not None else b""
    cabeza = (
        f"{metodo} {camino} HTTP/1.1\r\nHost: 127.0.0.1:{puerto}\r\nSec-Fetch-Site: same-origin\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(cuerpo)}\r\nConnection: close\r\n\r\n"
    )
    lector, escritor = await asyncio.open_connection("127.0.0.1", puerto)
    try:
        escritor.write(cabeza.encode() + cuerpo)
        await escritor.drain()
        respuesta = await lector.read()
    finally:
        escritor.close()
    if not respuesta.startswith(b"HTTP/1."):
        raise ConnectionError("cortada")
    return int(respuesta.split(b" ", 2)[1]), respuesta.partition(b"\r\n\r\n")[2].decode("utf-8", "replace")


def campos(pagina: str, que: str) -> dict[str, str]:
    """Los ocultos del formulario que manda a ``que``."""
    for formulario in re.findall(r"<form method=\"post\".*?</form>", pagina, re.DOTALL):
        if f'{que}"' in formulario.split(">", 1)[0] or 'action="' not in formulario.split(">", 1)[0]:
            ocultos = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', formulario)
            return {unescape(campo): unescape(valor) for campo, valor in ocultos}
    return {}


def hacer_cuenta(pase: str, bits: int) -> str:
    n = 0
    while ceros(pase, str(n)) < bits:
        n += 1
    return str(n)


class Persona:
    def __init__(self, puerto: int, clave: str, n: int, sala: Sala) -> None:
        self.puerto, self.clave, self.sala = puerto, clave, sala
        self.azar, self.con_guion = Random(n), n % 4 != 0

    async def venir(self, ritmo: float) -> None:
        """Llega en el primer minuto, lee, se registra y contesta."""
        await asyncio.sleep(self.azar.uniform(0, 60) * ritmo)
        await self._pedir("GET", f"/{self.clave}")
        await self._pensar(1, 3, ritmo)
        self.sala.asistencias.append(await self._llenar("r", ASISTENCIA, 4, 8, ritmo))
        await self._pedir("GET", f"/{self.clave}/listo")
        self.sala.encuestas.append(await self._llenar("e/1", RESPUESTAS, 8, 20, ritmo))

    async def _llenar(self, que: str, datos: dict[str, str], de: float, a: float, ritmo: float) -> str:
        camino = f"/{self.clave}/{que}"
        _, pagina = await self._pedir("GET", camino)
        ocultos = campos(pagina, que)
        await self._pensar(de, a, ritmo)
        estado, pagina = await self._pedir("POST", camino, {**ocultos, **datos})
        while estado == 429:
            self.sala.esperas += 1
            vuelta = campos(pagina, que)
            assert vuelta.items() >= {**datos, "id": ocultos["id"]}.items(), "la espera no trae lo contestado"
            bits = int(re.findall(r'data-bits="(\d+)"', pagina)[0])
            if self.con_guion:
                vuelta["cuenta"] = hacer_cuenta(vuelta["pase"], bits)
            else:
                await asyncio.sleep(int(re.findall(r"Cuente (\d+) segundos", pagina)[0]))
            estado, pagina = await self._pedir("POST", camino, vuelta)
        assert estado == 303, (estado, pagina[:300])
        return ocultos["id"]

    async def _pedir(self, metodo: str, camino: str, datos: dict[str, str] | None = None) -> tuple[int, str]:
        """Insiste con lo mismo si no hay respuesta, como lo hace la página; y recarga si le dicen que aguarde."""
        while True:
            desde = time.perf_counter()
            try:
                estado, pagina = await asyncio.wait_for(pedir(self.puerto, metodo, camino, datos), 30)
            except (OSError, TimeoutError):
                self.sala.sin_respuesta += 1
            else:
                self.sala.ms.append((time.perf_counter() - desde) * 1000)
                if metodo == "POST" or estado == 200:
                    return estado, pagina
            await asyncio.sleep(2)

    async def _pensar(self, de: float, a: float, ritmo: float) -> None:
        await asyncio.sleep(self.azar.uniform(de, a) * max(ritmo, 0.3))


async def sala_de(puerto: int, clave: str, personas: int, segundos: float) -> Sala:
    sala, desde = Sala(), time.perf_counter()
    ritmo = segundos / META_SEGUNDOS
    await asyncio.gather(*(Persona(puerto, clave, n, sala).venir(ritmo) for n in range(personas)))
    sala.segundos = time.perf_counter() - desde
    return sala


# --- El robot, en su proceso ---------------------------------------------------------------------------------------


class Robot:
    """Manda por pocas conexiones que no cierra, con los bytes ya hechos, para que medirlo no cueste lo que se mide."""

    def __init__(self, puerto: int, clave: str, *, solo_pide: bool) -> None:
        self.puerto, self.clave, self.azar, self.cuantas = puerto, clave, Random(666), 0
        self.solo_pide = solo_pide
        self.robado = {"id": reglas.nuevo_id(self.azar), "nace": ""}
        self.host = f"Host: 127.0.0.1:{puerto}\r\n"

    def _post(self, que: str, datos: dict[str, str]) -> bytes:
        cuerpo = urlencode(datos)
        return (
            f"POST /{self.clave}/{que} HTTP/1.1\r\n{self.host}Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(cuerpo)}\r\n\r\n{cuerpo}"
        ).encode()

    def otra(self) -> bytes:
        id, suerte = reglas.nuevo_id(self.azar), self.azar.random()
        que, datos = ("e/1", RESPUESTAS) if suerte * 100 % 1 < 0.5 else ("r", ASISTENCIA)
        if self.solo_pide and suerte < 0.5:
            return f"GET /{reglas.nueva_clave(self.azar)} HTTP/1.1\r\n{self.host}\r\n".encode()
        if self.solo_pide or suerte < 0.08:
            return f"GET /{self.clave}/{que} HTTP/1.1\r\n{self.host}\r\n".encode()
        if suerte < 0.16:
            return self._post("r", {**self.robado, **ASISTENCIA})  # el mismo, una y otra vez
        if suerte < 0.40:
            return self._post(que, {"id": id, "nace": self.robado["nace"], **datos})  # el sello es de otra página
        if suerte < 0.45:
            return self._post(que, {"id": id, "asunto": "http://ejemplo", **datos})
        return self._post(que, {"id": id, **datos})

    async def linea(self, cada: float) -> None:
        """Una conexión que manda una petición tras otra, a su ritmo."""
        toca = time.perf_counter()
        while True:
            try:
                lector, escritor = await asyncio.open_connection("127.0.0.1", self.puerto)
                while True:
                    toca = max(toca + cada, time.perf_counter() - 1)
                    await asyncio.sleep(max(0.0, toca - time.perf_counter()))
                    escritor.write(self.otra())
                    cabeza = await lector.readuntil(b"\r\n\r\n")
                    largo = re.search(rb"(?i)content-length: (\d+)", cabeza)
                    await lector.readexactly(int(largo[1]) if largo else 0)
                    self.cuantas += 1
            except (OSError, asyncio.IncompleteReadError):
                await asyncio.sleep(0.05)

    async def completa(self) -> None:
        """Como una persona, pero que no vino: abre la página, espera, manda y hace la cuenta si se la piden."""
        que, datos = self.azar.choice([("r", ASISTENCIA), ("e/1", RESPUESTAS)])
        _, pagina = await pedir(self.puerto, "GET", f"/{self.clave}/{que}")
        ocultos = campos(pagina, que)
        await asyncio.sleep(3)
        for _ in range(3):
            estado, pagina = await pedir(self.puerto, "POST", f"/{self.clave}/{que}", {**ocultos, **datos})
            if estado != 429:
                return
            ocultos = campos(pagina, que)
            bits = re.findall(r'data-bits="(\d+)"', pagina)
            ocultos["cuenta"] = hacer_cuenta(ocultos["pase"], int(bits[0]))

    async def atacar(self, por_segundo: int) -> None:
        _, pagina = await pedir(self.puerto, "GET", f"/{self.clave}/r")
        self.robado = campos(pagina, "r")
        lineas = 25
        tareas = {asyncio.create_task(self.linea(lineas / por_segundo)) for _ in range(lineas)}
        desde = time.perf_counter()
        while tareas:
            await asyncio.sleep(0.5)
            print(self.cuantas, f"{time.perf_counter() - desde:.2f}", flush=True)

    async def visitar(self, por_segundo: int) -> None:
        """En otro proceso: hacer cuentas no frena a las líneas."""
        tareas: set[asyncio.Task[None]] = set()
        while True:
            tareas.add(nueva := asyncio.create_task(self.completa()))
            nueva.add_done_callback(lambda tarea: (tareas.discard(tarea), tarea.cancelled() or tarea.exception()))
            await asyncio.sleep(1 / por_segundo)


# --- Medir ---------------------------------------------------------------------------------------------------------


def oficina(datos: Path) -> str:
    hoy, azar = ahora(), Random(3)
    preparar(datos, usuario="titular", contrasena=CONTRASENA, ahora=hoy)
    with closing(conexion.abrir(datos / "privada.db")) as base:
        evento = evento_de_prueba(
            fecha=hoy.date().isoformat(), hora_inicio="00:00", hora_fin="23:59", pide_nombre=False, pide_telefono=False,
            encuestas=["antes"],
        )  # fmt: skip
        id = eventos.crear(base, evento, hoy, azar)
        eventos.abrir(base, id, hoy)
        leido = eventos.leer(base, id)
        assert leido is not None
        return str(leido["clave"])


def procesador(pid: int) -> float:
    """Segundos de procesador de un proceso."""
    partes = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(partes[11]) + int(partes[12])) / os.sysconf("SC_CLK_TCK")


def medir(personas: int, por_segundo: int, segundos: float, que: str = "manda") -> tuple[Sala, list[str]]:
    """Una sala; ``que``: lo que hace el robot, ``manda`` o ``pide``."""
    with tempfile.TemporaryDirectory() as carpeta:
        datos = Path(carpeta) / "datos"
        clave = oficina(datos)
        servidor = Servidor(datos)
        puerto, robot, visita = int(servidor.app.rsplit(":", 1)[1]), None, None
        try:
            if por_segundo:
                orden = [sys.executable, __file__, "--robot", str(puerto), clave]
                robot = subprocess.Popen(
                    [*orden, str(por_segundo), que], stdout=subprocess.PIPE, text=True, stderr=subprocess.DEVNULL
                )
                if que == "manda":
                    visita = subprocess.Popen([*orden, str(COMPLETAS), "visita"], stderr=subprocess.DEVNULL)
                time.sleep(3)  # la sala llega cuando ya empezó
            antes, carga = procesador(servidor.pid), os.getloadavg()[0]
            sala = asyncio.run(sala_de(puerto, clave, personas, segundos))
            uso = (procesador(servidor.pid) - antes) / sala.segundos
        finally:
            mandadas = ""
            if visita is not None:
                visita.terminate()
                visita.wait()
            if robot is not None:
                robot.terminate()
                mandadas = robot.communicate()[0].rstrip().rpartition("\n")[2]
            servidor.cerrar()
        p95 = statistics.quantiles(sala.ms, n=20)[-1]
        quien = "sin robot"
        if mandadas:
            cuantas, en = mandadas.split()
            quien = f"con un robot que {que} ({int(cuantas) / float(en):.0f} por segundo, {cuantas} en total)"
        print(
            f"{quien}: {sala.segundos:.0f} s; {len(sala.ms)} peticiones, p50 {statistics.median(sala.ms):.0f} ms, "
            f"p95 {p95:.0f} ms, la peor {max(sala.ms):.0f} ms; {sala.esperas} esperas, {sala.sin_respuesta} sin "
            f"respuesta; servidor {uso:.0%} de un núcleo; carga de la máquina {carga:.1f} a {os.getloadavg()[0]:.1f}"
        )
        return sala, contar(datos, sala, personas, p95)


def contar(datos: Path, sala: Sala, personas: int, p95: float) -> list[str]:
    """Lo que quedó en la base, y lo que no cumple."""
    with closing(conexion.abrir(datos / "privada.db", solo_lectura=True)) as base:
        contadas = {f["id"] for f in base.execute("SELECT id FROM asistencia")}
        recibidas = {f["id"] for f in base.execute("SELECT id FROM recibido")}
        apartadas = {f["registro_id"] for f in base.execute("SELECT registro_id FROM cuarentena")}
        por_codigo = {f["codigo"]: f["n"] for f in base.execute(
            "SELECT codigo, count(*) AS n FROM cuarentena GROUP BY 1")}  # fmt: skip
        urna = int(base.execute("SELECT count(*) FROM urna").fetchone()[0])
    suyas = {*sala.asistencias, *sala.encuestas}
    perdidas, dobles = suyas - recibidas - apartadas, suyas & recibidas & apartadas
    a, e = contadas & suyas, set(sala.encuestas) & recibidas
    megas = sum(f.stat().st_size for f in datos.glob("privada.db*")) / 1e6
    print(
        f"  de la sala: {len(a)} asistencias y {len(e)} encuestas en las cuentas, {len(suyas & apartadas)} apartadas, "
        f"{len(perdidas)} perdidas, {len(dobles)} dobles\n"
        f"  del robot: {len(contadas - suyas)} asistencias y {urna - len(e)} encuestas en las cuentas; "
        f"apartados {por_codigo}; la base mide {megas:.1f} MB"
    )
    malas = [f"{len(perdidas)} perdidas"] if perdidas or len(suyas) != 2 * personas else []
    malas += [f"{len(dobles)} dobles"] if dobles else []
    malas += [f"p95 de {p95:.0f} ms"] if p95 > META_MS else []
    return malas + ([f"{sala.segundos:.0f} s"] if sala.segundos > META_SEGUNDOS else [])


def main() -> None:
    if sys.argv[1:2] == ["--robot"]:
        robot = Robot(int(sys.argv[2]), sys.argv[3], solo_pide=sys.argv[5] == "pide")
        asyncio.run((robot.visitar if sys.argv[5] == "visita" else robot.atacar)(int(sys.argv[4])))
    personas, por_segundo, segundos = (
        float(sys.argv[n]) if len(sys.argv) > n else omision for n, omision in ((1, 40), (2, 500), (3, META_SEGUNDOS))
    )
    print(f"Python {platform.python_version()}, {os.cpu_count()} núcleos, {ahora():%d/%m/%Y}; {personas:.0f} personas")
    salas, malas = {}, []
    for quien, cuantos, que in (("sin robot", 0, ""), ("manda", por_segundo, "manda"), ("pide", por_segundo, "pide")):
        salas[quien], suyas = medir(int(personas), int(cuantos), segundos, que)
        malas += [f"{quien}: {mala}" for mala in suyas]
    p95 = {quien: statistics.quantiles(sala.ms, n=20)[-1] for quien, sala in salas.items()}
    for que in ("manda", "pide"):
        print(f"p95 con el robot que {que} / sin robot = {p95[que] / p95['sin robot']:.1f}")
    raise SystemExit("; ".join(["No cumple", *malas]) if malas else 0)


if __name__ == "__main__":
    main()
