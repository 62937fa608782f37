"""Lo que se regresa a quien manda sin guion: cuánto cabe, cuánto dura, quién lo ve y que nada se pierda."""

import re
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from random import Random

import pytest

from recoleccion.aplicacion import create_app
from recoleccion.avalancha import Limites, Ritmo
from recoleccion.consultas import recepcion
from recoleccion.vistas import aluvion, regreso
from recoleccion.vistas.regreso import Regresos
from tests.elenco import Cliente, sellada
from tests.recoleccion.vistas.paginas import DATOS, Pagina

NOMBRE = "Xóchitl Quetzalli"
MAL = DATOS | {"nombre": NOMBRE, "telefono": "12"}
"""Le falta corregir el teléfono."""
NUESTRO_GUION = {"Prefer": "return=representation"}
PAGINA = ("422 UNPROCESSABLE ENTITY", [("Content-Type", "text/html")], b"lo que escribi\xc3\xb3")


class Segundos:
    """Un reloj que sólo avanza cuando la prueba lo dice."""

    def __init__(self) -> None:
        self.t = 1_000.0

    def __call__(self) -> float:
        return self.t


@pytest.fixture
def segundos() -> Segundos:
    return Segundos()


@pytest.fixture
def regresos(segundos) -> Regresos:
    fichas = count()
    return Regresos(segundos, lambda: f"{next(fichas):024}")


def guardar(regresos: Regresos, de: str = "K7MD2Q", id: str = "", peso: int = 100) -> str | None:
    return regresos.guardar("/K7MD2Q/r", de, id, lambda: PAGINA, peso)


def leer(regresos: Regresos, ficha: str | None):
    return regresos.leer(f"otra=1&p={ficha}", "/K7MD2Q/r")


# --- La memoria ----------------------------------------------------------------------------------------------------


def test_se_pide_las_veces_que_haga_falta_hasta_que_se_dibujo(regresos):
    ficha = guardar(regresos)
    assert [leer(regresos, ficha), leer(regresos, ficha)] == [PAGINA, PAGINA]
    regresos.vino(f"http://127.0.0.1/K7MD2Q/r?p={ficha}")
    assert leer(regresos, ficha) is None
    assert len(regresos) == 0


def test_si_nadie_dice_que_la_dibujo_se_acaba_a_la_tercera(regresos):
    ficha = guardar(regresos)
    assert [leer(regresos, ficha) is not None for _ in range(5)] == [True] * 3 + [False] * 2
    assert len(regresos) == 0


def test_a_los_dos_minutos_se_olvida_aunque_nadie_la_pida(regresos, segundos):
    primera = guardar(regresos)
    segundos.t += regreso.DURA - 1
    segunda = guardar(regresos)
    assert leer(regresos, primera) == PAGINA
    segundos.t += 1
    regresos.barrer()
    assert len(regresos) == 1
    assert leer(regresos, primera) is None
    assert leer(regresos, segunda) == PAGINA


def test_en_otra_direccion_o_con_otra_ficha_no_hay_nada(regresos):
    ficha = guardar(regresos)
    assert regresos.leer(f"p={ficha}", "/K7MD2Q/e/1") is None
    for pregunta in ("", "p=", f"p={ficha}x", f"p={str(ficha)[:-1]}", f"xp={ficha}", "p=" + "1" * 24):
        assert regresos.leer(pregunta, "/K7MD2Q/r") is None
    assert leer(regresos, ficha) == PAGINA


def test_un_mismo_envio_ocupa_un_lugar_y_vale_lo_ultimo(regresos):
    fichas = [guardar(regresos, id="a", peso=n) for n in range(1, 50)]
    assert len(regresos) == 1
    assert leer(regresos, fichas[0]) is None
    assert leer(regresos, fichas[-1]) == PAGINA
    assert guardar(regresos, de="otro", id="a") is not None
    assert len(regresos) == 2


def test_un_evento_inundado_no_le_quita_el_lugar_a_otro_y_lo_que_estaba_se_queda(regresos):
    fichas = [guardar(regresos) for _ in range(regreso.CUANTAS_DE_UNA)]
    assert guardar(regresos) is None
    assert guardar(regresos, de="") is not None
    assert leer(regresos, fichas[0]) == PAGINA
    regresos.vino(f"?p={fichas[1]}")
    assert guardar(regresos) is not None  # se hizo un lugar


def test_ni_de_uno_ni_por_todos_ocupan_mas_memoria_que_su_tope(regresos, segundos):
    un_mega = 1_048_576
    guardadas = [guardar(regresos, de=str(n % 6), peso=un_mega) for n in range(60)]
    assert sum(ficha is not None for ficha in guardadas) * un_mega == regreso.BYTES
    assert guardar(regresos, de="otro más", peso=1) is None
    segundos.t += regreso.DURA
    assert [guardar(regresos, de="uno", peso=un_mega) is not None for _ in range(6)] == [True] * 4 + [False] * 2
    segundos.t += regreso.DURA
    todas = [guardar(regresos, de=str(n)) for n in range(regreso.CUANTAS + 9)]
    assert todas.count(None) == 9
    segundos.t += regreso.DURA
    regresos.barrer()
    assert (len(regresos), regresos._cuentas, regresos._de_id) == (0, {}, {})


def test_muchos_hilos_a_la_vez_no_la_dan_de_mas_ni_pierden_la_cuenta():
    regresos = Regresos()

    def uno(n: int) -> int:
        ficha = guardar(regresos, de=str(n % 3), id=str(n))
        leidas = [leer(regresos, ficha) for _ in range(regreso.VECES + 1)]
        guardar(regresos, id="el mismo")
        return sum(leida is not None for leida in leidas)

    with ThreadPoolExecutor(8) as hilos:
        assert set(hilos.map(uno, range(400))) == {regreso.VECES}
    assert regresos._cuentas == {"*": (1, 100), "=K7MD2Q": (1, 100)}


def test_la_ficha_lleva_144_bits_al_azar():
    fichas = {guardar(Regresos()) for _ in range(200)}
    assert len(fichas) == 200
    assert all(re.fullmatch(r"[\w-]{24}", str(ficha)) for ficha in fichas)


# --- En las páginas --------------------------------------------------------------------------------------------------


@pytest.fixture
def mandar(app, elenco):
    """Manda sin seguir a donde le digan, como se ve por la red."""
    cliente = app.test_client()

    def _mandar(camino: str, datos: dict, **cabeceras: str):
        completos = datos | {"nace": sellada(app, elenco.clave, datos["id"])["nace"]}
        return cliente.open(path=f"/{elenco.clave}/{camino}", method="POST", data=completos, headers=cabeceras)

    _mandar.cliente = cliente
    return _mandar


@pytest.fixture
def mal() -> dict[str, str]:
    return MAL | {"id": "6f1d7a1e-3c53-4a4e-9a5e-0a8f4a1f9b10"}


@pytest.mark.parametrize(
    ("camino", "suyos"),
    [("r", MAL), ("r?otra=1", MAL), ("e/1", {"K1": "V", "D1": "no está"}), ("e/1?idioma=en", {"K1": "no está"})],
)
def test_lo_que_se_regresa_es_lo_mismo_que_recibe_el_guion_en_una_direccion_que_no_dice_nada(
    mandar, mal, camino, suyos
):
    datos = suyos | {"id": mal["id"]}
    directa = mandar(camino, datos, **NUESTRO_GUION)
    assert (directa.status_code, directa.headers.get("Location")) == (422, None)
    manda = mandar(camino, datos)
    assert (manda.status_code, manda.data, manda.headers["Cache-Control"]) == (303, b"", "no-store")
    sola, pregunta = manda.headers["Location"].split("?", 1)
    assert sola.endswith(f"/{camino.split('?')[0]}")
    assert re.fullmatch(r"(otra=1&|idioma=en&)?p=[\w-]{24}", pregunta)
    vista = mandar.cliente.get(manda.headers["Location"])
    assert vista.status_code == 422
    assert Pagina(vista.text).valores.items() >= {"id": mal["id"]}.items()
    assert sin_nacer(vista.text) == sin_nacer(directa.text)
    for cabecera in ("Cache-Control", "Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options"):
        assert vista.headers[cabecera] == directa.headers[cabecera]
    assert "Set-Cookie" not in vista.headers


def sin_nacer(texto: str) -> str:
    return re.sub(r'name="nace" value="[^"]+"|</?noscript>', "", texto)


def test_dibujada_la_pagina_su_direccion_ya_solo_da_el_formulario_vacio(mandar, mal, elenco):
    direccion = mandar("r?otra=1", mal).headers["Location"]
    pagina = mandar.cliente.get(direccion)
    assert NOMBRE in pagina.text
    assert '<img src="/punto.gif" alt="">' in pagina.text
    assert "<noscript>" not in pagina.text  # también la pide quien sí tiene guion, si mandó antes de que llegara
    mandar.cliente.get("/punto.gif", headers={"Referer": f"http://localhost{direccion}"})
    otra_vez = mandar.cliente.get(direccion)
    assert (otra_vez.status_code, otra_vez.headers["Location"]) == (303, f"/{elenco.clave}/r?otra=1")
    vacia = mandar.cliente.get(otra_vez.headers["Location"])
    assert vacia.status_code == 200
    assert NOMBRE not in vacia.text


def test_si_no_cabe_se_contesta_directo_y_no_se_pierde_lo_escrito(mandar, mal, monkeypatch):
    monkeypatch.setattr(regreso, "CUANTAS", 0)
    directa = mandar("r", mal)
    assert directa.status_code == 422
    assert Pagina(directa.text).valores["nombre"] == NOMBRE


def test_lo_que_no_trae_nuestro_sello_comparte_un_lugar_aparte(app, mandar, mal, elenco, monkeypatch):
    monkeypatch.setattr(regreso, "CUANTAS_DE_UNA", 2)
    sueltos = [
        app.test_client().open(
            path=f"/{elenco.clave}/r", method="POST", data=mal | {"id": mal["id"][:-1] + x, "nace": "x"}
        )
        for x in "123"
    ]
    assert [suelto.status_code for suelto in sueltos] == [303, 303, 422]
    assert mandar("r", mal).status_code == 303


@pytest.mark.parametrize(("camino", "estado"), [("r", 410), ("n", 410), ("e/1", 410), ("e/9", 410)])
def test_ni_si_el_evento_ya_cerro_se_contesta_con_una_pagina(mandar, mal, base, elenco, camino, estado):
    base.execute("UPDATE evento SET estado = 'cerrado' WHERE id = ?", [elenco.evento_id])
    base.conn.commit()
    manda = mandar(camino, mal)
    assert manda.status_code == 303
    vista = mandar.cliente.get(manda.headers["Location"])
    assert (vista.status_code, NOMBRE in vista.text) == (estado, False)


def test_si_falla_guardarlo_regresa_con_todo_y_al_enviar_otra_vez_queda_una_sola(
    app, mandar, base, elenco, monkeypatch
):
    app.config["PROPAGATE_EXCEPTIONS"] = False
    buena = recepcion.tomar_en_linea

    def mala(*_como, **_mas):
        raise RuntimeError("el disco")

    monkeypatch.setattr(recepcion, "tomar_en_linea", mala)
    datos = DATOS | {"id": "6f1d7a1e-3c53-4a4e-9a5e-0a8f4a1f9b10"}
    directa = mandar("r", datos, **NUESTRO_GUION)
    assert directa.status_code == 500
    manda = mandar("r", datos)
    assert manda.status_code == 303
    vista = mandar.cliente.get(manda.headers["Location"])
    assert vista.status_code == 500
    assert "No se pudo guardar" in vista.text
    campos = Pagina(vista.text).valores
    assert campos.items() >= datos.items()
    monkeypatch.setattr(recepcion, "tomar_en_linea", buena)
    for _ in range(2):
        assert mandar("r", campos).headers["Location"] == f"/{elenco.clave}/listo"
    assert [f["id"] for f in base.execute("SELECT id FROM asistencia")] == [datos["id"]]


def test_la_espera_de_una_avalancha_tambien_se_pide_en_su_direccion(datos, reloj, elenco, mal):
    app = create_app(datos, reloj=reloj, azar=Random(7), limites=Limites(todas=Ritmo(0, 0), veces=99))
    app.test_client_class = Cliente
    cliente = app.test_client()
    for camino, lugar in (("n", ""), ("r", "/r"), ("e/1?idioma=en", "/e/1")):
        completos = mal | sellada(app, elenco.clave, mal["id"])
        manda = cliente.open(path=f"/{elenco.clave}/{camino}", method="POST", data=completos)
        assert manda.status_code == 303
        assert re.fullmatch(rf"/{elenco.clave}{lugar}\?(idioma=en&)?p=[\w-]{{24}}", manda.headers["Location"])
        vistas = [cliente.get(manda.headers["Location"]) for _ in range(2)]
        assert [vista.status_code for vista in vistas] == [429, 429]
        assert f'action="/{elenco.clave}/{camino}"' in vistas[0].text
        assert Pagina(vistas[0].text).valores.items() >= mal.items()
        assert 'data-bits="15"' in vistas[0].text
    directa = cliente.open(path=f"/{elenco.clave}/r", method="POST", data=completos, headers=NUESTRO_GUION)
    assert (directa.status_code, directa.headers.get("Location")) == (429, None)


def test_lo_que_manda_otro_sitio_se_niega_antes_de_gastar_lugar(app, mandar, mal, elenco):
    avalancha = aluvion.de(app).avalancha
    for cabeceras in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://otro.example"}):
        for _ in range(60):
            negada = mandar("r", mal, **cabeceras)
            assert (negada.status_code, "Location" in negada.headers) == (403, False)
            assert "Ese envío vino de otra página" in negada.text
            assert NOMBRE not in negada.text
    assert (avalancha._comunes, avalancha._de_hojas, avalancha._veces) == ({}, {}, {})
    mandar("r", mal)
    assert len(avalancha._veces) == 1  # control: lo nuestro sí se cuenta


def test_una_direccion_con_ficha_no_manda_a_otra_parte(app):
    cliente = app.test_client()
    for camino in ("/\\ejemp", "/ayuda", "/../ejem"):
        respuesta = cliente.get(f"{camino}?p={'x' * 24}")
        assert "?p=" in respuesta.headers.get("Location", "?p="), camino  # no es de aquí: lo contesta la de siempre
    seguida = cliente.get(f"/K7MD2Q/r?idioma=en&p={'x' * 24}&u=//ejemplo")
    assert seguida.headers["Location"] == "/K7MD2Q/r"
