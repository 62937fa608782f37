"""Un servidor de verdad en otro proceso, hecho para matarlo, y los teléfonos que le hablan hasta que muere."""

import json
import multiprocessing
import random
import threading
import time
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from multiprocessing.connection import Connection
from pathlib import Path

import waitress.server
from fabrica import Fabrica

from recoleccion.aplicacion import create_app
from recoleccion.consultas import conexion, recepcion

# Un proceso que ya importó todo se bifurca en milisegundos; importar en cada muerte tardaría medio segundo.
PROCESOS = multiprocessing.get_context("forkserver")
PROCESOS.set_forkserver_preload([__name__])


class Servidor:
    """``acusa_antes``: el defecto plantado, contestar y guardar después."""

    def __init__(self, datos: Path, acusa_antes: bool = False) -> None:
        aqui, alla = PROCESOS.Pipe()
        self.proceso = PROCESOS.Process(target=_atender, args=(datos, alla, acusa_antes), daemon=True)
        self.proceso.start()
        alla.close()
        assert aqui.poll(60), "el servidor no arrancó"
        self.puerto: int = aqui.recv()
        aqui.close()

    def matar(self) -> None:
        self.proceso.kill()  # SIGKILL: no alcanza a despedirse
        self.proceso.join()
        self.proceso.close()


def _atender(datos: Path, tubo: Connection, acusa_antes: bool) -> None:
    app = create_app(datos)
    if acusa_antes:
        _acusar_antes(datos)
    servidor = waitress.server.create_server(app, host="127.0.0.1", port=0, threads=8)
    with conexion.mantener_abierta(datos / "privada.db", cada=0.05):  # a cada rato: que también muera vaciando
        tubo.send(servidor.effective_port)
        tubo.close()
        servidor.run()


def _acusar_antes(datos: Path) -> None:
    de_veras = recepcion.recibir_lote

    def guardar(cuerpo: bytes, opciones: dict) -> None:
        time.sleep(0.03)
        with closing(conexion.abrir(datos / "privada.db")) as base:
            de_veras(base, cuerpo, **opciones)

    def acusar(_db: object, cuerpo: bytes, **opciones: object) -> dict:
        threading.Thread(target=guardar, args=(cuerpo, opciones)).start()
        registros = json.loads(cuerpo)["registros"]
        return {"version": 1, "acuses": [{"id": registro["id"], "estado": "aceptado"} for registro in registros]}

    recepcion.recibir_lote = acusar


class Telefono:
    """Manda lotes sin parar; el que no le acusaron lo vuelve a mandar, igual, al servidor siguiente."""

    def __init__(self, token: str, fabrica: Fabrica, semilla: int) -> None:
        self.fabrica, self.azar = fabrica, random.Random(semilla)
        self.cabeceras = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.pendiente: list[dict] = []
        self.mandados: set[str] = set()
        self.acusados: set[str] = set()
        self.repetidos = 0

    def hablar(self, puerto: int, fin: threading.Event) -> None:
        con = HTTPConnection("127.0.0.1", puerto, timeout=30)
        with closing(con):
            while not fin.is_set():
                self.pendiente = self.pendiente or self._capturar()
                if not self.mandar(con):
                    return

    def mandar(self, con: HTTPConnection) -> bool:
        """Si el lote pendiente quedó acusado."""
        try:
            con.request("POST", "/api/v1/lote", self.fabrica.lote(*self.pendiente), self.cabeceras)
            respuesta = con.getresponse()
            acuses = json.loads(respuesta.read())["acuses"]
        except (OSError, HTTPException, ValueError):
            return False
        estados = [acuse["estado"] for acuse in acuses]
        assert set(estados) <= {"aceptado", "repetido"}, estados
        self.acusados |= {acuse["id"] for acuse in acuses}
        self.repetidos += estados.count("repetido")
        self.pendiente = []
        return True

    def _capturar(self) -> list[dict]:
        hacer = [
            lambda: self.fabrica.asistencia(nombre="Persona Prueba"),
            self.fabrica.conteo,
            lambda: self.fabrica.contestacion(S1="buena"),
        ]
        sellados = [self.fabrica.sellar(self.azar.choice(hacer)()) for _ in range(self.azar.randint(1, 12))]
        self.mandados |= {sellado["id"] for sellado in sellados}
        return sellados


def hasta_que_muera(servidor: Servidor, telefonos: list[Telefono], azar: random.Random) -> None:
    """Todos los teléfonos a la vez; a media carga, SIGKILL."""
    fin = threading.Event()
    hilos = [threading.Thread(target=telefono.hablar, args=(servidor.puerto, fin)) for telefono in telefonos]
    antes = sum(len(telefono.acusados) for telefono in telefonos)
    for hilo in hilos:
        hilo.start()
    while sum(len(telefono.acusados) for telefono in telefonos) == antes and any(h.is_alive() for h in hilos):
        time.sleep(0.001)
    time.sleep(azar.uniform(0, 0.06))
    servidor.matar()
    fin.set()
    for hilo in hilos:
        hilo.join()
