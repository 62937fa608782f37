"""Matan al proceso que publica (SIGKILL) en cada punto en que toca el disco: queda lo de antes o lo nuevo, entero."""

import os
import shutil
from contextlib import closing
from pathlib import Path

import pytest
from desgracias import ENERO, chica, nada, publicar_hasta
from sqlite_utils import Database

from publicacion import descargas, escritura
from recoleccion.instalacion import Instalacion
from recoleccion.publicador import publicar
from tests.avance import avance

CORTES = int(os.environ.get("JORNADA_CORTES", "5"))
"""Cuántos puntos se prueban, repartidos de principio a fin; ``make nocturna`` los prueba todos."""


@pytest.fixture(scope="module")
def oficina_chica(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return chica(tmp_path_factory.mktemp("chica") / "datos")


def test_matar_la_publicacion_deja_lo_viejo_o_lo_nuevo_y_repetirla_la_termina(oficina_chica: Path, tmp_path: Path):
    viejo = (oficina_chica / "publica.db").read_bytes()
    entera = Path(shutil.copytree(oficina_chica, tmp_path / "entera"))
    puntos = publicar_hasta(entera, 0)
    assert puntos is not None
    assert puntos > 20
    nuevo = (entera / "publica.db").read_bytes()
    assert nuevo != viejo
    vistos = set()
    cuantos = min(CORTES, puntos)
    cuales = [1 + n * (puntos - 1) // max(cuantos - 1, 1) for n in range(cuantos)]
    for punto in avance("cortes", cuales):
        datos = Path(shutil.copytree(oficina_chica, tmp_path / f"corte-{punto}"))
        assert publicar_hasta(datos, punto) is None, f"no murió en {punto}"
        quedo = (datos / "publica.db").read_bytes()
        assert quedo in (viejo, nuevo), f"a medias en {punto}"
        vistos.add(quedo == nuevo)
        _libro_sano(datos)
        hecha = publicar(Instalacion(datos, lambda: ENERO), quien="titular", paso=nada)
        assert (datos / "publica.db").read_bytes() == nuevo, f"otra cosa al repetir en {punto}"
        assert descargas.indice(descargas.carpeta_de(datos / "publica.db"), hecha.sha256) is not None
        assert not list(datos.glob("publica.db.nuevo*"))
        shutil.rmtree(datos)
    assert vistos == {False, True}, "los cortes no cubren antes y después del cambio de archivo"
    print(f"\n{puntos} puntos, {cuantos} cortes: siempre lo viejo o lo nuevo")


def _libro_sano(datos: Path) -> None:
    """La base está entera, un lote está asentado con todas sus celdas o no está, y nada se contó en dos lotes."""
    with closing(Database(datos / "privada.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        estados = dict(tuple(f) for f in db.execute("SELECT lote, estado FROM lote_publicacion"))
        con_celdas = {f[0] for f in db.execute("SELECT DISTINCT lote FROM libro")}
    assert con_celdas == {lote for lote, estado in estados.items() if estado == "asentado"}
    escritura.ensayar(datos / "privada.db", datos / "aparte.db")
    (datos / "aparte.db").unlink()
