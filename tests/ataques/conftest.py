"""Lo que comparten los ataques: el año simulado y lo que de él se publica."""

import shutil
from pathlib import Path

import pytest

from publicacion import escritura, orquestar
from tests.ataques.anio import ENTERO, Anio, simular, trimestres
from tests.ataques.publicar import publicar
from tests.publicacion import elenco_publicacion as elenco


@pytest.fixture(scope="session")
def anio() -> Anio:
    return simular()


@pytest.fixture(scope="session")
def _publica_del_anio(anio: Anio, tmp_path_factory: pytest.TempPathFactory) -> Path:
    lotes = trimestres() if ENTERO else trimestres()[:2]
    return publicar(tmp_path_factory.mktemp("anio"), [anio.crudo(*lote) for lote in lotes], anio.reglas)


@pytest.fixture
def publica(_publica_del_anio: Path, tmp_path: Path) -> Path:
    """Una copia de lo publicado del año, para hacerle lo que sea."""
    return Path(shutil.copyfile(_publica_del_anio, tmp_path / "publica.db"))


@pytest.fixture(scope="session")
def _con_nombres(tmp_path_factory: pytest.TempPathFactory) -> Path:
    datos = tmp_path_factory.mktemp("oficina")
    privada, catalogos = elenco.carpeta(datos)
    elenco.sembrar(privada)
    celdas, reglas = orquestar.calcular(privada, elenco.LOTE, elenco.DESDE, elenco.HASTA, catalogos, elenco.SECRETO)
    elenco.asentar(privada, celdas, reglas)
    escritura.ensayar(privada, datos / "publica.db")
    return datos


@pytest.fixture
def oficina(_con_nombres: Path, tmp_path: Path) -> Path:
    """Una carpeta con ``privada.db`` (con nombres, teléfonos y comentarios) y la ``publica.db`` que salió de ella."""
    return Path(shutil.copytree(_con_nombres, tmp_path / "oficina"))
