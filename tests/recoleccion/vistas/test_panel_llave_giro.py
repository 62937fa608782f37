"""La llave de nombres entre varias titulares, y cambiarla por otra desde el panel."""

from threading import Event
from time import monotonic, sleep

import pytest

from recoleccion.consultas import cuentas, dispositivos, identidades, llave, llave_giro
from recoleccion.consultas.envoltura import leer_codigo, palabras_de
from recoleccion.vistas.panel import llave_giro as panel_giro
from tests.elenco import CONTRASENA, HORA
from tests.llave import BARATO, FRASE, quitar_llave
from tests.recoleccion.vistas.oficina import Oficina, registrar
from tests.recoleccion.vistas.test_panel_llave import NOMBRE, OTRA_FRASE, anotado, codigo_de


@pytest.fixture(autouse=True)
def _barato(monkeypatch):
    for funcion in (llave.crear, llave.cambiar_frase, llave.otro_codigo, llave.dar, llave_giro.girar):
        monkeypatch.setitem(funcion.__kwdefaults__, "costo", BARATO)


@pytest.fixture
def titular(app) -> Oficina:
    return Oficina(app, "titular")


@pytest.fixture
def lista(base, instalacion, elenco, azar) -> str:
    """La dirección de una lista con una persona que dio su nombre."""
    registrar(base, instalacion, elenco.evento_id, azar, nombre=NOMBRE)
    return f"/panel/eventos/{elenco.evento_id}/lista"


# --- Otra titular ---


@pytest.fixture
def segunda(base) -> str:
    return cuentas.crear(base, usuario="lucia", nombre="Lucía", rol="titular", contrasena=CONTRASENA, ahora=HORA)


def test_otra_titular_abre_con_su_frase_y_se_le_puede_quitar(app, titular, base, segunda, lista):
    lucia = Oficina(app, "lucia")
    lucia.post("/panel/llave/apertura", razon="lista", frase=OTRA_FRASE)
    assert NOMBRE not in lucia.texto(lista)
    datos = {"cuenta": segunda, "nueva": OTRA_FRASE, "repetida": OTRA_FRASE}
    assert titular.post("/panel/llave/otra", **datos, actual="no es esta la frase").status_code == 422
    assert titular.post("/panel/llave/otra", **datos, actual=FRASE).status_code == 303
    assert anotado(base) == [("dar la llave", "")]
    lucia.post("/panel/llave/apertura", razon="lista", frase=OTRA_FRASE)
    assert NOMBRE in lucia.texto(lista)
    titular.post("/panel/llave/apertura", razon="lista", frase=FRASE)
    assert "Lucía" in titular.texto("/panel/llave")
    assert titular.post("/panel/llave/quitar", por=f"frase:{segunda}").status_code == 303
    assert NOMBRE not in lucia.texto(lista), "lo que tenía abierto se cierra"
    assert NOMBRE in titular.texto(lista)
    lucia.post("/panel/llave/apertura", razon="lista", frase=OTRA_FRASE)
    assert NOMBRE not in lucia.texto(lista)
    assert titular.post("/panel/llave/quitar", por="frase").status_code == 409, "la única no se quita"
    assert NOMBRE in titular.texto(lista)


def test_la_frase_de_quien_la_creo_no_le_sirve_a_otra_titular(app, base, titular, segunda, instalacion, elenco, azar):
    quitar_llave(base)
    titular.post("/panel/llave/creacion", nueva=OTRA_FRASE, repetida=OTRA_FRASE)
    lucia = Oficina(app, "lucia")
    assert "todavía no tiene frase" in lucia.texto("/panel/llave")
    assert lucia.post("/panel/llave/apertura", razon="lista", frase=OTRA_FRASE).status_code == 422
    assert llave.abrir(base, OTRA_FRASE) is not None


def test_quien_ya_no_debe_entrar_tampoco_abre_los_nombres(titular, base, segunda, lista):
    llave.dar(base, llave.abrir(base, FRASE), segunda, OTRA_FRASE, ahora=HORA, costo=BARATO)
    titular.post(f"/panel/cuentas/{segunda}/desactivacion")
    assert "Tampoco abre ya los nombres" in titular.texto("/panel/cuentas")
    assert llave.abrir(base, OTRA_FRASE) is None
    assert anotado(base, 2) == [("quitar la llave", ""), ("desactivar cuenta", "")]
    titular.post(f"/panel/cuentas/{segunda}/reactivacion")
    assert llave.abrir(base, OTRA_FRASE, segunda) is None, "volver a entrar no se la devuelve"


def test_a_la_unica_que_los_abria_no_se_le_quita_al_desactivarla(titular, base, segunda):
    llave.dar(base, llave.abrir(base, FRASE), segunda, OTRA_FRASE, ahora=HORA, costo=BARATO)
    llave.retirar(base, "frase")
    titular.post(f"/panel/cuentas/{segunda}/desactivacion")
    assert "Era la única con frase" in titular.texto("/panel/cuentas")
    assert llave.abrir(base, OTRA_FRASE) is not None


# --- Cambiar la llave ---


def test_se_cambia_la_llave_y_el_codigo_nuevo_se_ve_una_vez(app, titular, base, segunda, lista):
    viejo = codigo_de(titular.post("/panel/llave/codigo", frase=FRASE))
    sello = llave.abrir(base, FRASE)
    llave.dar(base, sello, segunda, "la frase de lucía y nadie", ahora=HORA, costo=BARATO)
    lucia = Oficina(app, "lucia")
    lucia.post("/panel/llave/apertura", razon="lista", frase="la frase de lucía y nadie")
    assert NOMBRE in lucia.texto(lista)
    assert "Lucía habrá que darle" in titular.texto("/panel/llave/cambio")
    mala = titular.post("/panel/llave/cambio", actual="no es esta la frase", nueva=OTRA_FRASE, repetida=OTRA_FRASE)
    assert mala.status_code == 422
    respuesta = titular.post("/panel/llave/cambio", actual=FRASE, nueva=OTRA_FRASE, repetida=OTRA_FRASE)
    assert respuesta.headers["Location"] == "/panel/llave/cambio/avance"
    assert "Ver el código nuevo" in titular.texto("/panel/llave/cambio/avance")
    assert "Ver el código nuevo" not in lucia.texto("/panel/llave/cambio/avance"), "sólo quien lo pidió"
    pagina = titular.post("/panel/llave/cambio/codigo")
    assert "1 nombre y 0 fotos" in pagina.text
    assert llave.abrir_con_codigo(base, codigo_de(pagina)) is not None
    assert titular.post("/panel/llave/cambio/codigo").status_code == 303, "la segunda vez ya no está"
    assert llave.abrir_con_codigo(base, viejo) is None
    assert NOMBRE not in lucia.texto(lista), "lo que había abierto se cerró"
    assert lucia.post("/panel/llave/apertura", razon="lista", frase="la frase de lucía y nadie").status_code == 422
    titular.post("/panel/llave/apertura", razon="lista", frase=OTRA_FRASE)
    assert NOMBRE in titular.texto(lista)
    assert ("cambiar la llave", "1 nombres y 0 fotos con la llave nueva") in anotado(base, 12)


def test_un_telefono_que_se_prepara_despues_sella_para_la_nueva(app, titular, base, elenco, azar):
    _, permiso = dispositivos.alta(base, "Teléfono de Rosa", elenco.promotora.id, HORA, azar)
    como = {"headers": {"Authorization": f"Bearer {permiso}"}}
    antes = app.test_client().get("/api/v1/paquete", **como).json["clave_oficina"]
    titular.post("/panel/llave/cambio", actual=FRASE, nueva=OTRA_FRASE, repetida=OTRA_FRASE)
    hasta_que(lambda: identidades.punto(base) != antes)
    assert app.test_client().get("/api/v1/paquete", **como).json["clave_oficina"] == identidades.punto(base)


def test_mientras_se_cambia_se_dice_cuanto_lleva_y_no_empieza_otro(titular, base, lista, monkeypatch):
    sigue, de_veras = Event(), llave_giro.girar

    def despacio(*como, avisar, **mas):
        avisar(3, 8)
        assert sigue.wait(20)
        return de_veras(*como, avisar=avisar, **mas)

    monkeypatch.setattr(llave_giro, "girar", despacio)
    monkeypatch.setattr(panel_giro, "ESPERA", 0.05)
    datos = {"actual": FRASE, "nueva": OTRA_FRASE, "repetida": OTRA_FRASE}
    titular.post("/panel/llave/cambio", **datos)
    try:
        avance = titular.get("/panel/llave/cambio/avance").text
        assert "3 de 8" in avance
        assert 'http-equiv="refresh"' in avance
        assert titular.post("/panel/llave/cambio", **datos).status_code == 409
    finally:
        sigue.set()
    hasta_que(lambda: "Ver el código nuevo" in titular.texto("/panel/llave/cambio/avance"))
    assert llave.abrir(base, OTRA_FRASE) is not None


def test_si_el_cambio_falla_se_dice_y_todo_sigue_como_estaba(titular, base, lista, monkeypatch):
    def falla(*_como, **_mas):
        raise OSError("se fue la luz")

    monkeypatch.setattr(llave_giro, "girar", falla)
    titular.post("/panel/llave/cambio", actual=FRASE, nueva=OTRA_FRASE, repetida=OTRA_FRASE)
    avance = titular.texto("/panel/llave/cambio/avance")
    assert "Todo sigue como estaba" in avance
    assert "luz" not in avance
    assert llave.abrir(base, FRASE) is not None


def hasta_que(cumple) -> None:
    limite = monotonic() + 20
    while not cumple():
        assert monotonic() < limite
        sleep(0.05)


def test_con_las_palabras_de_la_hoja_tambien_se_recupera(titular, base, lista):
    codigo = codigo_de(titular.post("/panel/llave/codigo", frase=FRASE))
    palabras = list(palabras_de(leer_codigo(codigo)))
    datos = {"nueva": OTRA_FRASE, "repetida": OTRA_FRASE}
    mala = titular.post("/panel/llave/recuperacion", codigo=" ".join(["xilófono", *palabras[1:]]), **datos)
    assert "La palabra 1, «xilofono», no es de la lista" in mala.text
    bien = titular.post("/panel/llave/recuperacion", codigo=" ".join(palabras).upper(), **datos)
    assert codigo_de(bien) != codigo
    assert llave.abrir(base, OTRA_FRASE) is not None
