"""Lo que comparten las pruebas: una carpeta de datos lista, la aplicación y un elenco pequeño."""

import gc
import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest
from filelock import FileLock
from hypothesis import settings
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from recoleccion.aplicacion import create_app
from recoleccion.consultas import conexion, cuentas, eventos
from recoleccion.instalacion import Instalacion
from recoleccion.preparar import preparar
from tests import prisa  # noqa: F401 — importarlo apura las aplicaciones
from tests.elenco import CONTRASENA, HORA, Cliente, Reloj, evento_de_prueba
from tests.llave import crear_llave
from tests.navegador.procesos import BANDERAS, jornada, ruta_chromium

# Una máquina ocupada tarda más en cada ejemplo: eso no es una falla.
settings.register_profile("jornada", deadline=None)
settings.load_profile("jornada")
expect.set_options(timeout=30_000)  # lo que ya se ve no espera: sólo una falla cuesta esto

# Mientras se importan miles de pruebas no hay basura que buscar, y lo importado no se vuelve a revisar nunca.
gc.disable()

LARGAS = (
    "test_en_miles_de_itinerarios",
    "test_una_platica_del_cartel",
    "test_nada_se_pierde_ni_se_dobla_pase",
    "test_cada_pantalla_del_panel",
    "test_las_pruebas_de_node",
    "test_despues_de_un_dia_de_uso",
    "test_nada_acusado_se_pierde",
    "test_cada_cifra_del_trimestre",
    "test_en_el_telefono_de_la_asistente_no_queda_nada",
    "test_de_la_espera_no_queda_nada",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Las largas primero y repartidas: xdist da a cada proceso un tramo seguido, y una larga al final lo deja solo."""
    cuantos = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    largas = [item for item in items if item.name.startswith(LARGAS)]
    demas = [item for item in items if not item.name.startswith(LARGAS)]
    tramo = -(-len(items) // cuantos)
    orden: list[pytest.Item] = []
    for n in range(cuantos):
        suyas = largas[n::cuantos]
        cabe = tramo - len(suyas) if n < cuantos - 1 else len(demas)
        orden += suyas + demas[:cabe]
        demas = demas[cabe:]
    items[:] = orden


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def demo_hecha(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lo que deja ``jornada demo``, hecho una vez aunque haya varios procesos. Quien la use, la copia."""
    comun = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        comun = comun.parent
    datos = comun / "demo_hecha" / "datos"
    with FileLock(comun / "demo_hecha.candado"):
        if not datos.exists():
            datos.parent.mkdir()
            jornada("demo", "--sin-servir", datos=datos)
    return datos


@pytest.fixture(scope="session")
def _datos_preparados(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SimpleNamespace]:
    """Prepara una sola vez (argon2 es lento a propósito); cada prueba recibe su copia."""
    datos = tmp_path_factory.mktemp("preparada") / "datos"
    azar = Random(25)
    preparar(datos, usuario="titular", contrasena=CONTRASENA, ahora=HORA)
    base = conexion.abrir(datos / "privada.db")
    cuentas.crear(base, usuario="promotora", nombre="Rosa", rol="promotora", contrasena=CONTRASENA, ahora=HORA)
    crear_llave(base, Instalacion(datos).sello)
    evento_id = eventos.crear(base, evento_de_prueba(), HORA - timedelta(days=3), azar)
    eventos.abrir(base, evento_id, HORA)
    por_usuario = {cuenta.usuario: cuenta for cuenta in cuentas.listar(base)}
    elenco = SimpleNamespace(
        titular=por_usuario["titular"],
        promotora=por_usuario["promotora"],
        contrasena=CONTRASENA,
        evento_id=evento_id,
        clave=eventos.leer(base, evento_id)["clave"],
    )
    base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    base.conn.close()
    return datos, elenco


@pytest.fixture
def datos(_datos_preparados: tuple[Path, SimpleNamespace], tmp_path: Path) -> Path:
    """Una carpeta de datos recién preparada, con las dos cuentas y el evento abierto del elenco."""
    return Path(shutil.copytree(_datos_preparados[0], tmp_path / "datos"))


@pytest.fixture
def elenco(_datos_preparados: tuple[Path, SimpleNamespace]) -> SimpleNamespace:
    """``titular`` y ``promotora`` (cuentas), ``contrasena`` de ambas, ``evento_id`` y ``clave`` del evento abierto."""
    return _datos_preparados[1]


@pytest.fixture
def reloj() -> Reloj:
    return Reloj()


@pytest.fixture
def azar() -> Random:
    return Random(7)


@pytest.fixture
def instalacion(datos: Path, reloj: Reloj) -> Instalacion:
    return Instalacion(datos, reloj)


@pytest.fixture
def app(datos: Path, reloj: Reloj, azar: Random):
    app = create_app(datos, reloj=reloj, azar=azar)
    app.test_client_class = Cliente
    app.config["TESTING"] = False  # los errores se ven como los vería una persona
    return app


@pytest.fixture
def cliente(app):
    return app.test_client()


@pytest.fixture
def base(datos: Path) -> Iterator:
    """Otra conexión a la misma base, para mirar lo que quedó guardado."""
    conexion_de_prueba = conexion.abrir(datos / "privada.db")
    yield conexion_de_prueba
    conexion_de_prueba.conn.close()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Uno para toda la corrida: Playwright no admite dos a la vez."""
    with sync_playwright() as motor:
        yield motor


@pytest.fixture(scope="session")
def navegador(playwright: Playwright) -> Iterator[Browser]:
    """El Chromium del sistema."""
    abierto = playwright.chromium.launch(executable_path=ruta_chromium(), args=BANDERAS)
    yield abierto
    abierto.close()
