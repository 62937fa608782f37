"""Publicar una y otra vez mientras se lee: lo usan la prueba y la corrida larga (``JORNADA_REPUBLICACIONES=1000``)."""

import hashlib
import json
import os
import re
import shutil
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from publica_chica import construir

from publicacion import descargas

VERSIONES = (100, 200, 300, 400, 500)
"""La cuenta que llevan todas las celdas visibles de cada publicación: mezclar dos se nota."""
CLIENTES = 8


@dataclass
class Leido:
    """Lo que vieron los clientes."""

    respuestas: int = 0
    errores: list[str] = field(default_factory=list)
    mezclas: list[str] = field(default_factory=list)
    versiones: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Publicaciones:
    """Los archivos ya hechos, con sus descargas en la carpeta del que se sirve."""

    publica: Path
    por_huella: dict[str, tuple[int, bytes]]

    @classmethod
    def preparar(cls, datos: Path) -> "Publicaciones":
        publica = datos / "publica.db"
        por_huella = {}
        for n in VERSIONES:
            ruta = construir(datos / f"version-{n}.db", n)
            descargas.hacer(ruta, descargas.carpeta_de(publica))
            contenido = ruta.read_bytes()
            por_huella[hashlib.sha256(contenido).hexdigest()[:12]] = (n, contenido)
        shutil.copyfile(datos / f"version-{VERSIONES[0]}.db", publica)
        return cls(publica, por_huella)

    def poner(self, vez: int) -> None:
        """Como ``escritura.escribir``: el archivo entero aparte, y de un golpe en su lugar."""
        nuevo = self.publica.with_name("publica.db.nuevo")
        nuevo.write_bytes(list(self.por_huella.values())[vez % len(self.por_huella)][1])
        os.replace(nuevo, self.publica)


def leer_sin_parar(
    puerto: int, hechas: Publicaciones, fin: threading.Event, leido: Leido, candado: threading.Lock
) -> None:
    """Un cliente: páginas, JSON, CSV y descargas; cada respuesta debe ser toda de la publicación que dice."""
    con = HTTPConnection("127.0.0.1", puerto, timeout=20)
    vuelta = 0
    with closing(con):
        while not fin.is_set():
            vuelta += 1
            for ruta in _rutas(vuelta):
                try:
                    con.request("GET", ruta)
                    r = con.getresponse()
                    cuerpo = r.read()
                except (OSError, HTTPException) as error:
                    con.close()
                    with candado:
                        leido.errores.append(f"{ruta}: {error!r}")
                    continue
                with candado:
                    leido.respuestas += 1
                    juzgar(ruta, r.status, r.getheader("x-jornada-entrega") or "", cuerpo, hechas, leido)


def _rutas(vuelta: int) -> tuple[str, ...]:
    """Unas ya vistas y otras nuevas, que no estén en la memoria de páginas."""
    return (
        "/",
        f"/?_vuelta={vuelta}",
        f"/publica/asistencia_cubo.json?_shape=array&_vuelta={vuelta}",
        "/publica/asistencias_por_sexo",
        f"/preguntas/participacion?_vuelta={vuelta}",
        f"/publica/asistencia_cubo.csv?_stream=1&_size=1&_vuelta={vuelta}",
        "/publica.db",
        "/descargas/datos-csv.zip",
    )


def juzgar(ruta: str, estado: int, entrega: str, cuerpo: bytes, hechas: Publicaciones, leido: Leido) -> None:
    if estado != 200 or entrega not in hechas.por_huella:
        leido.errores.append(f"{ruta}: {estado}, entrega «{entrega}»: {cuerpo[:200]!r}")
        return
    n, base = hechas.por_huella[entrega]
    leido.versiones.add(entrega)
    if ruta.endswith(".db"):
        bien = cuerpo == base
    elif ruta.startswith("/descargas"):
        bien = cuerpo == (descargas.carpeta_de(hechas.publica) / entrega / ruta.rpartition("/")[2]).read_bytes()
    elif ".json" in ruta:
        bien = [f["n"] for f in json.loads(cuerpo)] == [None, n, n]
    elif ".csv" in ruta:
        bien = [r.rpartition(",")[2] for r in cuerpo.decode().splitlines()] == ["n", "", str(n), str(n)]
    else:
        bien = set(re.findall(r"(?:[Pp]eriodo de |<strong>|unas )(\d00)\b", cuerpo.decode())) == {str(n)}
    if not bien:
        leido.mezclas.append(f"{ruta} de {entrega} ({n}): {cuerpo[:300]!r}")


def republicar(puerto: int, hechas: Publicaciones, veces: int, pausa: float) -> Leido:
    """``veces`` publicaciones con :data:`CLIENTES` leyendo; devuelve lo que vieron."""
    leido, fin, candado = Leido(), threading.Event(), threading.Lock()
    hilos = [
        threading.Thread(target=leer_sin_parar, args=(puerto, hechas, fin, leido, candado)) for _ in range(CLIENTES)
    ]
    for hilo in hilos:
        hilo.start()
    try:
        for vez in range(1, veces + 1):
            hechas.poner(vez)
            time.sleep(pausa)
    finally:
        fin.set()
        for hilo in hilos:
            hilo.join(30)
    return leido
