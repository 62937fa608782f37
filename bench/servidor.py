"""¿waitress o granian? Los dos atienden la misma aplicación y la misma carga, uno tras otro, en esta computadora.

Carga: 5 teléfonos de promotora mandan lotes de 20 registros y 40 asistentes mandan su registro, todos a la vez y sin
descanso. Cada respuesta buena es algo ya escrito en el disco (``synchronous=FULL``). Se repite en orden alternado y
se toma la mediana. Uso: ``python bench/servidor.py [segundos]``.
"""

import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from random import Random
from urllib.parse import urlencode

RAIZ = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(RAIZ))

from recoleccion import reglas  # noqa: E402
from recoleccion.avalancha import Sellos  # noqa: E402
from recoleccion.consultas import avisos, conexion, cuentas, dispositivos, eventos, llave  # noqa: E402
from recoleccion.instalacion import Instalacion, ahora  # noqa: E402
from recoleccion.preparar import preparar  # noqa: E402
from recoleccion.sellado import INFO_REGISTRO, b64  # noqa: E402

TELEFONOS, ASISTENTES, POR_LOTE, VUELTAS = 5, 40, 20, 3
MODULO = """
import os
from pathlib import Path
from recoleccion.aplicacion import create_app
from recoleccion.avalancha import SIN_LIMITES
app = create_app(Path(os.environ["JORNADA_DATOS"]), limites=SIN_LIMITES)
"""
SERVIDORES = {
    "waitress, 8 hilos": ["-m", "waitress", "--listen=127.0.0.1:{puerto}", "--threads=8", "aplicacion_medida:app"],
    "granian, 1 proceso": [
        "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", "{puerto}", "--workers", "1",
        "--blocking-threads", "8", "--no-ws", "--log-level", "error", "aplicacion_medida:app",
    ],
    "granian, 2 procesos": [
        "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", "{puerto}", "--workers", "2",
        "--blocking-threads", "4", "--no-ws", "--log-level", "error", "aplicacion_medida:app",
    ],
}  # fmt: skip


@dataclass
class Medida:
    """Milisegundos de cada envío, y cuántos fallaron."""

    lotes: list[float] = field(default_factory=list)
    asistencias: list[float] = field(default_factory=list)
    fallas: int = 0

    def por_segundo(self, segundos: float) -> float:
        return (len(self.lotes) * POR_LOTE + len(self.asistencias)) / segundos


class Oficina:
    """Una carpeta preparada con un evento abierto y cinco teléfonos dados de alta."""

    def __init__(self, datos: Path) -> None:
        azar, hora = Random(1), ahora()
        preparar(datos, usuario="titular", contrasena="medir medir", ahora=hora)
        self.datos, self.instalacion = datos, Instalacion(datos)
        with closing(conexion.abrir(datos / "privada.db")) as db:
            llave.crear(db, "camino nube mesa larga", sello=self.instalacion.sello, ahora=hora, azar=azar)
            self.evento = eventos.crear(
                db,
                {
                    "titulo": "Medición", "tipo": "platica", "tema": "tipos", "fecha": hora.date().isoformat(),
                    "hora_inicio": "00:00", "hora_fin": "23:59", "sede": "Salón", "localidad": "valle_de_guadalupe",
                    "zona": "cabecera", "programa": "prevencion", "pide_nombre": True, "lineas": ["M4"],
                },
                hora,
                azar,
            )  # fmt: skip
            eventos.abrir(db, self.evento, hora)
            leido = eventos.leer(db, self.evento)
            assert leido is not None
            self.clave = leido["clave"]
            self.aviso = avisos.vigente(db)["version"]
            cuenta = cuentas.listar(db)[0].id
            self.tokens = [dispositivos.alta(db, f"T{n}", cuenta, hora, azar)[1] for n in range(TELEFONOS)]

    def lote(self, azar: Random) -> bytes:
        registros = []
        for _ in range(POR_LOTE):
            id = reglas.nuevo_id(azar)
            registro = {
                "v": 1, "id": id, "tipo": "asistencia", "evento": self.evento, "hora": ahora().isoformat(),
                "sesgo_ms": 0,
                "datos": {"modo": "promotora", "sexo": "M", "edad": "30-44", "procedencia": "rancho",
                          "aviso": self.aviso, "identidad": b64(azar.randbytes(337)), "credencial": None},
            }  # fmt: skip
            sobre = self.instalacion.sello.sellar(json.dumps(registro).encode(), INFO_REGISTRO)
            registros.append({"id": id, "sobre": b64(sobre)})
        return json.dumps(
            {"version": 1, "epoca": None, "enviado_en": ahora().isoformat(), "pendientes": 0, "app": "bench",
             "registros": registros}
        ).encode()  # fmt: skip

    def guardadas(self) -> int:
        with closing(conexion.abrir(self.datos / "privada.db")) as db:
            return int(db.execute("SELECT count(*) FROM asistencia").fetchone()[0])


def telefono(oficina: Oficina, n: int, puerto: int, lotes: list[bytes], fin: float, medida: Medida) -> None:
    con = HTTPConnection("127.0.0.1", puerto, timeout=30)
    cabeceras = {"Authorization": f"Bearer {oficina.tokens[n]}", "Content-Type": "application/json"}
    for lote in lotes:
        if time.monotonic() > fin:
            return
        _pedir(con, "/api/v1/lote", lote, cabeceras, 200, medida.lotes, medida)


def asistente(oficina: Oficina, n: int, puerto: int, fin: float, medida: Medida) -> None:
    con, azar = HTTPConnection("127.0.0.1", puerto, timeout=30), Random(1000 + n + os.getpid())
    cabeceras, sellos = (
        {"Content-Type": "application/x-www-form-urlencoded"},
        Sellos(oficina.instalacion.secreto_sesion),
    )
    while time.monotonic() < fin:
        id = reglas.nuevo_id(azar)
        nace = sellos.nacimiento(oficina.clave, id, int(time.time()) - 60)
        datos = {"id": id, "nace": nace, "sexo": "M", "edad": "18-29", "procedencia": "cabecera", "nombre": "Ana"}
        _pedir(con, f"/{oficina.clave}/r", urlencode(datos).encode(), cabeceras, 303, medida.asistencias, medida)


def _pedir(
    con: HTTPConnection, ruta: str, cuerpo: bytes, cabeceras: dict[str, str], bien: int, lista: list[float], m: Medida
) -> None:
    desde = time.perf_counter()
    try:
        con.request("POST", ruta, cuerpo, cabeceras)
        respuesta = con.getresponse()
        respuesta.read()
    except (HTTPException, OSError):
        con.close()
        m.fallas += 1
        return
    if respuesta.status == bien:
        lista.append((time.perf_counter() - desde) * 1000)
    else:
        m.fallas += 1


def medir(orden: list[str], segundos: float) -> tuple[Medida, float]:
    """Levanta un servidor, le echa la carga y comprueba que lo contestado esté en la base."""
    with tempfile.TemporaryDirectory() as carpeta:
        oficina = Oficina(Path(carpeta) / "datos")
        (Path(carpeta) / "aplicacion_medida.py").write_text(MODULO, "utf-8")
        with socket.socket() as libre:
            libre.bind(("127.0.0.1", 0))
            puerto = libre.getsockname()[1]
        lotes = [[oficina.lote(Random(f"{n}-{i}")) for i in range(int(15 * segundos))] for n in range(TELEFONOS)]
        ambiente = os.environ | {"JORNADA_DATOS": str(oficina.datos), "PYTHONPATH": f"{RAIZ}{os.pathsep}{carpeta}"}
        servidor = subprocess.Popen(
            [sys.executable, *(parte.format(puerto=puerto) for parte in orden)],
            env=ambiente,
            cwd=carpeta,
            stderr=subprocess.DEVNULL,
        )
        try:
            _esperar(puerto)
            medida, fin = Medida(), time.monotonic() + segundos
            hilos = [
                threading.Thread(target=telefono, args=(oficina, n, puerto, lotes[n], fin, medida))
                for n in range(TELEFONOS)
            ] + [threading.Thread(target=asistente, args=(oficina, n, puerto, fin, medida)) for n in range(ASISTENTES)]
            desde = time.monotonic()
            for hilo in hilos:
                hilo.start()
            for hilo in hilos:
                hilo.join()
            duro = time.monotonic() - desde
        finally:
            servidor.terminate()
            servidor.wait()
        contestadas = len(medida.lotes) * POR_LOTE + len(medida.asistencias)
        assert oficina.guardadas() >= contestadas, "se contestó algo que no quedó guardado"
    return medida, duro


def _esperar(puerto: int) -> None:
    for _ in range(200):
        try:
            con = HTTPConnection("127.0.0.1", puerto, timeout=5)
            con.request("GET", "/salir")
            if con.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("el servidor no contestó")


def p95(lista: list[float]) -> float:
    return statistics.quantiles(lista, n=20)[-1] if len(lista) > 1 else float("nan")


def main() -> None:
    segundos = float(sys.argv[1]) if len(sys.argv) > 1 else 6.0
    print(f"Python {platform.python_version()}, {os.cpu_count()} núcleos, {segundos:.0f} s por corrida")
    corridas: dict[str, list[tuple[Medida, float]]] = {nombre: [] for nombre in SERVIDORES}
    for vuelta in range(VUELTAS):
        for nombre in list(SERVIDORES)[:: 1 if vuelta % 2 == 0 else -1]:
            corridas[nombre].append(medir(SERVIDORES[nombre], segundos))
    medianas = {}
    for nombre, hechas in corridas.items():
        ritmo = medianas[nombre] = statistics.median(m.por_segundo(s) for m, s in hechas)
        lotes = [ms for m, _ in hechas for ms in m.lotes]
        personas = [ms for m, _ in hechas for ms in m.asistencias]
        print(
            f"{nombre:<22} {ritmo:7.0f} registros/s   lote p50 {statistics.median(lotes):5.0f} p95 {p95(lotes):5.0f} ms"
            f"   asistente p50 {statistics.median(personas):5.0f} p95 {p95(personas):5.0f} ms"
            f"   fallas {sum(m.fallas for m, _ in hechas)}"
        )
    base = next(iter(medianas.values()))
    for nombre, ritmo in list(medianas.items())[1:]:
        print(f"{nombre} / waitress = {ritmo / base:.2f}")


if __name__ == "__main__":
    main()
