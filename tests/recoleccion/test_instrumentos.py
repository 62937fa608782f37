"""Guardar versiones, retirarlas y volverlas a ofrecer; un evento conserva la suya."""

from dataclasses import replace
from datetime import timedelta

import pytest
from fabrica import EVENTO, HORA, Fabrica

from formularios.instrumento import Instrumento, incluidos
from recoleccion.consultas import conexion, eventos, importadas, instrumentos
from recoleccion.errores import ErrorJornada

S1 = incluidos()["satisfaccion"]
NUEVA = replace(S1, clave="nueva", titulo="Nueva")


def con_version(version: int, titulo: str = "Otra") -> Instrumento:
    return replace(S1, version=version, titulo=titulo)


def falla(funcion, *argumentos) -> ErrorJornada:
    with pytest.raises(ErrorJornada) as error:
        funcion(*argumentos)
    return error.value


def test_guardar_dice_si_hacia_falta_y_pone_la_fecha(base):
    assert instrumentos.lugar(base, NUEVA) == "nueva"
    assert instrumentos.guardar(base, NUEVA, HORA) is True
    assert instrumentos.lugar(base, NUEVA) == "igual"
    assert instrumentos.guardar(base, NUEVA, HORA + timedelta(days=3)) is False
    fila = instrumentos.versiones(base, "nueva")[0]
    assert (fila["guardado_en"], fila["contestaciones"], fila["eventos"]) == (HORA.isoformat(), 0, 0)
    assert instrumentos.leer(base, "nueva", 1) == NUEVA


def test_el_mismo_numero_con_otras_preguntas_se_rechaza_y_dice_cual_sigue(base):
    instrumentos.guardar(base, con_version(4), HORA)
    assert instrumentos.lugar(base, con_version(4, "Distinta")) == "ocupada"
    error = falla(instrumentos.guardar, base, con_version(4, "Distinta"), HORA)
    assert error.codigo == "instrumento_cambio"
    assert "suba version a 5" in error.que_hacer
    assert instrumentos.leer(base, "satisfaccion", 4).titulo == "Otra"


def test_un_numero_menor_que_el_ultimo_se_rechaza_aunque_este_libre(base):
    instrumentos.guardar(base, con_version(4), HORA)
    assert instrumentos.lugar(base, con_version(3)) == "atrasada"
    error = falla(instrumentos.guardar, base, con_version(3), HORA)
    assert (error.codigo, "suba version a 5" in error.que_hacer) == ("instrumento_atrasado", True)
    assert [v["version"] for v in instrumentos.versiones(base, "satisfaccion")] == [4, 1]


def test_la_lista_suma_las_versiones_y_solo_cuenta_lo_que_salio_de_la_urna(base, fabrica, azar):
    fabrica.mandar(base, *[fabrica.contestacion(S1="buena") for _ in range(10)])
    antes = {f["clave"]: f for f in instrumentos.listar(base)}["satisfaccion"]
    assert antes["contestaciones"] == 0
    eventos.cerrar(base, fabrica.evento_id, HORA, fabrica.sello, azar)
    instrumentos.guardar(base, con_version(2), HORA)
    despues = {f["clave"]: f for f in instrumentos.listar(base)}["satisfaccion"]
    assert (despues["version"], despues["versiones"], despues["contestaciones"]) == (2, 2, 10)
    assert [v["contestaciones"] for v in instrumentos.versiones(base, "satisfaccion")] == [0, 10]


def test_retirada_no_se_ofrece_pero_se_sigue_contestando_donde_estaba(base, fabrica):
    instrumentos.retirar(base, "satisfaccion", HORA)
    assert "satisfaccion" not in instrumentos.ofrecidas(base)
    assert fabrica.mandar(base, fabrica.contestacion(S1="buena")) == ["aceptado"]
    assert "satisfaccion" in [e["instrumento"] for e in eventos.leer(base, fabrica.evento_id)["encuestas"]]
    instrumentos.volver_a_ofrecer(base, "satisfaccion")
    assert instrumentos.ofrecidas(base)["satisfaccion"] == 1


def test_guardar_otra_version_de_una_retirada_la_ofrece_de_nuevo(base):
    instrumentos.retirar(base, "satisfaccion", HORA)
    instrumentos.guardar(base, con_version(2), HORA)
    assert instrumentos.ofrecidas(base)["satisfaccion"] == 2


def test_lo_que_no_existe_se_dice(base):
    for funcion in (instrumentos.versiones, instrumentos.volver_a_ofrecer, instrumentos.ultima_version):
        assert falla(funcion, base, "ninguna").codigo == "instrumento_no_existe"
    assert falla(instrumentos.retirar, base, "ninguna", HORA).codigo == "instrumento_no_existe"


# --- En los eventos ----------------------------------------------------------------------------------------------


def versiones_de(base, id: str) -> dict[str, int]:
    return {e["instrumento"]: e["version"] for e in eventos.leer(base, id)["encuestas"]}


def test_un_evento_conserva_su_version_aunque_se_edite(base, azar):
    id = eventos.crear(base, EVENTO, HORA, azar)
    instrumentos.guardar(base, con_version(2), HORA)
    eventos.actualizar(base, id, {"encuestas": [{"instrumento": "satisfaccion", "por_pantalla": True}, "reconocer"]})
    assert versiones_de(base, id) == {"satisfaccion": 1, "reconocer": 1}
    assert versiones_de(base, eventos.crear(base, EVENTO, HORA, azar))["satisfaccion"] == 2


def test_una_pregunta_por_pantalla_es_de_cada_encuesta_y_se_conserva(base, azar):
    encuestas = [{"instrumento": "satisfaccion", "por_pantalla": True}, "antes"]
    id = eventos.crear(base, EVENTO | {"encuestas": encuestas}, HORA, azar)
    leidas = [(e["instrumento"], e["por_pantalla"]) for e in eventos.leer(base, id)["encuestas"]]
    assert leidas == [("satisfaccion", True), ("antes", False)]
    eventos.actualizar(base, id, {"encuestas": ["antes", "satisfaccion"]})
    leidas = [(e["instrumento"], e["por_pantalla"]) for e in eventos.leer(base, id)["encuestas"]]
    assert leidas == [("antes", False), ("satisfaccion", True)]


def test_usar_la_version_nueva_solo_si_nadie_ha_contestado(base, sello, azar):
    id = eventos.crear(base, EVENTO, HORA, azar)
    instrumentos.guardar(base, con_version(2), HORA)
    assert eventos.usar_version_nueva(base, id, "satisfaccion") == 2
    assert versiones_de(base, id) == {"antes": 1, "despues": 1, "satisfaccion": 2}
    instrumentos.guardar(base, con_version(3), HORA)
    fabrica = Fabrica(sello, id)
    fabrica.mandar(base, fabrica.contestacion(version=2, S1="buena"))
    error = falla(eventos.usar_version_nueva, base, id, "satisfaccion")
    assert error.codigo == "encuesta_ya_contestada"
    assert versiones_de(base, id)["satisfaccion"] == 2


def test_cerrado_alguna_vez_ya_no_se_sabe_si_contestaron(base, sello, azar):
    """La urna se vació al cerrar: que no haya sobres no quiere decir que nadie contestó."""
    id = eventos.crear(base, EVENTO, HORA, azar)
    eventos.abrir(base, id, HORA)
    eventos.cerrar(base, id, HORA, sello, azar)
    eventos.reabrir(base, id, HORA)
    instrumentos.guardar(base, con_version(2), HORA)
    assert falla(eventos.usar_version_nueva, base, id, "satisfaccion").codigo == "encuesta_ya_contestada"


def test_usar_la_version_nueva_de_lo_que_el_evento_no_lleva(base, azar):
    id = eventos.crear(base, EVENTO, HORA, azar)
    assert falla(eventos.usar_version_nueva, base, id, "reconocer").codigo == "instrumento_no_existe"
    assert falla(eventos.usar_version_nueva, base, "no", "antes").codigo == "evento_no_existe"


# --- Lo importado que espera -------------------------------------------------------------------------------------


def test_lo_importado_espera_fuera_de_las_encuestas_y_se_lee_por_su_huella(base, datos):
    avisos = [{"hoja": "survey", "que_pasa": "x"}]
    huella = importadas.dejar(base, NUEVA, avisos, "mi hoja.xlsx", HORA)
    assert huella == NUEVA.huella
    assert instrumentos.lugar(base, NUEVA) == "nueva"
    otra = conexion.abrir(datos / "privada.db")
    assert importadas.leer(otra, huella) == (NUEVA, avisos, "mi hoja.xlsx")
    otra.conn.close()
    importadas.olvidar(base, huella)
    assert importadas.leer(base, huella) is None


def test_lo_que_espera_de_mas_se_borra_y_lo_de_alguien_mas_no(base):
    base.execute("INSERT INTO instrumento_borrador VALUES ('mia', '{}', 1, '2020-01-01T00:00:00-06:00')")
    vieja = importadas.dejar(base, con_version(2), [], "a", HORA - timedelta(hours=25))
    huellas = [
        importadas.dejar(base, con_version(n), [], "b", HORA + timedelta(minutes=n))
        for n in range(3, 3 + importadas.CABEN)
    ]
    assert importadas.leer(base, vieja) is None
    assert all(importadas.leer(base, huella) for huella in huellas)
    importadas.dejar(base, con_version(99), [], "c", HORA + timedelta(hours=1))
    assert importadas.leer(base, huellas[0]) is None
    assert importadas.leer(base, huellas[1]) is not None
    assert base.execute("SELECT count(*) FROM instrumento_borrador").fetchone()[0] == importadas.CABEN + 1
