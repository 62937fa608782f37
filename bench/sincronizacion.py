"""¿Cuánto cuesta la sincronización de jornada junto a lo mínimo que podría costar, en esta computadora?

Tres servidores (waitress, 8 hilos, un proceso, ``synchronous=FULL``) reciben los mismos lotes uno tras otro:

- **piso**: Flask y sqlite3 pelones que guardan los mismos renglones en las mismas tablas, sin comprobar nada: ni quién
  manda, ni si se entiende, ni si ya estaba; el registro viene en claro dentro de un texto del mismo tamaño;
- **jornada**: el de verdad, con sobres cifrados y firmados;
- **sin cifra**: el de verdad, menos abrir el sobre y comprobar la firma (sobres del mismo tamaño, sin cifrar).

Lo que se compara con el piso es «sin cifra»; lo que cuesta la cifra se dice aparte. Cada respuesta buena es algo ya
escrito en el disco. El tiempo depende de qué más haga la computadora; el procesador, mucho menos. Antes de la tabla,
500 teléfonos llegan juntos tras un día sin señal.

Uso: ``python bench/sincronizacion.py [rápido]``.
"""

import json
import logging
import multiprocessing
import os
import platform
import resource
import statistics
import sys
import tempfile
import threading
import time
from contextlib import closing, nullcontext
from http.client import HTTPConnection
from multiprocessing.connection import Connection
from pathlib import Path
from random import SystemRandom

RAIZ = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(RAIZ), str(RAIZ / "bench")]

import waitress.server  # noqa: E402
from cryptography.hazmat.primitives import hashes  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import ec  # noqa: E402
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature  # noqa: E402
from flask import Flask, g, jsonify, request  # noqa: E402
from servidor import Oficina  # noqa: E402
from sqlite_utils.utils import sqlite3  # noqa: E402

from recoleccion import reglas, sellado  # noqa: E402
from recoleccion.aplicacion import create_app  # noqa: E402
from recoleccion.consultas import conexion, cuentas, dispositivos  # noqa: E402
from recoleccion.instalacion import ahora  # noqa: E402

LOTES, TELEFONOS = (1, 50, 200, 500), (1, 8, 32)
REGISTROS = {1: 320, 50: 3200, 200: 8000, 500: 8000}
SERVIDORES = ("piso", "jornada", "sin cifra")
JUNTOS, POR_TELEFONO = 500, 60


# --- Los servidores ----------------------------------------------------------------------------------------------


def piso(ruta: Path) -> Flask:
    """Lo que sale de la guía de Flask con sqlite3, más un candado para que los hilos no se estorben."""
    app, candado = Flask("piso"), threading.Lock()

    def bd() -> sqlite3.Connection:
        if "bd" not in g:
            g.bd = sqlite3.connect(ruta, timeout=10)
            g.bd.execute("PRAGMA synchronous = FULL")
        return g.bd

    @app.teardown_appcontext
    def cerrar(_error: BaseException | None) -> None:
        if "bd" in g:
            g.bd.close()

    @app.post("/api/v1/lote")
    def lote() -> object:
        hora, acuses = ahora().isoformat(), []
        lote = request.get_json()
        with candado, bd() as base:
            for sobre in lote["registros"]:
                registro = json.loads(_claro(sellado.de_b64(sobre["sobre"])))
                id, datos = registro["id"], registro["datos"]
                base.execute("INSERT INTO recibido (id, huella) VALUES (?, ?)", [id, id])
                base.execute(
                    "INSERT INTO asistencia (id, evento_id, modo, sexo, edad, procedencia, personas, aviso_version,"
                    " hora_dispositivo, sesgo_ms, recibido_en) VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?)",
                    [id, registro["evento"], datos["modo"], datos["sexo"], datos["edad"], datos["procedencia"],
                     datos["aviso"], registro["hora"], registro["sesgo_ms"], hora],
                )  # fmt: skip
                base.execute(
                    "INSERT INTO identidad (asistencia_id, sobre) VALUES (?, ?)", [id, datos["identidad"].encode()]
                )
                acuses.append({"id": id, "estado": "aceptado", "codigo": None, "mensaje": None})
        return jsonify(version=1, hora_servidor=hora, acuses=acuses)

    return app


def _claro(sobre: bytes) -> bytes:
    """Lo de adentro de un sobre de los que no van cifrados."""
    return sellado.quitar_relleno(sobre[65:-16])


def _sin_cifra() -> None:
    sellado.Sello.abrir = lambda _sello, sobre, _info: _claro(sobre)  # type: ignore[method-assign]
    sys.modules["recoleccion.consultas.firmas"].firma_valida = lambda *_: True  # type: ignore[attr-defined]


def atender(cual: str, datos: Path, tubo: Connection) -> None:
    if cual == "sin cifra":
        _sin_cifra()
    app = piso(datos / "privada.db") if cual == "piso" else create_app(datos)
    logging.getLogger("waitress").setLevel(logging.ERROR)
    servidor = waitress.server.create_server(app, host="127.0.0.1", port=0, threads=8, connection_limit=2000)
    threading.Thread(target=servidor.run, daemon=True).start()
    with (
        nullcontext() if cual == "piso" else conexion.mantener_abierta(datos / "privada.db")
    ):  # como ``jornada servir``
        tubo.send(servidor.effective_port)
        while tubo.recv() == "cpu":
            tubo.send(time.process_time())
    tubo.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


class Proceso:
    """Un servidor en otro proceso; ``cerrar`` devuelve los MB que llegó a ocupar."""

    def __init__(self, cual: str, datos: Path) -> None:
        contexto = multiprocessing.get_context("spawn")
        self._tubo, alla = contexto.Pipe()
        self._proceso = contexto.Process(target=atender, args=(cual, datos, alla), daemon=True)
        self._proceso.start()
        self.puerto: int = self._tubo.recv()

    def cpu(self) -> float:
        """Segundos de procesador que lleva: no dependen de qué más haga la computadora."""
        self._tubo.send("cpu")
        segundos: float = self._tubo.recv()
        return segundos

    def cerrar(self) -> float:
        self._tubo.send("fin")
        memoria: float = self._tubo.recv()
        self._proceso.join()
        return memoria


# --- Los teléfonos -----------------------------------------------------------------------------------------------


class Flota:
    """Teléfonos con llave, que firman, y los lotes que mandan; se preparan antes de medir."""

    def __init__(self, oficina: Oficina, cuantos: int) -> None:
        self.oficina, self.azar = oficina, SystemRandom()
        self.llaves = [ec.generate_private_key(ec.SECP256R1()) for _ in range(cuantos)]
        with closing(conexion.abrir(oficina.datos / "privada.db")) as db:
            cuenta, hora = cuentas.listar(db)[0].id, ahora()
            self.tokens = [
                dispositivos.alta(db, f"F{n}", cuenta, hora, self.azar, sellado.b64(_punto(llave)))[1]
                for n, llave in enumerate(self.llaves)
            ]

    def lote(self, telefono: int, cuantos: int, *, cifrado: bool) -> bytes:
        return json.dumps(
            {"version": 1, "epoca": None, "enviado_en": ahora().isoformat(), "pendientes": cuantos, "app": "bench",
             "registros": [self._registro(telefono, cifrado) for _ in range(cuantos)]}
        ).encode()  # fmt: skip

    def _registro(self, telefono: int, cifrado: bool) -> dict[str, str]:
        id = reglas.nuevo_id(self.azar)
        registro = {
            "v": 1, "id": id, "tipo": "asistencia", "evento": self.oficina.evento, "hora": ahora().isoformat(),
            "sesgo_ms": 0,
            "datos": {"modo": "promotora", "sexo": "M", "edad": "30-44", "procedencia": "rancho",
                      "aviso": self.oficina.aviso, "credencial": None,
                      "identidad": sellado.b64(self.azar.randbytes(337))},
        }  # fmt: skip
        claro = json.dumps(registro).encode()
        if not cifrado:
            relleno = bytes(65) + sellado.rellenar(claro) + bytes(16)
            return {"id": id, "sobre": sellado.b64(relleno), "firma": "A" * 86}
        sobre = sellado.b64(self.oficina.instalacion.sello.sellar(claro, sellado.INFO_REGISTRO))
        firma = self.llaves[telefono].sign(sellado.por_firmar(id, sobre), ec.ECDSA(hashes.SHA256()))
        r, s = decode_dss_signature(firma)
        return {"id": id, "sobre": sobre, "firma": sellado.b64(r.to_bytes(32, "big") + s.to_bytes(32, "big"))}


def _punto(llave: ec.EllipticCurvePrivateKey) -> bytes:
    return sellado.Sello(llave).publica


def mandar(puerto: int, token: str, lotes: list[bytes], salida: threading.Barrier, milisegundos: list[float]) -> None:
    """Un teléfono: un lote tras otro por la misma conexión. Todo tiene que salir acusado."""
    cabeceras = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with closing(HTTPConnection("127.0.0.1", puerto, timeout=120)) as con:
        salida.wait()
        for lote in lotes:
            desde = time.perf_counter()
            con.request("POST", "/api/v1/lote", lote, cabeceras)
            respuesta = con.getresponse()
            cuerpo = respuesta.read()
            milisegundos.append((time.perf_counter() - desde) * 1000)
            assert respuesta.status == 200, cuerpo[:300]
            estados = {acuse["estado"] for acuse in json.loads(cuerpo)["acuses"]}
            assert estados == {"aceptado"}, estados


def todos(puerto: int, tokens: list[str], lotes: list[list[bytes]]) -> tuple[float, list[float]]:
    """Segundos que tardaron entre todos y los milisegundos de cada lote."""
    salida, milisegundos = threading.Barrier(len(lotes) + 1), []
    hilos = [
        threading.Thread(target=mandar, args=(puerto, token, suyos, salida, milisegundos))
        for token, suyos in zip(tokens, lotes, strict=False)
    ]
    for hilo in hilos:
        hilo.start()
    salida.wait()
    desde = time.perf_counter()
    for hilo in hilos:
        hilo.join()
    segundos = time.perf_counter() - desde
    assert len(milisegundos) == sum(map(len, lotes)), "hubo lotes sin acuse"
    return segundos, milisegundos


# --- Las medidas -------------------------------------------------------------------------------------------------


def tabla(oficina: Oficina, parte: int) -> None:
    flota = Flota(oficina, max(TELEFONOS))
    print("por lote, teléfonos; de cada servidor: registros/s, p50 y p95 de un lote, procesador por registro")
    for por_lote in LOTES:
        for telefonos in TELEFONOS:
            cada_uno = max(1, REGISTROS[por_lote] // parte // por_lote // telefonos)
            medidas, cpu, textos = {}, {}, {}
            for cual in SERVIDORES:
                lotes = [
                    [flota.lote(n, por_lote, cifrado=cual == "jornada") for _ in range(cada_uno)]
                    for n in range(telefonos)
                ]
                proceso = Proceso(cual, oficina.datos)
                antes = proceso.cpu()
                segundos, ms = todos(proceso.puerto, flota.tokens, lotes)
                registros = telefonos * cada_uno * por_lote
                medidas[cual], cpu[cual] = registros / segundos, (proceso.cpu() - antes) / registros * 1e6
                proceso.cerrar()
                p50, p95 = statistics.median(ms), statistics.quantiles(ms, n=20)[-1] if len(ms) > 1 else ms[0]
                textos[cual] = f"{cual} {medidas[cual]:5.0f}/s {p50:4.0f} {p95:5.0f} ms {cpu[cual]:5.0f} us"
            print(
                f"{por_lote:>4} {telefonos:>3}   {'   '.join(textos.values())}   sin cifra/piso: tiempo"
                f" {medidas['piso'] / medidas['sin cifra']:.2f}, procesador {cpu['sin cifra'] / cpu['piso']:.2f}",
                flush=True,
            )


def cifra(oficina: Oficina) -> None:
    """Abrir un sobre y comprobar su firma, en microsegundos: lo que «sin cifra» no hace."""
    flota = Flota(oficina, 1)
    registros = [flota._registro(0, cifrado=True) for _ in range(500)]
    sello, llave = oficina.instalacion.sello, flota.llaves[0].public_key()
    desde = time.perf_counter()
    for registro in registros:
        sello.abrir(sellado.de_b64(registro["sobre"]), sellado.INFO_REGISTRO)
    abrir = (time.perf_counter() - desde) / len(registros) * 1e6
    desde = time.perf_counter()
    assert all(sellado.firma_valida(llave, r["id"], r["sobre"], r["firma"]) for r in registros)
    firmar = (time.perf_counter() - desde) / len(registros) * 1e6
    print(f"La cifra, por registro: abrir el sobre {abrir:.0f} us, comprobar la firma {firmar:.0f} us")


def juntos(oficina: Oficina) -> None:
    flota = Flota(oficina, JUNTOS)
    lotes = [[flota.lote(n, POR_TELEFONO, cifrado=True)] for n in range(JUNTOS)]
    proceso = Proceso("jornada", oficina.datos)
    antes = oficina.guardadas()
    segundos, ms = todos(proceso.puerto, flota.tokens, lotes)
    memoria = proceso.cerrar()
    assert oficina.guardadas() - antes == JUNTOS * POR_TELEFONO, "se contestó algo que no quedó guardado"
    print(
        f"{JUNTOS} teléfonos juntos, {POR_TELEFONO} registros cada uno: {segundos:.1f} s"
        f" ({JUNTOS * POR_TELEFONO / segundos:.0f} registros/s), el que más esperó {max(ms) / 1000:.1f} s,"
        f" {memoria:.0f} MB de servidor"
    )


def main() -> None:
    rapido = "rápido" in sys.argv[1:]
    print(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {os.cpu_count()} núcleos")
    with tempfile.TemporaryDirectory() as carpeta:
        oficina = Oficina(Path(carpeta) / "datos")
        cifra(oficina)
        juntos(oficina)
        tabla(oficina, 4 if rapido else 1)


if __name__ == "__main__":
    main()
