"""Muchas asistentes mandan a la vez la misma encuesta por HTTP de verdad; luego se cuenta qué quedó guardado.

Es un proceso aparte del servidor. Cada una insiste si no la dejan entrar o si se pierde la respuesta, con el mismo id,
como lo hace su página.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from urllib.parse import urlencode

from formularios.instrumento import Instrumento
from recoleccion import reglas
from recoleccion.avalancha import Sellos
from recoleccion.consultas import conexion, eventos, instrumentos
from recoleccion.instalacion import Instalacion, ahora
from recoleccion.preparar import preparar
from tests.elenco import CONTRASENA, evento_de_prueba
from tests.encuesta_grande import contestada

INTENTOS = 20


@dataclass
class Envio:
    """Lo que pasó: milisegundos de cada envío aceptado, cuántas veces hubo que insistir y por qué."""

    ms: list[float] = field(default_factory=list)
    motivos: Counter[str] = field(default_factory=Counter)
    segundos: float = 0.0


def oficina_con(datos: Path, instrumento: Instrumento) -> str:
    """Una carpeta con un evento abierto hoy que lleva esa encuesta. Devuelve su código."""
    hoy, azar = ahora(), Random(8)
    preparar(datos, usuario="titular", contrasena=CONTRASENA, ahora=hoy)
    base = conexion.abrir(datos / "privada.db")
    instrumentos.guardar(base, instrumento, hoy)
    evento = evento_de_prueba(
        fecha=hoy.date().isoformat(), hora_inicio="00:00", hora_fin="23:59", encuestas=[instrumento.clave]
    )
    id = eventos.crear(base, evento, hoy, azar)
    eventos.abrir(base, id, hoy)
    leido = eventos.leer(base, id)
    assert leido is not None
    base.conn.close()
    return str(leido["clave"])


def cuerpos(datos: Path, clave: str, instrumento: Instrumento, cuantos: int) -> tuple[list[str], list[bytes]]:
    """Los ids y lo que manda cada una, ya codificado como lo hace un navegador que abrió su página hace un minuto."""
    azar = Random(20261123)
    ids = [reglas.nuevo_id(azar) for _ in range(cuantos)]
    return ids, [
        urlencode({"id": id, "nace": sello(datos, clave, id), **contestada(instrumento, azar)}, doseq=True).encode()
        for id in ids
    ]


def sello(datos: Path, clave: str, id: str) -> str:
    """El de una página de ese evento con ese id, abierta hace un minuto."""
    return Sellos(Instalacion(datos).secreto_sesion).nacimiento(clave, id, int(ahora().timestamp()) - 60)


def mandar_todas(puerto: int, ruta: str, envios: Sequence[bytes]) -> Envio:
    """Todas a la vez; vuelve cuando la última recibió su acuse. :raises AssertionError: si alguna se rinde."""
    with ThreadPoolExecutor(1) as aparte:  # en otro hilo: Playwright ya tiene un ciclo en éste
        return aparte.submit(lambda: asyncio.run(_todas(puerto, ruta, envios))).result()


async def _todas(puerto: int, ruta: str, envios: Sequence[bytes]) -> Envio:
    envio, salida = Envio(), asyncio.Event()
    tareas = [asyncio.create_task(_una(puerto, ruta, cuerpo, salida, envio)) for cuerpo in envios]
    await asyncio.sleep(0)
    desde = time.perf_counter()
    salida.set()
    await asyncio.gather(*tareas)
    envio.segundos = time.perf_counter() - desde
    return envio


async def _una(puerto: int, ruta: str, cuerpo: bytes, salida: asyncio.Event, envio: Envio) -> None:
    cabeza = (
        f"POST {ruta} HTTP/1.1\r\nHost: 127.0.0.1:{puerto}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Sec-Fetch-Site: same-origin\r\nAccept-Encoding: gzip, br\r\nContent-Length: {len(cuerpo)}\r\n"
        "Connection: close\r\n\r\n"
    ).encode()
    await salida.wait()
    for intento in range(INTENTOS):
        desde = time.perf_counter()
        try:
            estado = await asyncio.wait_for(_pedir(puerto, cabeza + cuerpo), timeout=60)
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
            envio.motivos[type(error).__name__] += 1
        else:
            if estado == 303:
                envio.ms.append((time.perf_counter() - desde) * 1000)
                return
            envio.motivos[f"estado {estado}"] += 1
        await asyncio.sleep(0.2 * (intento + 1))
    raise AssertionError(f"una no pudo mandar: {dict(envio.motivos)}")


async def _pedir(puerto: int, peticion: bytes) -> int:
    lector, escritor = await asyncio.open_connection("127.0.0.1", puerto)
    try:
        escritor.write(peticion)
        await escritor.drain()
        respuesta = await lector.read()
    finally:
        escritor.close()
    if not respuesta.startswith(b"HTTP/1."):
        raise asyncio.IncompleteReadError(respuesta, None)
    return int(respuesta.split(b" ", 2)[1])


def guardadas(datos: Path) -> tuple[set[str], int]:
    """Los ids recibidos y cuántos sobres hay en la urna."""
    base = conexion.abrir(datos / "privada.db", solo_lectura=True)
    try:
        ids = {fila["id"] for fila in base.execute("SELECT id FROM recibido")}
        return ids, int(base.execute("SELECT count(*) FROM urna").fetchone()[0])
    finally:
        base.conn.close()
