"""Pasar una pila de encuestas de papel: van a la urna de todas, sin quedar atadas a nadie, y lo repetido es una."""

import re

import pytest

from recoleccion.consultas import cuarentena, cuentas, eventos, urna
from tests.elenco import CONTRASENA, HORA, evento_de_prueba
from tests.recoleccion.vistas.oficina import Oficina, leer

SATISFACCION = 3
"""Su lugar entre las encuestas del evento de prueba."""
NUMERO = re.compile(r'name="id" value="([^"]+)"')


class Pila:
    def __init__(self, app, evento_id: str, n: int = SATISFACCION) -> None:
        self.oficina = Oficina(app, "titular")
        self.direccion = f"/panel/eventos/{evento_id}/papel/encuesta"
        self.n = n

    def pagina(self) -> str:
        return self.oficina.get(f"{self.direccion}?n={self.n}").text

    def pasar(self, id: str | None = None, **respuestas):
        """Una hoja, como la manda la página (con su id, o con el que se diga)."""
        id = id or NUMERO.search(self.pagina())[1]
        return self.oficina.post(f"{self.direccion}?n={self.n}", id=id, **respuestas)

    def dice(self) -> str:
        return self.oficina.texto(f"{self.direccion}?n={self.n}")

    def terminar(self) -> str:
        respuesta = self.oficina.post(f"{self.direccion}/fin")
        return self.oficina.texto(respuesta.headers["Location"])


@pytest.fixture
def pila(app, elenco) -> Pila:
    return Pila(app, elenco.evento_id)


def test_una_hoja_tras_otra_llega_a_la_urna_y_la_pila_se_cuenta(pila, base, elenco):
    for _ in range(3):
        assert pila.pasar(S1="buena").status_code == 303
    assert "3 hojas pasadas" in pila.dice()
    assert "Tome la que sigue: la 4" in pila.dice()
    assert urna.cuantas(base, elenco.evento_id) == 3
    assert "Se pasaron 3 hojas." in pila.terminar()
    assert "0 hojas pasadas" in pila.dice()


def test_la_misma_hoja_mandada_dos_veces_es_una_y_se_cuenta_una(pila, base, elenco):
    id = NUMERO.search(pila.pagina())[1]
    for _ in range(2):
        assert pila.pasar(id, S1="regular").status_code == 303
    assert urna.cuantas(base, elenco.evento_id) == 1
    assert "1 hoja pasada" in pila.dice()


def test_de_una_hoja_no_queda_ni_quien_ni_cuando_ni_su_lugar_en_la_pila(pila, base, elenco):
    for respuesta in ("buena", "mala", "regular"):
        pila.pasar(S1=respuesta)
    assert base.execute("SELECT count(*) FROM bitacora WHERE accion LIKE '%encuestas de papel%'").fetchone()[0] == 0
    assert base.execute("SELECT count(*) FROM asistencia").fetchone()[0] == 0
    ids = {fila["id"] for fila in base.execute("SELECT id FROM recibido")}
    sobres = [fila["id"] for fila in base.execute("SELECT id FROM urna")]
    assert not ids & set(sobres)
    assert sobres == sorted(sobres)  # la tabla se ordena por un id al azar, no por llegada
    pila.terminar()
    (fila,) = base.execute("SELECT detalle FROM bitacora WHERE accion = 'pasar encuestas de papel'").fetchall()
    assert fila["detalle"] == "3 hojas"


def test_una_hoja_con_error_vuelve_con_lo_marcado(pila, base, elenco):
    respuesta = pila.pasar(S1="99", S2="poco")
    assert respuesta.status_code == 422
    assert "Todavía no se guarda esta hoja" in leer(respuesta)
    assert re.search(r'name="S2" value="poco" checked', respuesta.text)
    assert urna.cuantas(base, elenco.evento_id) == 0


def test_recargar_trae_lo_marcado_y_solo_vive_en_la_memoria(pila, app, base, elenco, instalacion, reloj):
    id = NUMERO.search(pila.pagina())[1]
    pila.oficina.post(f"{pila.direccion}/medias", id=id, S1="regular", S7="más sillas")
    recargada = f"{pila.direccion}?n={pila.n}&hoja={id}"
    pagina = pila.oficina.get(recargada).text
    assert re.search(r'name="S1" value="regular" checked', pagina)
    assert "más sillas" in pagina
    assert NUMERO.search(pagina)[1] == id
    base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert "más sillas".encode() not in instalacion.privada.read_bytes()
    assert "más sillas" not in pila.pagina()  # otra hoja
    pila.pasar(id, S1="regular")
    otra = pila.oficina.get(recargada).text  # con «Atrás»: la guardada ya no sale, ni su número
    assert "más sillas" not in otra
    assert NUMERO.search(otra)[1] != id
    pila.oficina.post(f"{pila.direccion}/medias", id=id, S1="regular")
    reloj.avanzar(minutes=31)
    assert "checked" not in pila.oficina.get(recargada).text


def test_la_hoja_a_medias_de_una_cuenta_no_la_ve_otra(app, pila, base):
    id = NUMERO.search(pila.pagina())[1]
    pila.oficina.post(f"{pila.direccion}/medias", id=id, S1="regular")
    cuentas.crear(base, usuario="otra", nombre="Otra", rol="titular", contrasena=CONTRASENA, ahora=HORA)
    ajena = Oficina(app, "otra").get(f"{pila.direccion}?n={pila.n}&hoja={id}")
    assert "checked" not in ajena.text


def test_una_hoja_en_blanco_no_cuenta_como_contestacion(pila, base, elenco):
    assert pila.pasar().status_code == 303
    assert "no traía ninguna respuesta" in pila.dice()
    assert urna.cuantas(base, elenco.evento_id) == 0


def test_de_una_persona_menor_no_se_guarda_la_hoja(app, base, elenco):
    pila = Pila(app, elenco.evento_id, 1)  # «antes», que pregunta la edad
    claves = re.findall(r'name="(\w+)" value="12-17"', pila.pagina())
    assert claves
    pregunta = re.search(r'type="radio" name="(K\d)" value="(\w+)"', pila.pagina())
    pila.pasar(**{claves[0]: "12-17", pregunta[1]: pregunta[2]})
    assert "a quien no se le pregunta por su edad" in pila.dice()
    assert urna.cuantas(base, elenco.evento_id) == 0


def test_en_un_evento_cerrado_la_pila_se_cuenta_si_alcanza_diez(pila, base, elenco, instalacion, azar):
    eventos.cerrar(base, elenco.evento_id, HORA, instalacion.sello, azar)
    for _ in range(9):
        pila.pasar(S1="buena", S2="todo")
    assert "Esperan en la urna" in pila.terminar()
    assert urna.recuento(base, elenco.evento_id) == {}
    pila.pasar(S1="buena")
    assert "ya se cuentan" in pila.terminar()
    assert urna.recuento(base, elenco.evento_id)["satisfaccion", 1][""][""] == 10
    assert urna.cuantas(base, elenco.evento_id) == 0


def test_otra_encuesta_empieza_otra_pila(app, pila):
    pila.pasar(S1="buena")
    pila.n = 1
    assert "0 hojas pasadas" in pila.dice()


def test_una_hoja_que_no_se_pudo_acomodar_queda_por_revisar_y_no_se_cuenta(pila, base):
    id = NUMERO.search(pila.pagina())[1]
    pila.pasar(id, S1="regular")
    pila.pasar(id, S1="mala")  # el mismo número con otras respuestas
    assert cuarentena.contar(base) == 1
    assert "quedó en «Por revisar»" in pila.dice()


def test_un_evento_sin_encuestas_lo_dice(app, base, azar):
    sin = eventos.crear(base, evento_de_prueba(encuestas=[]), HORA, azar)
    pila = Pila(app, sin, 1)
    assert pila.oficina.get(f"{pila.direccion}?n=1").status_code == 303
    assert "no lleva encuestas" in pila.oficina.texto(f"/panel/eventos/{sin}/papel")
