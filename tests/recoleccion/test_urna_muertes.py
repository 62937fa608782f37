"""Se abre la urna y algo se corta: SIGKILL, una falla de SQLite o un apagón, en cada paso.

Al volver a abrir, cada contestación se contó una sola vez, o sigue en su sobre; y cuando por fin sale, en el archivo no
queda nada con que volver a unirla: ni sobre, ni ficha, ni el número que tuvo en la urna.
"""

import json
import os
import shutil
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random

import pytest
from disco import Disco, apagon
from fabrica import HORA, Fabrica, contar
from sqlite_utils.utils import sqlite3
from urna_mortal import Verdugo

from recoleccion.consultas import conexion, eventos, urna
from recoleccion.errores import ErrorJornada
from recoleccion.sellado import Sello
from tests.atacante_privado import pedazos
from tests.avance import avance

CADA = int(os.environ.get("JORNADA_URNA_CADA", "9"))
"""De cuántos en cuántos pasos se mata; con 1 (``make nocturna``), en todos."""
APAGONES = int(os.environ.get("JORNADA_URNA_APAGONES", "15"))
HOJAS = 11
"""De cada una de las dos encuestas; todas distintas."""


@dataclass(frozen=True)
class Llena:
    """Una carpeta con su urna llena y el evento abierto, y lo que debe salir de ella."""

    datos: Path
    evento_id: str
    hojas: Counter
    textos: Counter
    agujas: list[bytes]

    def copia(self, destino: Path) -> "Llena":
        shutil.rmtree(destino, ignore_errors=True)
        return Llena(Path(shutil.copytree(self.datos, destino)), self.evento_id, self.hojas, self.textos, self.agujas)

    @property
    def sello(self) -> Sello:
        return Sello.leer((self.datos / "claves" / "servidor.pem").read_bytes())


@pytest.fixture
def llena(datos, elenco) -> Llena:
    sello = Sello.leer((datos / "claves" / "servidor.pem").read_bytes())
    fabrica = Fabrica(sello, elenco.evento_id)
    registros, hojas, textos = [], Counter(), Counter()
    for n in range(HOJAS):
        claves = {f"K{k}": ("V", "F", "NS")[n // 3 ** (k - 1) % 3] for k in range(1, 4)} | {"C1": "SCN"[n % 3]}
        for encuesta in ("antes", "despues"):
            suyas = claves | {"AT1": "A" if encuesta == "antes" else "D"}
            demas = {"D1": "M", "D2": "30-44"} if encuesta == "antes" else {}
            libre = {"I2": f"Duda número {n}"} if encuesta == "despues" and n % 3 == 0 else {}
            registros.append(fabrica.contestacion(encuesta, ficha=f"LUNA-{n + 10}", **suyas, **demas, **libre))
            hojas[encuesta, json.dumps(suyas, sort_keys=True)] += 1
            textos.update(libre.values())
    with closing(conexion.abrir(datos / "privada.db")) as base:
        assert set(fabrica.mandar(base, *registros)) == {"aceptado"}
        filas = base.execute("SELECT id, sobre FROM urna").fetchall()
        conexion.vaciar_bitacora(base)
    agujas = [f["id"].encode() for f in filas] + [r["datos"]["ficha"].encode() for r in registros]
    agujas += [pedazo for f in filas for pedazo in pedazos(bytes(f["sobre"]))]
    return Llena(datos, elenco.evento_id, hojas, textos, agujas)


def lo_que_hay(base) -> tuple[int, Counter, Counter]:
    """Cuántos sobres, qué hojas y qué textos."""
    filas = base.execute("SELECT instrumento, respuestas FROM contestacion")
    hojas = Counter((f["instrumento"], json.dumps(json.loads(f["respuestas"]), sort_keys=True)) for f in filas)
    return contar(base, "urna"), hojas, Counter(f["texto"] for f in base.execute("SELECT texto FROM comentario"))


def volver_a_abrir(llena: Llena) -> None:
    """Al prender otra vez la computadora o no salió nada o salió todo; al cerrar de nuevo, sale todo y una vez."""
    ruta = llena.datos / "privada.db"
    conexion.verificar(ruta)
    with closing(conexion.abrir(ruta)) as base:
        assert base.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert lo_que_hay(base) in ((2 * HOJAS, Counter(), Counter()), (0, llena.hojas, llena.textos))
        eventos.cerrar(base, llena.evento_id, HORA, llena.sello, Random(1))
        assert lo_que_hay(base) == (0, llena.hojas, llena.textos)
        assert contar(base, "cambio") == HOJAS
        recuento = urna.recuento(base, llena.evento_id)
        assert {cual: cuenta[""][""] for cual, cuenta in recuento.items()} == {
            ("antes", 1): HOJAS,
            ("despues", 1): HOJAS,
        }
        assert sum(recuento["antes", 1]["K1"].values()) == HOJAS
        sin_rastro(llena)  # con la base abierta: también su bitácora y su índice
    sin_rastro(llena)


def sin_rastro(llena: Llena) -> None:
    """Ni en la base, ni en sus huecos, ni en la bitácora, ni en el índice, ni en un diario que alguien dejara."""
    contenido = b"".join(r.read_bytes() for r in sorted(llena.datos.glob("privada.db*")))
    assert [aguja for aguja in llena.agujas if aguja in contenido] == []


def pasos(cada: int = CADA) -> Iterable[int]:
    """Los primeros, todos; después, de tantos en tantos."""
    return (n for n in count() if n < 8 or n % cada == 0)


@pytest.mark.parametrize("en", ["sentencia", "disco"])
def test_lo_matan_en_cada_paso_y_cada_hoja_se_cuenta_una_vez(llena, tmp_path, en):
    muertes = 0
    with Verdugo() as verdugo:
        for paso in avance(f"muertes, {en}", pasos()):
            victima = llena.copia(tmp_path / "victima")
            murio = verdugo.cerrar_y_morir(victima.datos, victima.evento_id, en, paso)
            volver_a_abrir(victima)
            if not murio:
                break
            muertes += 1
    print(f"\n{en}: {muertes} muertes en los primeros {paso} pasos, y ya no hay más; 0 perdidas, 0 dobles, 0 rastros")
    assert muertes > 12


def test_una_falla_de_sqlite_en_cualquier_sentencia_no_deja_nada_a_medias(llena):
    """Cada vuelta interrumpe la siguiente sentencia, ya empezada; hasta que no queda cuál."""
    fallas = 0
    with closing(conexion.abrir(llena.datos / "privada.db")) as base:
        for objetivo in pasos():
            van = [-1]

            def empieza(_sql: str, van: list[int] = van) -> None:
                van[0] += 1

            base.conn.set_trace_callback(empieza)
            base.conn.set_progress_handler(lambda van=van, objetivo=objetivo: van[0] == objetivo, 1)
            try:
                eventos.cerrar(base, llena.evento_id, HORA, llena.sello, Random(objetivo))
            except (ErrorJornada, sqlite3.OperationalError):
                fallas += 1
            base.conn.set_progress_handler(None, 0)
            base.conn.set_trace_callback(None)
            assert not base.conn.in_transaction
            assert lo_que_hay(base) in ((2 * HOJAS, Counter(), Counter()), (0, llena.hojas, llena.textos))
            if van[0] < objetivo:
                break
    assert fallas >= 8  # cada vuelta sigue donde quedó la anterior: las últimas ya tienen poco que hacer
    volver_a_abrir(llena)


def test_se_va_la_luz_mientras_se_abre_y_no_se_pierde_ni_queda_rastro(llena, tmp_path):
    """De lo escrito después del último fsync puede haber llegado cualquier parte."""
    ruta = llena.datos / "privada.db"
    iniciales = {ruta.name: ruta.read_bytes()}
    trabajada = llena.copia(tmp_path / "trabajada")
    with Disco() as disco, closing(conexion.abrir(trabajada.datos / "privada.db")) as base:
        eventos.cerrar(base, llena.evento_id, HORA, llena.sello, Random(3))
    azar, salieron = Random(4), 0
    for _ in range(APAGONES):
        cortada = llena.copia(tmp_path / "cortada")
        for viejo in cortada.datos.glob("privada.db*"):
            viejo.unlink()
        for nombre, contenido in apagon(iniciales, disco.hechos[: azar.randrange(len(disco.hechos) + 1)], azar).items():
            (cortada.datos / nombre).write_bytes(contenido)
        with closing(conexion.abrir(cortada.datos / "privada.db")) as base:
            salieron += contar(base, "urna") == 0
        volver_a_abrir(cortada)
    assert 0 < salieron < APAGONES


@pytest.mark.parametrize("defecto", ["pierde", "dobla"])
def test_el_control_perder_o_doblar_un_solo_sobre_se_nota(llena, defecto):
    with closing(conexion.abrir(llena.datos / "privada.db")) as base:
        uno = tuple(base.execute("SELECT * FROM urna LIMIT 1").fetchone())
        if defecto == "pierde":
            base.execute("DELETE FROM urna WHERE id = ?", [uno[0]])
        else:
            base.execute("INSERT INTO urna VALUES (?, ?, ?, ?, ?)", [uno[0][::-1], *uno[1:]])
    with pytest.raises(AssertionError):
        volver_a_abrir(llena)


def test_el_control_sin_borrar_con_ceros_si_queda_rastro(llena):
    with closing(conexion.abrir(llena.datos / "privada.db")) as base:
        base.execute("PRAGMA secure_delete = OFF")
        eventos.cerrar(base, llena.evento_id, HORA, llena.sello, Random(1))
        with pytest.raises(AssertionError):
            sin_rastro(llena)
