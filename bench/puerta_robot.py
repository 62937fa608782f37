"""El robot de ``puerta.py``, en su proceso; y lo que sabe de las páginas, que también usan las personas.

De cada envío anota, en el archivo que le digan, de qué clase era, con qué id y qué se le contestó: al final se busca
cada uno en la base.

Uso: ``python bench/puerta_robot.py <puerto> <clave> <por segundo> manda|pide|visita <archivo>``.
"""

import asyncio
import re
import sys
import time
from html import unescape
from pathlib import Path
from random import Random
from typing import TextIO
from urllib.parse import urlencode

RAIZ = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(RAIZ))

from recoleccion import reglas  # noqa: E402
from recoleccion.avalancha import ceros  # noqa: E402

ASISTENCIA = {"sexo": "M", "edad": "30-44", "procedencia": "rancho"}
RESPUESTAS = {"K1": "V", "K2": "F", "K3": "V", "K4": "V", "K5": "NS", "D1": "M", "D2": "30-44"}
CLASES = {
    "crudo": "formulario bueno, id inventado",
    "ajeno": "con el sello de otra página",
    "repetido": "el mismo, una y otra vez",
    "trampa": "llena el campo que no se ve",
    "visita": "visita completa, hace la cuenta",
    "insiste": "y dice que no le dieron el número",
    "adivina": "e inventa el número",
}
"""Lo que sabe hacer el robot -> cómo se dice en la tabla."""
REGRESO = re.compile(rb"(?i)\r\nlocation: (\S*[?&]p=\S*)")
"""A quien manda sin guion y no se le guarda, se le dice dónde está su página (``recoleccion/vistas/regreso.py``)."""


async def pedir(
    puerto: int, metodo: str, camino: str, datos: dict[str, str] | None = None, *, guion: bool = False
) -> tuple[int, str]:
    """Una petición en su propia conexión. Si la manda a donde espera su página, la página, y 429.

    :param guion: como manda el de la página, que recibe ahí mismo lo que se le contesta.
    """
    cuerpo = urlencode(datos).encode() if datos is not None else b""
    prefiere = "Prefer: return=representation\r\n" if guion else ""
    cabeza = (
        f"{metodo} {camino} HTTP/1.1\r\nHost: 127.0.0.1:{puerto}\r\nSec-Fetch-Site: same-origin\r\n{prefiere}"
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
    cabezas, _, pagina = respuesta.partition(b"\r\n\r\n")
    if metodo == "POST" and (espera := REGRESO.search(cabezas)):
        return 429, (await pedir(puerto, "GET", espera[1].decode()))[1]
    return int(respuesta.split(b" ", 2)[1]), pagina.decode("utf-8", "replace")


def campos(pagina: str, que: str) -> dict[str, str]:
    """Los ocultos del formulario que manda a ``que``."""
    for formulario in re.findall(r"<form method=\"post\".*?</form>", pagina, re.DOTALL):
        if f'{que}"' in formulario.split(">", 1)[0] or 'action="' not in formulario.split(">", 1)[0]:
            ocultos = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', formulario)
            return {unescape(campo): unescape(valor) for campo, valor in ocultos}
    return {}


def bits(pagina: str) -> int | None:
    """Los ceros que pide una página de espera; ``None`` si lo que pide es el número de la sala."""
    hallados = re.findall(r'data-bits="(\d+)"', pagina)
    return int(hallados[0]) if hallados else None


def hacer_cuenta(pase: str, bits: int) -> str:
    n = 0
    while ceros(pase, str(n)) < bits:
        n += 1
    return str(n)


class Robot:
    """Manda por pocas conexiones que no cierra, con los bytes ya hechos, para que medirlo no cueste lo que se mide."""

    def __init__(self, puerto: int, clave: str, hechos: TextIO, *, solo_pide: bool) -> None:
        self.puerto, self.clave, self.azar, self.cuantas = puerto, clave, Random(666), 0
        self.solo_pide, self.hechos = solo_pide, hechos
        self.robado = {"id": reglas.nuevo_id(self.azar), "nace": ""}
        self.host = f"Host: 127.0.0.1:{puerto}\r\n"

    def _post(self, que: str, datos: dict[str, str]) -> bytes:
        cuerpo = urlencode(datos)
        return (
            f"POST /{self.clave}/{que} HTTP/1.1\r\n{self.host}Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(cuerpo)}\r\n\r\n{cuerpo}"
        ).encode()

    def otra(self) -> tuple[str, str, bytes]:
        """Clase («» si sólo pide), id y los bytes de la siguiente."""
        id, suerte = reglas.nuevo_id(self.azar), self.azar.random()
        que, datos = ("e/1", RESPUESTAS) if suerte * 100 % 1 < 0.5 else ("r", ASISTENCIA)
        if self.solo_pide and suerte < 0.5:
            return "", "", f"GET /{reglas.nueva_clave(self.azar)} HTTP/1.1\r\n{self.host}\r\n".encode()
        if self.solo_pide or suerte < 0.08:
            return "", "", f"GET /{self.clave}/{que} HTTP/1.1\r\n{self.host}\r\n".encode()
        if suerte < 0.16:
            return "repetido", self.robado["id"], self._post("r", {**self.robado, **ASISTENCIA})
        if suerte < 0.40:
            return "ajeno", id, self._post(que, {"id": id, "nace": self.robado["nace"], **datos})
        if suerte < 0.45:
            return "trampa", id, self._post(que, {"id": id, "asunto": "http://ejemplo", **datos})
        return "crudo", id, self._post(que, {"id": id, **datos})

    async def linea(self, cada: float) -> None:
        """Una conexión que manda una petición tras otra, a su ritmo."""
        toca, clase, id = time.perf_counter(), "", ""
        while True:
            try:
                lector, escritor = await asyncio.open_connection("127.0.0.1", self.puerto)
                while True:
                    toca = max(toca + cada, time.perf_counter() - 1)
                    await asyncio.sleep(max(0.0, toca - time.perf_counter()))
                    clase, id, crudo = self.otra()
                    escritor.write(crudo)
                    cabeza = await lector.readuntil(b"\r\n\r\n")
                    largo = re.search(rb"(?i)content-length: (\d+)", cabeza)
                    await lector.readexactly(int(largo[1]) if largo else 0)
                    self.cuantas += 1
                    self._anotar(clase, id, 429 if REGRESO.search(cabeza) else int(cabeza.split(b" ", 2)[1]))
                    clase = ""
            except (OSError, asyncio.IncompleteReadError):
                self._anotar(clase, id, 0)
                clase = ""
                await asyncio.sleep(0.05)

    def _anotar(self, clase: str, id: str, estado: int) -> None:
        if clase:
            self.hechos.write(f"{clase} {id} {estado}\n")

    async def completa(self) -> None:
        """Como una persona, pero que no vino: abre la página, espera, manda y hace lo que se le pida, si puede."""
        que, datos = self.azar.choice([("r", ASISTENCIA), ("e/1", RESPUESTAS)])
        clase = self.azar.choice(["visita", "insiste", "adivina"])
        _, pagina = await pedir(self.puerto, "GET", f"/{self.clave}/{que}")
        envio = {**campos(pagina, que), **datos}
        if "id" not in envio:
            return  # «Espere un momento»: no le tocó página
        await asyncio.sleep(3)
        for _ in range(6):
            estado = 0
            try:
                estado, pagina = await pedir(self.puerto, "POST", f"/{self.clave}/{que}", envio)
            finally:
                self._anotar(clase, envio.get("id", ""), estado)
            if estado != 429:
                return
            envio = campos(pagina, que)
            if not envio:
                return
            pide = bits(pagina)
            if pide is not None:
                envio["cuenta"] = hacer_cuenta(envio["pase"], pide)
            elif clase == "insiste":
                envio["numero-de-sala"] = "0"
            elif clase == "adivina":
                envio["numero-de-sala"] = f"{self.azar.randrange(10**8):08}"

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


if __name__ == "__main__":
    puerto, clave, por_segundo, que, archivo = sys.argv[1:]
    with Path(archivo).open("w", buffering=1) as hechos:
        robot = Robot(int(puerto), clave, hechos, solo_pide=que == "pide")
        asyncio.run((robot.visitar if que == "visita" else robot.atacar)(int(por_segundo)))
