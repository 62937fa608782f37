"""Cuántos envíos de ODK Collect por segundo se guardan: la encuesta de 250 preguntas, por HTTP de verdad.

    python bench/openrosa_envios.py [envíos] [teléfonos]

``jornada servir`` con su base en disco; cada teléfono pregunta antes (``HEAD``), como hace Collect, y una de cada diez
se manda dos veces. Después se cuenta la urna. ODK Central publica 41 envíos por segundo en una máquina chica.
"""

import os
import platform
import statistics
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

RAIZ = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(RAIZ))

from bench.encuesta_grande import procesador  # noqa: E402
from recoleccion import reglas  # noqa: E402
from recoleccion.consultas import conexion, cuentas, dispositivos, eventos  # noqa: E402
from recoleccion.instalacion import ahora  # noqa: E402
from recoleccion.openrosa import formas  # noqa: E402
from tests.encuesta_grande import contestada, instrumento_grande  # noqa: E402
from tests.muchas import guardadas, oficina_con  # noqa: E402
from tests.navegador.procesos import Servidor  # noqa: E402
from tests.recoleccion.openrosa import instancia  # noqa: E402

META_POR_SEGUNDO = 41
CABECERAS = {"X-OpenRosa-Version": "1.0", "Content-Type": "multipart/form-data; boundary=x"}


def permiso_y_xform(datos: Path, clave: str, instrumento) -> tuple[str, bytes]:
    base = conexion.abrir(datos / "privada.db")
    permiso = dispositivos.alta(base, "Samsung", cuentas.listar(base)[0].id, ahora(), Random(1), clase="odk")[1]
    hallado = eventos.por_clave(base, clave)
    assert hallado is not None
    base.conn.close()
    return permiso, formas.encuesta(hallado[0], instrumento).xml


def cuerpo(xml: bytes) -> bytes:
    cabeza = b'--x\r\nContent-Disposition: form-data; name="xml_submission_file"; filename="a.xml"\r\n\r\n'
    return cabeza + xml + b"\r\n--x--\r\n"


def mandar(sitio: str, ruta: str, contenido: bytes) -> tuple[int, float]:
    desde = time.perf_counter()
    conectado = HTTPConnection(sitio, timeout=60)
    conectado.request("HEAD", ruta, headers={"X-OpenRosa-Version": "1.0"})
    assert conectado.getresponse().read() == b""
    conectado.request("POST", ruta, contenido, CABECERAS)
    respuesta = conectado.getresponse()
    respuesta.read()
    conectado.close()
    return respuesta.status, time.perf_counter() - desde


def principal() -> int:
    cuantos = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    telefonos = int(sys.argv[2]) if len(sys.argv) > 2 else 50
    instrumento, azar = instrumento_grande(), Random(20261123)
    ids = [reglas.nuevo_id(azar) for _ in range(cuantos)]
    with tempfile.TemporaryDirectory() as carpeta:
        datos = Path(carpeta) / "datos"
        clave = oficina_con(datos, instrumento)
        permiso, xform = permiso_y_xform(datos, clave, instrumento)
        envios = [
            cuerpo(instancia.contestada(xform, instrumento, dict(contestada(instrumento, azar)), id)) for id in ids
        ]
        envios += envios[: cuantos // 10]
        servidor = Servidor(datos)
        try:
            sitio, ruta = urlsplit(servidor.app).netloc, f"/openrosa/{permiso}/submission"
            desde, antes = time.perf_counter(), procesador(servidor.pid)
            with ThreadPoolExecutor(telefonos) as juntos:
                hechos = list(juntos.map(lambda envio: mandar(sitio, ruta, envio), envios))
            segundos, uso = time.perf_counter() - desde, procesador(servidor.pid) - antes
        finally:
            servidor.cerrar()
        recibidos, sobres = guardadas(datos)
    ritmo = len(envios) / segundos
    perdidos, de_mas = len(set(ids) - recibidos), sobres - cuantos
    print(
        f"{platform.machine()}, {os.cpu_count()} núcleos, carga {os.getloadavg()[0]:.1f}; {cuantos} envíos de"
        f" {len(instrumento.preguntas)} preguntas ({statistics.mean(map(len, envios)) / 1000:.1f} KB) y"
        f" {len(envios) - cuantos} repetidos, {telefonos} a la vez: {segundos:.1f} s, {ritmo:.0f} por segundo"
        f" (meta {META_POR_SEGUNDO}), {uso / len(envios) * 1000:.1f} ms de procesador cada uno;"
        f" mediana {statistics.median(s for _, s in hechos) * 1000:.0f} ms;"
        f" estados {dict(Counter(estado for estado, _ in hechos))}; perdidos {perdidos}, de más {de_mas}"
    )
    return 1 if perdidos or de_mas or ritmo <= META_POR_SEGUNDO else 0


if __name__ == "__main__":
    sys.exit(principal())
