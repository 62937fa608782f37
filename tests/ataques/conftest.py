"""Lo que comparten los ataques: el año simulado y lo que de él se publica; la carpeta privada robada."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from publicacion import escritura, orquestar
from tests.atacante_privado import Botin
from tests.ataques.anio import ENTERO, Anio, simular, trimestres
from tests.ataques.publicar import publicar
from tests.periodo_privado import Periodo, Quien, hacer, hojas_abiertas
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


@pytest.fixture(scope="session")
def periodo(_datos_preparados: tuple[Path, SimpleNamespace], tmp_path_factory: pytest.TempPathFactory) -> Periodo:
    datos = Path(shutil.copytree(_datos_preparados[0], tmp_path_factory.mktemp("robada") / "datos"))
    return hacer(datos, _datos_preparados[1])


@pytest.fixture(scope="session")
def de_quien(periodo: Periodo) -> dict[str, Quien]:
    """La verdad: de quién es cada renglón."""
    return {renglon: quien for renglon, _, quien in hojas_abiertas(periodo)}


@pytest.fixture(params=[False, True], ids=["sin llave", "con la llave del servidor"])
def botin(request: pytest.FixtureRequest, periodo: Periodo) -> Iterator[Botin]:
    robada = Botin(periodo.datos, llave=request.param)
    yield robada
    robada.base.close()


@pytest.fixture
def copia(periodo: Periodo, tmp_path: Path) -> Iterator[Botin]:
    """Una copia con la llave, para plantarle un defecto."""
    robada = Botin(Path(shutil.copytree(periodo.datos, tmp_path / "robada")), llave=True)
    yield robada
    robada.base.close()
