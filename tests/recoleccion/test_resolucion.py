"""Lo que la titular ya resolvió: el teléfono deja de ofrecerlo, y sus bytes siguen aquí."""

import threading

import pytest
from fabrica import HORA, contar

from recoleccion.consultas import conexion, cuarentena, dispositivos, recepcion


@pytest.fixture
def perdido(base, telefono) -> str:
    """Un teléfono dado de baja."""
    dispositivos.revocar(base, telefono, HORA)
    return telefono


def _estados(fabrica, base, *sellados, **opciones) -> list[str]:
    return [acuse["estado"] for acuse in fabrica.recibir(base, *sellados, **opciones)]


def _que_espera(base) -> list[str]:
    return [fila["id"] for fila in cuarentena.listar(base)]


def test_lo_descartado_se_contesta_repetido_y_sus_bytes_siguen(base, fabrica, perdido):
    sellado = fabrica.sellar(fabrica.asistencia())
    assert _estados(fabrica, base, sellado, sellado, dispositivo_id=perdido) == ["retenido", "retenido"]
    assert cuarentena.resolver(base, _que_espera(base), "No es de aquí", HORA) == 1
    assert _estados(fabrica, base, sellado, sellado, dispositivo_id=perdido) == ["repetido", "repetido"]
    assert (contar(base, "asistencia"), contar(base, "recibido"), cuarentena.contar(base)) == (0, 0, 0)
    assert bytes(cuarentena.guardadas(base)[0]["bytes"]).decode() == sellado["sobre"]


@pytest.mark.parametrize("id", ["hola", 7, None, "\ud800"])
def test_lo_que_no_trae_numero_y_ya_se_resolvio_tambien_deja_de_ofrecerse(base, fabrica, id):
    uno, otro = fabrica.sellar(fabrica.conteo()) | {"id": id}, fabrica.sellar(fabrica.conteo()) | {"id": id}
    assert _estados(fabrica, base, uno, uno) == ["retenido", "retenido"]
    cuarentena.resolver(base, _que_espera(base), "Venía dañado", HORA)
    assert _estados(fabrica, base, uno, otro) == ["repetido", "retenido"]
    assert cuarentena.contar(base) == 1


def test_lo_aceptado_se_contesta_repetido(base, fabrica, perdido):
    sellado = fabrica.sellar(fabrica.asistencia())
    fabrica.recibir(base, sellado, dispositivo_id=perdido)
    assert recepcion.reintentar(base, _que_espera(base), sello=fabrica.sello, ahora=HORA) == ["aceptado"]
    assert _estados(fabrica, base, sellado, dispositivo_id=perdido) == ["repetido"]
    assert contar(base, "asistencia") == 1


def test_otros_bytes_con_el_numero_de_algo_descartado_son_conflicto_y_quedan_los_dos(base, fabrica, perdido):
    registro = fabrica.asistencia()
    uno, otro = fabrica.sellar(registro), fabrica.sellar(registro)
    fabrica.recibir(base, uno, dispositivo_id=perdido)
    cuarentena.resolver(base, _que_espera(base), "No es de aquí", HORA)
    assert _estados(fabrica, base, otro) == ["conflicto"]
    guardados = {bytes(fila["bytes"]).decode() for fila in cuarentena.guardadas(base)}
    assert guardados == {uno["sobre"], otro["sobre"]}
    assert cuarentena.contar(base) == 1
    # La titular sí lo puede aceptar: lo descartado no estorba.
    assert recepcion.reintentar(base, _que_espera(base), sello=fabrica.sello, ahora=HORA) == ["aceptado"]
    assert _estados(fabrica, base, uno, otro) == ["repetido", "repetido"]


def test_lo_descartado_por_error_se_recupera(base, fabrica, perdido):
    sellado = fabrica.sellar(fabrica.asistencia())
    fabrica.recibir(base, sellado, dispositivo_id=perdido)
    [id] = _que_espera(base)
    cuarentena.resolver(base, [id], "No es de aquí", HORA)
    assert recepcion.reintentar(base, [id], sello=fabrica.sello, ahora=HORA) == []
    assert cuarentena.recuperar(base, id)
    assert _estados(fabrica, base, sellado, dispositivo_id=perdido) == ["retenido"]
    assert recepcion.reintentar(base, [id], sello=fabrica.sello, ahora=HORA) == ["aceptado"]
    assert not cuarentena.recuperar(base, id)  # ya se contó: no vuelve a esperar
    assert contar(base, "asistencia") == 1


def test_se_aceptan_muchos_de_una_vez_y_los_que_no_se_pueden_se_quedan(base, fabrica, perdido):
    sellados = [fabrica.sellar(fabrica.asistencia()) for _ in range(30)]
    malo = fabrica.sellar(fabrica.asistencia(evento="no-existe"))
    fabrica.recibir(base, *sellados, malo, dispositivo_id=perdido)
    estados = recepcion.reintentar(base, _que_espera(base), sello=fabrica.sello, ahora=HORA)
    assert (estados.count("aceptado"), estados.count("retenido")) == (30, 1)
    assert [fila["codigo"] for fila in cuarentena.listar(base)] == ["evento_desconocido"]
    assert contar(base, "asistencia") == 30


def test_de_dos_versiones_aceptadas_juntas_se_cuenta_una_y_la_otra_espera_como_conflicto(base, fabrica, perdido):
    registro = fabrica.asistencia()
    fabrica.recibir(base, fabrica.sellar(registro), fabrica.sellar(registro), dispositivo_id=perdido)
    estados = recepcion.reintentar(base, _que_espera(base), sello=fabrica.sello, ahora=HORA)
    assert sorted(estados) == ["aceptado", "conflicto"]
    assert [fila["codigo"] for fila in cuarentena.listar(base)] == ["otro_contenido"]


@pytest.mark.parametrize("vuelta", range(6))
def test_resuelto_con_su_lote_en_camino_queda_de_una_sola_manera(base, fabrica, perdido, instalacion, vuelta):
    """El lote, la aceptación y el descarte a la vez, cada uno en su conexión: gana uno y los demás lo respetan."""
    sellado = fabrica.sellar(fabrica.asistencia())
    fabrica.recibir(base, sellado, dispositivo_id=perdido)
    [id] = _que_espera(base)
    salida = threading.Barrier(3)
    dicho = {}

    def a_la_vez(quien, hacer):
        db = conexion.abrir(instalacion.privada)
        try:
            salida.wait()
            dicho[quien] = hacer(db)
        finally:
            db.conn.close()

    hilos = [
        threading.Thread(target=a_la_vez, args=par)
        for par in (
            ("lote", lambda db: _estados(fabrica, db, sellado, dispositivo_id=perdido)),
            ("acepta", lambda db: recepcion.reintentar(db, [id], sello=fabrica.sello, ahora=HORA)),
            ("descarta", lambda db: cuarentena.resolver(db, [id], "No es de aquí", HORA)),
        )
    ]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join()
    aceptado = dicho["acepta"] == ["aceptado"]
    assert (dicho["descarta"] == 1) != aceptado
    assert dicho["lote"][0] in ("retenido", "repetido")
    assert contar(base, "asistencia") == contar(base, "recibido") == int(aceptado)
    [fila] = cuarentena.listar(base, resueltas=True)
    assert fila["resolucion"] == ("La titular lo aceptó." if aceptado else "No es de aquí")
    assert _estados(fabrica, base, sellado, dispositivo_id=perdido) == ["repetido"]
