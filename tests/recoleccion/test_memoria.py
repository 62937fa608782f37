"""Con el archivo privado entero en la mano, la huella de una página no dice qué se contestó ni quién fue."""

import hashlib
import hmac
import itertools

import pytest
from fabrica import HORA, Fabrica

from recoleccion import reglas
from recoleccion.consultas import eventos, memoria, recepcion

OPCIONES = {"S1": ("muy_buena", "buena", "regular", "mala"), "S2": ("todo", "casi_todo", "poco", "nada")}


@pytest.fixture
def fabrica(instalacion, elenco) -> Fabrica:
    return Fabrica(instalacion.sello, elenco.evento_id)


def _contestar(base, instalacion, fabrica) -> dict:
    registro = fabrica.contestacion(S1="regular", S2="poco")
    assert recepcion.registrar_en_linea(base, registro, sello=instalacion.sello, ahora=HORA) == "aceptado"
    return registro


def _por_diccionario(base, registro: dict) -> list[dict]:
    """El ataque: con lo que hay en el archivo, la huella de cada respuesta posible, hasta dar con la guardada."""
    guardadas = {fila["huella"] for fila in base.execute("SELECT huella FROM recibido")}
    llaves = [bytes(fila["llave"]) for fila in base.execute("SELECT llave FROM llave_evento")]
    hallados = []
    for elegidas in itertools.product(*OPCIONES.values()):
        respuestas = {clave: [valor] for clave, valor in zip(OPCIONES, elegidas, strict=True)}
        hecho = {c: v for c, v in registro.items() if c not in ("hora", "sesgo_ms")}
        canonico = reglas.json_canonico(hecho | {"datos": {**registro["datos"], "respuestas": respuestas}})
        pruebas = {reglas.huella(canonico)} | {hmac.new(k, canonico, hashlib.sha256).hexdigest() for k in llaves}
        if any(guardada.endswith(prueba) for guardada, prueba in itertools.product(guardadas, pruebas)):
            hallados.append(respuestas)
    return hallados


def test_cerrado_el_evento_la_huella_no_dice_que_se_contesto(base, datos, instalacion, fabrica, elenco, azar):
    registro = _contestar(base, instalacion, fabrica)
    llave = bytes(base.execute("SELECT llave FROM llave_evento").fetchone()["llave"])
    assert any(llave in ruta.read_bytes() for ruta in datos.glob("privada.db*")), "mientras está abierto, ahí está"
    eventos.cerrar(base, elenco.evento_id, HORA, instalacion.sello, azar)
    assert _por_diccionario(base, registro) == []
    assert not any(llave in ruta.read_bytes() for ruta in datos.glob("privada.db*"))


def test_el_ataque_si_encuentra_una_huella_sin_llave(base, instalacion, fabrica):
    """El control: con la huella de antes, el ataque da con la respuesta."""
    registro = _contestar(base, instalacion, fabrica)
    hecho = {c: v for c, v in registro.items() if c not in ("hora", "sesgo_ms")}
    base.execute("UPDATE recibido SET huella = ?", [reglas.huella(reglas.json_canonico(hecho))])
    assert _por_diccionario(base, registro) == [{"S1": ["regular"], "S2": ["poco"]}]


def test_cerrado_el_evento_lo_mismo_otra_vez_no_duplica(base, instalacion, fabrica, elenco, azar):
    registro = _contestar(base, instalacion, fabrica)
    persona = fabrica.asistencia(modo="telefono", nombre="Eustolia")
    recepcion.registrar_en_linea(base, persona, sello=instalacion.sello, ahora=HORA)
    eventos.cerrar(base, elenco.evento_id, HORA, instalacion.sello, azar)
    for otra_vez in (registro, persona):
        assert recepcion.registrar_en_linea(base, otra_vez, sello=instalacion.sello, ahora=HORA) == "repetido"
    assert base["asistencia"].count == 1
    assert base["urna"].count == 1


def test_abierto_el_evento_otro_contenido_con_el_mismo_id_se_aparta(base, instalacion, fabrica):
    registro = _contestar(base, instalacion, fabrica)
    cambiado = registro | {"datos": {**registro["datos"], "respuestas": {"S1": ["mala"]}}}
    assert recepcion.registrar_en_linea(base, registro, sello=instalacion.sello, ahora=HORA) == "repetido"
    assert recepcion.registrar_en_linea(base, cambiado, sello=instalacion.sello, ahora=HORA) == "conflicto"
    assert base["cuarentena"].count == 1


def test_reabrir_empieza_otra_llave(base, instalacion, fabrica, elenco, azar):
    _contestar(base, instalacion, fabrica)
    eventos.cerrar(base, elenco.evento_id, HORA, instalacion.sello, azar)
    eventos.reabrir(base, elenco.evento_id, HORA)
    _contestar(base, instalacion, fabrica)
    assert base["llave_evento"].count == 1
    assert [fila["huella"] == "" for fila in base.execute("SELECT huella FROM recibido ORDER BY huella")] == [
        True,
        False,
    ]
    memoria.olvidar(base, elenco.evento_id)
    assert base["llave_evento"].count == 0
