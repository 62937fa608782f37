"""Los borradores de encuestas: con muchas ventanas a la vez guarda una sola, y las demás lo saben."""

import threading

import pytest

from formularios import edicion
from recoleccion.consultas import borradores, conexion, importadas, instrumentos
from recoleccion.errores import ErrorJornada
from tests.elenco import HORA


def test_de_ocho_ventanas_que_vieron_lo_mismo_guarda_una_sola(base, datos):
    clave = borradores.crear(base, "La feria", minutos=2, ahora=HORA)
    guardado = borradores.leer(base, clave)
    salida = threading.Barrier(8)
    resultados: list[str] = []

    def ventana(numero: int) -> None:
        db = conexion.abrir(datos / "privada.db")
        mio = edicion.agregar(guardado.borrador, tipo="entero", texto=f"¿{numero}?")
        salida.wait()
        try:
            borradores.guardar(db, mio, revision=guardado.revision, ahora=HORA)
            resultados.append(f"¿{numero}?")
        except ErrorJornada as error:
            resultados.append(error.codigo)
        db.conn.close()

    hilos = [threading.Thread(target=ventana, args=(n,)) for n in range(8)]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join()
    assert resultados.count("borrador_cambio") == 7
    despues = borradores.leer(base, clave)
    assert despues.revision == guardado.revision + 1
    assert [p["texto"] for p in despues.borrador["modelo"]["preguntas"]] == [r for r in resultados if "¿" in r]


def test_una_hoja_que_espera_no_es_un_borrador(base):
    encuesta = instrumentos.leer(base, "antes", 1)
    huella = importadas.dejar(base, encuesta, [], "x.csv", HORA)
    assert borradores.listar(base) == []
    with pytest.raises(ErrorJornada, match="no existe"):
        borradores.leer(base, f"importada:{huella}")


def test_dos_personas_que_empiezan_la_misma_a_la_vez_tienen_cada_una_la_suya(base):
    assert [borradores.crear(base, "La feria", minutos=2, ahora=HORA) for _ in range(3)] == [
        "la_feria", "la_feria_2", "la_feria_3",
    ]  # fmt: skip


def test_si_guardar_la_version_falla_el_borrador_sigue(base):
    clave = borradores.crear(base, "La feria", minutos=2, ahora=HORA)
    with pytest.raises(ErrorJornada) as fallo:
        borradores.guardar_version(base, clave, revision=1, version=1, ahora=HORA)
    assert fallo.value.codigo == "borrador_incompleto"
    assert borradores.leer(base, clave).revision == 1
