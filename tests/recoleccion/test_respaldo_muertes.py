"""Lo matan (SIGKILL) mientras respalda, levanta, actualiza, regresa o borra nombres: queda lo de antes o lo nuevo.

``JORNADA_MUERTES_RESPALDO``: cuántas muertes por orden, repartidas en sus pasos (``make nocturna``: hasta 500, o sea en
todos, que son unos 650 en las cinco; la urna tiene las suyas en ``test_urna_muertes.py``).
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from fabrica import HORA, Fabrica, contar
from orden_mortal import DESPUES, Verdugo

from recoleccion.consultas import conexion, copias, cuaderno_llaves, evidencias
from recoleccion.consultas.esquema import migraciones
from recoleccion.instalacion import Instalacion
from recoleccion.respaldos import cuaderno, hacer, levantar, rotacion
from tests.avance import avance
from tests.respaldo import SECRETA, respaldar, todo_lo_que_dice

CORTES = int(os.environ.get("JORNADA_MUERTES_RESPALDO", "2"))


@dataclass
class Oficina:
    """Una carpeta con qué matar, y lo que dice."""

    lugar: Instalacion
    otra: Path
    dice: dict

    def copia(self, destino: Path) -> "Oficina":
        shutil.rmtree(destino, ignore_errors=True)
        destino.mkdir()
        nueva = Instalacion(destino / "datos", lambda: HORA)
        if self.lugar.datos.exists():
            shutil.copytree(self.lugar.datos, nueva.datos)
        otra = destino / self.otra.name
        if self.otra.is_dir():
            shutil.copytree(self.otra, otra)
        return Oficina(nueva, otra if self.otra.is_dir() else self.otra, self.dice)


def que_dice(ruta: Path) -> dict:
    with closing(conexion.abrir(ruta)) as base:
        assert base.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        return todo_lo_que_dice(base)


@pytest.fixture
def oficina(datos, elenco, tmp_path) -> Oficina:
    lugar = Instalacion(datos, lambda: HORA)
    fabrica = Fabrica(lugar.sello, elenco.evento_id)
    with closing(conexion.abrir(lugar.privada)) as base:
        fabrica.mandar(base, *(fabrica.asistencia(nombre=f"Persona {n}") for n in range(12)))
        como = {"evento_id": elenco.evento_id, "clase": "hoja", "ahora": HORA, "quien": "titular"}
        evidencias.guardar(base, lugar.evidencias, bytes(90_000), **como, azar=fabrica.azar)
    respaldar(lugar, tmp_path / "respaldos")
    return Oficina(lugar, tmp_path / "respaldos", que_dice(lugar.privada))


@pytest.fixture(scope="module")
def verdugo() -> Iterator[Verdugo]:
    with Verdugo() as uno:
        yield uno


@pytest.fixture
def muertes(verdugo, tmp_path) -> Callable[[str, Oficina], Iterator[Oficina]]:
    """De una orden, cada víctima ya muerta en un paso distinto, del primero al último, y otra vez al repetirla."""

    def de(orden: str, oficina: Oficina) -> Iterator[Oficina]:
        entera = oficina.copia(tmp_path / "entera")
        pasos = verdugo.hacer(orden, entera.lugar.datos, entera.otra)
        assert pasos > 12
        cuales = sorted({n * (pasos - 1) // max(CORTES - 1, 1) for n in range(CORTES)})
        for paso in avance(orden, cuales):
            victima = oficina.copia(tmp_path / "victima")
            assert verdugo.hacer(orden, victima.lugar.datos, victima.otra, paso) is None, (orden, paso)
            yield victima
            verdugo.hacer(orden, victima.lugar.datos, victima.otra)
            yield victima
        print(f"\n{orden}: {len(cuales)} muertes en {pasos} pasos; siempre lo de antes o lo nuevo, entero")

    return de


def test_muere_respaldando_y_siempre_hay_un_respaldo_entero(oficina, muertes, tmp_path):
    viejo, nuevo = rotacion.nombre(HORA), rotacion.nombre(DESPUES)
    for n, victima in enumerate(muertes("respaldar", oficina)):
        hechos = {ruta.name for ruta in victima.otra.glob("respaldo-*.age")}
        assert hechos
        assert hechos <= {viejo, nuevo} or n % 2
        for nombre in hechos:
            levantar.comprobar(victima.otra / nombre, [SECRETA], tmp_path / "de_paso")
        llaves = cuaderno_llaves.lugar(victima.lugar.datos).read_bytes()
        assert cuaderno.leer(victima.otra / cuaderno.JUNTO, [SECRETA]) == llaves
        assert que_dice(victima.lugar.privada) == oficina.dice
        if n % 2:
            assert len(hechos) == 1
            assert viejo not in hechos
            assert {ruta.name for ruta in victima.otra.iterdir()} == hechos | {cuaderno.JUNTO}
            assert not (victima.lugar.datos / hacer.DE_PASO).exists()


def test_muere_levantando_y_no_hay_carpeta_o_esta_entera(oficina, muertes, tmp_path):
    respaldo = next(oficina.otra.glob("respaldo-*.age"))
    vacia = Oficina(Instalacion(tmp_path / "nada"), respaldo, oficina.dice)
    fotos = {ruta.name for ruta in oficina.lugar.evidencias.iterdir()}
    for n, victima in enumerate(muertes("levantar", vacia)):
        if n % 2 or victima.lugar.datos.exists():
            assert que_dice(victima.lugar.privada) == oficina.dice
            assert {ruta.name for ruta in victima.lugar.evidencias.iterdir()} == fotos
            assert cuaderno_llaves.lugar(victima.lugar.datos).is_file()
        if n % 2:
            assert {ruta.name for ruta in victima.lugar.datos.parent.iterdir()} == {"datos"}


@pytest.fixture
def de_antes(tmp_path) -> Oficina:
    """Una oficina a la que le falta la última migración."""
    datos = tmp_path / "vieja"
    datos.mkdir()
    base = conexion._conectar(datos / "privada.db", "rwc")
    with closing(base):
        migraciones.apply(base, stop_before=migraciones._migrations[-1].name)
        base.execute("INSERT INTO ajuste (clave, valor) VALUES ('oficina', 'La de antes'), ('epoca', 'una')")
    return Oficina(Instalacion(datos), tmp_path / "sin_otra", que_dice(datos / "privada.db"))


def _aplicadas(ruta: Path) -> int:
    with closing(conexion.abrir(ruta)) as base:
        assert base.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        return len(migraciones.applied(base))


def test_muere_actualizando_y_la_base_es_de_una_version_o_de_la_otra(de_antes, muertes, tmp_path):
    todas = len(migraciones._migrations)
    for n, victima in enumerate(muertes("actualizar", de_antes)):
        ruta = victima.lugar.privada
        cuantas = _aplicadas(ruta)
        assert cuantas == todas or (cuantas == todas - 1 and not n % 2)
        if cuantas < todas:
            assert que_dice(ruta) == de_antes.dice
        else:
            copia = copias.la_ultima(ruta)
            assert copia is not None
            assert que_dice(copia) == de_antes.dice


def test_muere_regresando_y_la_base_es_una_o_la_otra(de_antes, muertes, tmp_path):
    conexion.preparar(de_antes.lugar.privada)
    despues, todas = que_dice(de_antes.lugar.privada), len(migraciones._migrations)
    for n, victima in enumerate(muertes("regresar", de_antes)):
        ruta = victima.lugar.privada
        cuantas = _aplicadas(ruta)
        assert que_dice(ruta) == (despues if cuantas == todas else de_antes.dice)
        assert not n % 2 or cuantas == todas - 1


def test_muere_borrando_nombres_y_estan_todos_o_ninguno(oficina, muertes, tmp_path):
    for n, victima in enumerate(muertes("borrar nombres", oficina)):
        with closing(conexion.abrir(victima.lugar.privada)) as base:
            assert base.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            quedan, actas = contar(base, "identidad"), contar(base, "acta")
            assert (quedan, actas) in ((12, 0), (0, 1))
            assert contar(base, "asistencia") == 12
        if n % 2:
            assert (quedan, list(victima.lugar.evidencias.glob("*.sobre"))) == (0, [])


def test_el_control_un_respaldo_sin_nombre_provisional_si_queda_a_medias(oficina, tmp_path, monkeypatch):
    """El defecto plantado: se escribe de una vez con su nombre; cortado, parece un respaldo y no lo es."""
    entero = next(oficina.otra.glob("respaldo-*.age"))
    cortado = oficina.otra / rotacion.nombre(DESPUES)
    cortado.write_bytes(entero.read_bytes()[: entero.stat().st_size // 2])
    with pytest.raises(Exception, match="no es un respaldo completo"):
        levantar.comprobar(cortado, [SECRETA], tmp_path / "de_paso")
