"""Con toda la carpeta de datos, los respaldos, los temporales y lo que dijo el programa, no se lee un nombre.

Un día de verdad (``dia_con_nombres.py``) y después se apaga de golpe: base, WAL, páginas libres, evidencias, respaldo
(cerrado y levantado), temporales, bitácoras del proceso y lo que se bajó. Se busca cada nombre y cada teléfono como
pueda estar escrito (``rastro.formas``), y además dentro de todo lo que se abre con las llaves que ahí mismo están.
"""

import gzip
import shutil
from base64 import b64encode
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils.utils import sqlite3

from tests.navegador.rastro import buscar, formas
from tests.seguridad.dia_con_nombres import NOMBRES, lo_que_abren_las_llaves_del_servidor, pasar

BUSCADOS = [parte for nombre, telefono in NOMBRES.values() for parte in (nombre.split()[0], telefono)]
"""El nombre de pila, que aquí nadie más lleva, y el teléfono."""


def en_bytes(datos: bytes) -> set[str]:
    chicas = datos.lower()
    return {texto for texto in BUSCADOS for _, forma, exacta in formas(texto) if forma in (datos if exacta else chicas)}


@pytest.fixture(scope="module")
def dia(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    raiz = tmp_path_factory.mktemp("disco")
    return raiz, pasar(raiz / "datos", raiz / "afuera")


def test_en_el_disco_entero_no_se_lee_ni_un_nombre_ni_un_telefono(dia):
    raiz, leidos = dia
    de_paso = {"la página, pero lo manda un programa", "un evento que aquí no existe", "una lista de archivo",
               "el nombre de una foto", "lo que se mandaba cuando se acabó la sesión"}  # fmt: skip
    assert set(leidos) == NOMBRES.keys() - de_paso, "el control: la titular sí los leyó, así que sí entraron"
    assert (raiz / "datos" / "privada.db-wal").stat().st_size > 0, "se apagó de golpe"
    assert list((raiz / "afuera" / "respaldos").glob("*.age"))
    assert buscar(raiz, BUSCADOS) == []


def test_ni_con_las_llaves_que_estan_en_la_misma_carpeta(dia, tmp_path):
    for cual in ("datos", "afuera/levantada"):
        copia = Path(shutil.copytree(dia[0] / cual, tmp_path / cual))
        abierto = list(lo_que_abren_las_llaves_del_servidor(copia))
        assert {que.split()[0] for que, _ in abierto} == {"cuarentena", "identidad", "hoja", "solicitud"}
        assert len(abierto) >= 8
        assert [que for que, dentro in abierto if en_bytes(dentro)] == []


def _borrado_sin_ceros(raiz: Path) -> None:
    """Una página libre que todavía dice lo que decía."""
    with closing(sqlite3.connect(raiz / "otra.db")) as base:
        base.execute("PRAGMA secure_delete = OFF")
        base.execute("CREATE TABLE t (x TEXT)")
        base.execute("INSERT INTO t VALUES ('antes de Xiomara y después')")
        base.commit()
        base.execute("DELETE FROM t")
        base.commit()


@pytest.mark.parametrize(
    "dejar",
    [
        lambda raiz: (raiz / "temporal").write_bytes("…WALBURGA…".encode("utf-16-le")),
        lambda raiz: (raiz / "salida.txt").write_text("GET /panel/eventos?texto=Zenobia%20P 200"),
        lambda raiz: (raiz / "respaldo.gz").write_bytes(gzip.compress(b"Quiteria " * 3)),
        lambda raiz: (raiz / "cola.json").write_bytes(b64encode(b'{"telefono":"3787774410","x":1}')),
        lambda raiz: (raiz / "Tiburcia Padilla.jpg").touch(),
        _borrado_sin_ceros,
    ],
    ids=["temporal", "lo que dijo el proceso", "comprimido", "en base64", "en el nombre del archivo", "página libre"],
)
def test_el_control_lo_que_se_deje_a_la_vista_se_halla(dejar, tmp_path):
    dejar(tmp_path)
    assert buscar(tmp_path, BUSCADOS)
