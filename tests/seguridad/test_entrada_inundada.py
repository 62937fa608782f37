"""Quien inunda la entrada con nombres inventados no ocupa los hilos ni la memoria, ni deja fuera a la oficina."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from recoleccion.consultas import cuentas
from recoleccion.intentos import Carril
from recoleccion.vistas import puerta
from tests.elenco import CONTRASENA
from tests.recoleccion.vistas.oficina import Oficina

HILOS = 8


@pytest.fixture
def lenta(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Probar una contraseña tarda una décima, sin argon2; cuántas hubo a la vez y cuántas en total."""
    visto = SimpleNamespace(ahora=0, mas=0, todas=0)
    candado, de_veras = threading.Lock(), cuentas.leer

    def autenticar(db, usuario, contrasena):
        with candado:
            visto.ahora, visto.todas = visto.ahora + 1, visto.todas + 1
            visto.mas = max(visto.mas, visto.ahora)
        time.sleep(0.1)
        with candado:
            visto.ahora -= 1
        cuenta = next(c for c in cuentas.listar(db) if c.usuario == "titular")
        return de_veras(db, cuenta.id) if (usuario, contrasena) == ("titular", CONTRASENA) else None

    monkeypatch.setattr(cuentas, "autenticar", autenticar)
    return visto


def _probar(app, n: int) -> tuple[int, float]:
    navegador = Oficina(app)
    navegador.ficha()
    empezo = time.monotonic()
    estado = navegador.post("/panel/entrar", usuario=f"nadie{n}", contrasena="la que sea").status_code
    return estado, time.monotonic() - empezo


def _inundar(app) -> list[tuple[int, float]]:
    with ThreadPoolExecutor(HILOS) as hilos:
        return list(hilos.map(lambda n: _probar(app, n), range(HILOS * 2)))


def test_se_prueba_una_a_la_vez_y_a_las_demas_se_les_dice_sin_ocupar_un_hilo(app, lenta):
    estados = _inundar(app)
    assert lenta.mas == 1
    assert {estado for estado, _ in estados} == {422, 429}
    negadas = [tardo for estado, tardo in estados if estado == 429]
    assert len(negadas) + lenta.todas == len(estados)
    assert min(negadas) < 0.1


def test_por_inundada_que_este_quien_ya_habia_entrado_aqui_entra(app, lenta):
    suyo = Oficina(app)
    suyo.post("/panel/entrar", usuario="titular", contrasena=CONTRASENA)
    suyo.post("/panel/salir")
    with ThreadPoolExecutor(HILOS) as hilos:
        inundacion = [hilos.submit(_probar, app, n) for n in range(HILOS * 2)]
        respuesta = suyo.post("/panel/entrar", usuario="titular", contrasena=CONTRASENA)
        assert any(hecho.result()[0] == 429 for hecho in inundacion)
    assert respuesta.status_code == 303
    assert lenta.mas <= 2


def test_lo_que_no_se_probo_no_cuenta_como_intento(app, lenta):
    lleno = app.extensions[puerta._CARRILES][False]
    for _ in range(1 + puerta.ESPERAN):
        assert lleno._lugares.acquire(blocking=False)
    respuesta = Oficina(app).post("/panel/entrar", usuario="titular", contrasena=CONTRASENA)
    assert (respuesta.status_code, respuesta.headers["Retry-After"]) == (429, "5")
    assert "no se probó" in respuesta.text
    assert lenta.todas == 0
    assert app.extensions[puerta._EXTENSION].fallos("cuenta titular", app.extensions["jornada"].reloj()) == 0


def test_el_control_sin_carriles_se_ocuparian_todos(app, lenta, monkeypatch):
    @contextmanager
    def ancho(_):
        yield

    monkeypatch.setattr(Carril, "turno", ancho)
    assert {estado for estado, _ in _inundar(app)} == {422}
    assert lenta.mas > 2
