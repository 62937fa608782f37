"""Series, permanencia, eventos encimados, muchos eventos a la vez y dos que guardan el mismo."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from fabrica import EVENTO, HORA, contar
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recoleccion import reglas
from recoleccion.consultas import cartas, cierres, conexion, credenciales, eventos, series
from recoleccion.errores import ErrorJornada

CARTA = {"objetivo": "Cuentas", "momentos": [{"momento": "Inicio", "actividad": "Ronda", "minutos": 10}]}
FECHAS = ["2026-11-04", "2026-11-11", "2026-11-18", "2026-11-25"]
DATOS = EVENTO | {"encuestas": ["satisfaccion"], "facilitadora": "Elena"}
ID = "0b4f3c1e-0000-4000-8000-000000000001"


@pytest.fixture
def serie(base, azar) -> str:
    series.crear(base, id=ID, nombre="Tejer", nota=None, datos=DATOS, fechas=FECHAS[::-1], ahora=HORA, azar=azar)
    return ID


def test_una_serie_crea_sus_sesiones_iguales_y_numeradas(base, serie, azar):
    suyas = eventos.con_listas(base, series.sesiones(base, serie))
    assert [(e["titulo"], e["fecha"]) for e in suyas] == [(f"Tejer · sesión {n}", f) for n, f in enumerate(FECHAS, 1)]
    assert len({e["clave"] for e in suyas}) == 4
    assert {(e["sede"], e["facilitadora"], tuple(e["lineas"])) for e in suyas} == {
        ("Casa de la Cultura", "Elena", ("A8", "M4"))
    }
    assert series.leer(base, serie)["programa"] == "prevencion"
    assert [(s["id"], s["cuantas"], s["primera"], s["ultima"]) for s in series.listar(base)] == [
        (serie, 4, FECHAS[0], FECHAS[-1])
    ]


def test_mandarla_dos_veces_no_la_dobla(base, serie, azar):
    antes = contar(base, "evento")
    series.crear(base, id=ID, nombre="Otra", nota=None, datos=DATOS, fechas=FECHAS, ahora=HORA, azar=azar)
    assert contar(base, "evento") == antes
    assert series.leer(base, serie)["nombre"] == "Tejer"


def test_una_serie_que_no_se_puede_crear_no_deja_nada(base, azar):
    antes = contar(base, "evento")
    with pytest.raises(ErrorJornada, match="Z9"):
        series.crear(
            base,
            id=ID,
            nombre="Tejer",
            nota=None,
            datos=DATOS | {"lineas": ["Z9"]},
            fechas=FECHAS,
            ahora=HORA,
            azar=azar,
        )
    assert (contar(base, "evento"), contar(base, "serie")) == (antes, 0)


def test_agregar_sesiones_sigue_la_cuenta_copia_lo_demas_y_no_repite(base, serie, azar):
    ultima = series.sesiones(base, serie)[-1]["id"]
    cartas.guardar(base, ultima, CARTA, vista=None, ahora=HORA)
    for esperadas in (2, 0):
        assert series.agregar(base, serie, ["2026-12-02", FECHAS[0], "2026-12-09"], HORA, azar) == esperadas
    suyas = eventos.con_listas(base, series.sesiones(base, serie))
    assert [e["titulo"] for e in suyas[4:]] == ["Tejer · sesión 5", "Tejer · sesión 6"]
    assert suyas[5]["encuestas"] == suyas[0]["encuestas"]
    assert cartas.leer(base, suyas[5]["id"])["momentos"] == CARTA["momentos"]
    with pytest.raises(ErrorJornada, match="serie"):
        series.agregar(base, "no-es", FECHAS, HORA, azar)


def _asistir(fabrica, base, evento: str, token: str | None) -> None:
    modo = "credencial" if token else "promotora"
    assert fabrica.mandar(base, fabrica.asistencia(evento=evento, modo=modo, credencial=token)) == ["aceptado"]


def test_la_permanencia_sale_de_las_credenciales(base, serie, fabrica, azar):
    ana, bety, caro = (token for _, token in credenciales.imprimir(base, 3, HORA, azar))
    suyas = [e["id"] for e in series.sesiones(base, serie)]
    for evento, vienen in zip(suyas, ([ana, bety], [ana, None, None], [ana, caro, ana], []), strict=True):
        for token in vienen:
            _asistir(fabrica, base, evento, token)
    eventos.cancelar(base, suyas[3], HORA)
    hecha = series.permanencia(base, serie, "2026-11-25")
    assert [(s.personas, s.con_credencial, s.nuevas, s.repiten) for s in hecha.sesiones] == [
        (2, 2, 2, 0), (3, 1, 0, 1), (2, 2, 1, 1),
    ]  # fmt: skip
    assert (dict(hecha.veces), hecha.personas, hecha.sin_credencial) == ({1: 2, 3: 1}, 3, 2)
    assert (hecha.hace_falta, hecha.permanecen) == (3, 1)
    antes = series.permanencia(base, serie, "2026-11-11")
    assert (len(antes.sesiones), antes.hace_falta, antes.permanecen) == (2, 2, 1)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(vienen=st.lists(st.sets(st.integers(0, 4), max_size=5), min_size=1, max_size=4))
def test_la_permanencia_es_la_que_se_contaria_a_mano(base, fabrica, azar, vienen):
    id = reglas.nuevo_id(azar)
    series.crear(base, id=id, nombre="S", nota=None, datos=DATOS, fechas=FECHAS[: len(vienen)], ahora=HORA, azar=azar)
    tarjetas = [token for _, token in credenciales.imprimir(base, 5, HORA, azar)]
    for evento, quienes in zip(series.sesiones(base, id), vienen, strict=True):
        sellados = [
            fabrica.asistencia(evento=evento["id"], modo="credencial", credencial=tarjetas[n]) for n in sorted(quienes)
        ]
        fabrica.mandar(base, *sellados)
    hecha = series.permanencia(base, id, "2026-12-31")
    a_mano = Counter(n for quienes in vienen for n in quienes)
    assert dict(hecha.veces) == dict(Counter(a_mano.values()))
    assert hecha.permanecen == sum(veces * 10 >= 8 * len(vienen) for veces in a_mano.values())
    assert [s.con_credencial for s in hecha.sesiones] == [len(q) for q in vienen]
    assert sum(s.nuevas for s in hecha.sesiones) == hecha.personas == len(a_mano)


def test_se_dice_con_cuales_se_encima(base, elenco, azar):
    comun = {"fecha": "2026-12-01", "hora_inicio": "10:00", "hora_fin": "12:00"}
    suyo = eventos.leer(base, eventos.crear(base, EVENTO | comun | {"facilitadora": "Elena"}, HORA, azar))

    def encima(**cambios) -> list[str]:
        datos = EVENTO | comun | {"sede": "  casa de la CULTURA"} | cambios
        return [otro["por"] for otro in eventos.encimados(base, datos) if otro["id"] == suyo["id"]]

    assert encima() == ["sede"]
    assert encima(hora_inicio="11:59", hora_fin="13:00") == ["sede"]
    assert encima(hora_inicio="12:00", hora_fin="13:00") == []
    assert encima(fecha="2026-12-02") == []
    assert encima(sede="Plaza") == []
    assert encima(sede="Plaza", facilitadora="ELENA") == ["facilitadora"]
    assert eventos.encimados(base, suyo) == []
    eventos.cancelar(base, suyo["id"], HORA)
    assert encima() == []


def test_listar_muchos_cuesta_las_mismas_consultas_que_listar_uno(base, azar):
    def consultas(desde: str) -> int:
        hechas: list[str] = []
        base.conn.set_trace_callback(hechas.append)
        eventos.listar(base, desde=desde)
        base.conn.set_trace_callback(None)
        return len(hechas)

    for n in range(30):
        fecha = (HORA + timedelta(days=10 + n)).date().isoformat()
        eventos.crear(base, EVENTO | {"fecha": fecha}, HORA, azar)
    assert len(eventos.listar(base, desde="2026-12-31")) == 4
    assert consultas("2026-12-31") == consultas("2026-12-01") == 4


def test_cada_cambio_es_otra_revision_y_con_la_de_antes_no_se_guarda(base, elenco):
    antes = eventos.leer(base, elenco.evento_id)
    eventos.actualizar(base, antes["id"], {"sede": "Plaza"}, revision=antes["revision"])
    with pytest.raises(ErrorJornada) as error:
        eventos.actualizar(base, antes["id"], {"sede": "Escuela", "lineas": []}, revision=antes["revision"])
    assert error.value.codigo == "cambio_de_otra_persona"
    despues = eventos.leer(base, antes["id"])
    assert (despues["sede"], despues["lineas"], despues["revision"]) == ("Plaza", ["M4"], antes["revision"] + 1)


def test_de_ocho_que_guardan_a_la_vez_con_la_misma_revision_solo_queda_uno(datos, base, elenco):
    salidas: list[str] = []
    listos = threading.Barrier(8)

    def guardar(sede: str) -> None:
        db = conexion.abrir(datos / "privada.db")
        listos.wait()
        try:
            eventos.actualizar(db, elenco.evento_id, {"sede": sede}, revision=1)
            salidas.append(sede)
        except ErrorJornada as error:
            salidas.append(error.codigo)
        finally:
            db.close()

    hilos = [threading.Thread(target=guardar, args=(f"Sede {n}",)) for n in range(8)]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join()
    guardadas = [salida for salida in salidas if salida.startswith("Sede")]
    assert salidas.count("cambio_de_otra_persona") == 7
    assert guardadas == [eventos.leer(base, elenco.evento_id)["sede"]]


def test_un_evento_mandado_dos_veces_con_su_id_es_uno(base, azar):
    for titulo in ("Uno", "Dos"):
        assert eventos.crear(base, EVENTO | {"titulo": titulo}, HORA, azar, id=ID) == ID
    assert eventos.leer(base, ID)["titulo"] == "Uno"


def test_las_instituciones_se_guardan_y_las_que_no_existen_se_dicen(base, elenco):
    ids = [fila["id"] for fila in base.query("SELECT id FROM institucion ORDER BY orden LIMIT 2")]
    eventos.actualizar(base, elenco.evento_id, {"instituciones": [ids[1], ids[0], ids[1]]})
    assert eventos.leer(base, elenco.evento_id)["instituciones"] == ids
    with pytest.raises(ErrorJornada) as error:
        eventos.actualizar(base, elenco.evento_id, {"instituciones": ["nada"], "sede": "Otra"})
    assert error.value.codigo == "institucion_no_existe"
    assert eventos.leer(base, elenco.evento_id)["instituciones"] == ids


def test_la_carta_y_la_hoja_de_cierre_no_se_pisan(base, elenco):
    id = elenco.evento_id
    assert (cartas.leer(base, id), cierres.leer(base, id)) == (None, None)
    cartas.guardar(base, id, CARTA, vista=None, ahora=HORA)
    cierres.guardar(base, id, contadas=40, nota=None, vista=None, ahora=HORA, quien="titular")
    carta, hoja = cartas.leer(base, id), cierres.leer(base, id)
    cartas.guardar(base, id, CARTA | {"objetivo": "Otro"}, vista=carta["marca"], ahora=HORA)
    cierres.guardar(base, id, contadas=41, nota="Tarde", vista=hoja["marca"], ahora=HORA, quien="otra")
    for escribir in (
        lambda vista: cartas.guardar(base, id, CARTA, vista=vista, ahora=HORA),
        lambda vista: cierres.guardar(base, id, contadas=9, nota=None, vista=vista, ahora=HORA, quien="t"),
    ):
        for vieja in (None, carta["marca"], hoja["marca"], "x"):
            with pytest.raises(ErrorJornada) as error:
                escribir(vieja)
            assert error.value.codigo == "cambio_de_otra_persona"
    assert cartas.leer(base, id)["objetivo"] == "Otro"
    assert (cierres.leer(base, id)["contadas"], cierres.leer(base, id)["guardada_por"]) == (41, "otra")
