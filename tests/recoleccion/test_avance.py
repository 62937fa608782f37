"""El avance del programa anual es lo que dicen los registros: ni más, ni menos, ni dos veces."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from random import Random

import pytest
from anio_al_azar import EJERCICIO, lenta, sembrar
from hypothesis import given, settings
from hypothesis import strategies as st

from formularios.catalogos import INICIALES, cargar
from recoleccion.consultas import ajustes, avance, conexion, detras, eventos, informes, poa
from recoleccion.consultas.avance import EDADES, Linea, Poblacion
from tests.elenco import HORA

HASTAS = (None, "2026-03-31", "2026-05-20", "2026-10-01", "2026-12-31", "2025-12-31", "2027-06-01")


@pytest.fixture(scope="module")
def vacia(tmp_path_factory):
    ruta = tmp_path_factory.mktemp("avance") / "privada.db"
    conexion.preparar(ruta)
    db = conexion.abrir(ruta)
    yield db
    db.conn.close()


@contextmanager
def un_anio(db, semilla: int) -> Iterator[None]:
    """Un año al azar que no queda en la base."""
    db.conn.execute("BEGIN")
    try:
        sembrar(db, Random(semilla))
        yield
    finally:
        db.conn.execute("ROLLBACK")


def diferencias(db, hasta: str | None) -> list[str]:
    """En qué no coincide el avance con la cuenta lenta."""
    esperado, malas = lenta(db, hasta), []
    for linea in avance.de_ejercicio(db, EJERCICIO, hasta=hasta):
        for t, cuarto in enumerate(esperado.pop(linea.clave)):
            gente = linea.poblacion[t]
            dice = {
                "realizado": linea.realizado[t],
                "base": linea.base[t] if linea.base else 0,
                "alcance": linea.alcance[t],
                "actividades": linea.actividades[t],
                "eventos": linea.eventos[t],
                "poblacion": (
                    gente.mujeres, gente.hombres, gente.no_especificado, dict(gente.por_edad), dict(gente.localidades)
                ),
            }  # fmt: skip
            malas += [
                f"{linea.clave} T{t + 1} {que}: {dice[que]} por {cuarto[que]}"
                for que in dice
                if dice[que] != cuarto[que]
            ]
    return malas + list(esperado)


@settings(max_examples=80)
@given(semilla=st.integers(0, 2**32), hasta=st.sampled_from(HASTAS))
def test_el_avance_es_la_cuenta_hecha_a_mano_de_los_registros(vacia, semilla, hasta):
    with un_anio(vacia, semilla):
        assert diferencias(vacia, hasta) == []
        for linea in avance.de_ejercicio(vacia, EJERCICIO, hasta=hasta):
            for gente in linea.poblacion:
                assert sum(gente.por_edad.values()) == gente.total


DEFECTOS = {
    "cuenta lo anulado": ("_GENTE", "asistencia_contada", "asistencia"),
    "cuenta dos veces la credencial": ("_GENTE", "asistencia_contada", "asistencia_vigente"),
    "cuenta lo cancelado": ("_EVENTOS", "estado <> 'cancelado'", "1"),
    "el trimestre empieza un mes antes": ("_GENTE", "+ 2) / 3", "+ 3) / 3"),
    "lee las líneas de otro año": ("_EVENTOS", "AND l.ejercicio = :ejercicio", ""),
    "cuenta lo quitado": ("_ACTIVIDADES", "AND quitada_en IS NULL\n   UNION", "UNION"),
    "lo pedido ya es avance": ("_ACTIVIDADES", "AND limite IS NOT NULL THEN 'base'", "AND 0 THEN 'base'"),
    "lo cumplido no cuenta": ("_ACTIVIDADES", "AND cumplida_el BETWEEN", "AND 0 AND cumplida_el BETWEEN"),
    "verificar dos veces son dos": ("_INSTITUCIONES", "count(DISTINCT institucion_id)", "count(institucion_id)"),
    "una respuesta es una contestación": ("_EVENTOS", "max(n) AS n", "sum(n) AS n"),
    "no mira la fecha de corte": ("_INSTITUCIONES", ":hasta", "'2026-12-31'"),
}


@pytest.mark.parametrize("defecto", DEFECTOS)
def test_un_defecto_plantado_en_la_cuenta_se_descubre(vacia, monkeypatch, defecto):
    cual, viejo, nuevo = DEFECTOS[defecto]
    sana = getattr(avance, cual)
    assert viejo in sana
    monkeypatch.setattr(avance, cual, sana.replace(viejo, nuevo))

    def descubierto(semilla: int) -> bool:
        with un_anio(vacia, semilla):
            return bool(diferencias(vacia, "2026-10-01"))

    assert any(descubierto(semilla) for semilla in range(200))


@pytest.mark.parametrize("semilla", range(8))
def test_lo_que_se_ensena_detras_de_cada_numero_suma_ese_numero(vacia, semilla):
    hasta = "2026-10-01"
    with un_anio(vacia, semilla):
        for linea in avance.de_ejercicio(vacia, EJERCICIO, hasta=hasta):
            eventos = [e for e in detras.eventos(vacia, EJERCICIO, linea.clave) if e["fecha"] <= hasta]
            actividades = detras.actividades(vacia, EJERCICIO, linea.clave, hasta=hasta)
            verificadas = detras.verificadas(vacia, EJERCICIO, hasta=hasta)
            for t in (1, 2, 3, 4):
                suyos = [e for e in eventos if e["trimestre"] == t]
                de_eventos = {
                    "eventos": len(suyos),
                    "instituciones": sum(v["trimestre"] == t for v in verificadas),
                    **{c: sum(e[c] for e in suyos) for c in ("asistencias", "sesiones", "vinculos", "contestaciones")},
                }.get(linea.medida, 0)
                anotado = sum(a["cantidad"] for a in actividades if a["avance"] == t)
                assert linea.realizado[t - 1] == de_eventos + anotado
                cuentan = [*suyos, *(a for a in actividades if a["avance"] == t)]
                for sexo in ("mujeres", "hombres", "no_especificado"):
                    assert getattr(linea.poblacion[t - 1], sexo) == sum(fila[sexo] or 0 for fila in cuentan)
                assert linea.alcance[t - 1] == sum(a["alcance"] or 0 for a in actividades if a["de"] == t)
                de_cuantos = [a for a in actividades if a["de"] == t and (a["cuenta"] == "base" or a["limite"])]
                pedido = sum(a["cantidad"] for a in de_cuantos if a["cuenta"] != "aparte")
                assert (linea.base[t - 1] if linea.base else 0) == pedido
                assert linea.eventos[t - 1] == len(suyos)
                assert linea.actividades[t - 1] == sum(a["de"] == t for a in actividades)


def test_la_poblacion_de_todo_cuenta_una_vez_un_evento_de_tres_lineas(vacia):
    for semilla in range(12):
        with un_anio(vacia, semilla):
            vacia.execute("DELETE FROM evento_linea")
            vacia.execute("DELETE FROM actividad")
            vacia.execute("UPDATE linea_poa SET medida = 'asistencias'")
            ids = [fila[0] for fila in vacia.execute("SELECT id FROM evento").fetchall()]
            for linea in ("M4", "A5", "A9"):
                vacia.conn.executemany("INSERT INTO evento_linea VALUES (?, 2026, ?)", [[id, linea] for id in ids])
            anio = {"ejercicio": EJERCICIO, "desde": "2026-01-01", "hasta": "2026-12-31"}
            todas = informes.cruce(vacia, anio)
            for linea in avance.de_ejercicio(vacia, EJERCICIO):
                suya = linea.poblacion_acumulada(4)
                for sexo in ("mujeres", "hombres", "no_especificado"):
                    assert getattr(suya, sexo) == sum(n for (de, _), n in todas.items() if de == sexo)
                for edad in EDADES:
                    assert suya.por_edad[edad] == sum(n for (_, de), n in todas.items() if de == edad)
                assert suya.localidades == {
                    clave: cuentas["asistencias"] for clave, cuentas in informes.por_localidad(vacia, anio).items()
                }
                assert suya.total == linea.acumulado(4)


def test_un_evento_que_cambia_de_ano_cuenta_en_las_lineas_de_su_ano_nuevo(base, elenco):
    poa.copiar(base, 2026, 2027, con_metas=False, ahora=HORA, quien="titular")
    eventos.actualizar(base, elenco.evento_id, {"fecha": "2027-01-05"})
    cuantos = {anio: sum(sum(una.eventos) for una in avance.de_ejercicio(base, anio)) for anio in (2026, 2027)}
    assert cuantos == {2026: 0, 2027: 1}


def linea(**cambios) -> Linea:
    """Una línea sin metas y con 10 en cada trimestre."""
    nada = (0, 0, 0, 0)
    sana = Linea(
        clave="M4", tipo="meta", texto="…", indicador=None, unidad=None, medida=None, responsable=None, meta_anual=None,
        linea_base=None, programado=(None,) * 4, realizado=(10, 10, 10, 10), base=None, alcance=nada,
        poblacion=(Poblacion(),) * 4, eventos=nada, actividades=nada,
    )  # fmt: skip
    return replace(sana, **cambios)


def test_sin_meta_hay_cuentas_y_no_hay_porcentaje_ni_semaforo():
    sin = linea()
    assert [sin.acumulado(t) for t in (1, 2, 3, 4)] == [10, 20, 30, 40]
    assert {sin.porcentaje(t) for t in (1, 2, 3, 4)} == {None}
    assert sin.porcentaje_anual(4) is None
    assert {sin.semaforo(t, (90, 70)) for t in (1, 2, 3, 4)} == {None}


def test_con_meta_y_sin_trimestres_solo_se_juzga_al_final_del_anio():
    con_meta = linea(meta_anual=50.0)
    assert [con_meta.porcentaje(t) for t in (1, 2, 3, 4)] == [20, 40, 60, 80]
    assert [con_meta.semaforo(t, (90, 70)) for t in (1, 2, 3, 4)] == [None, None, None, "amarillo"]


def test_se_compara_con_lo_programado_hasta_ahi_y_un_trimestre_en_blanco_vale_cero():
    programada = linea(programado=(None, 20.0, 10.0, 20.0), meta_anual=100.0)
    assert [programada.programado_acumulado(t) for t in (1, 2, 3, 4)] == [0, 20, 30, 50]
    assert [programada.porcentaje(t) for t in (1, 2, 3, 4)] == [None, 100, 100, 80]
    assert [programada.semaforo(t, (90, 70)) for t in (1, 2, 3, 4)] == [None, "verde", "verde", "amarillo"]
    assert programada.porcentaje_anual(4) == 40
    assert linea(programado=(20.0, 20.0, None, None)).porcentaje_anual(4) == 100


@pytest.mark.parametrize(
    ("hecho", "color"), [(89, "amarillo"), (90, "verde"), (70, "amarillo"), (69, "rojo"), (0, "rojo")]
)
def test_los_limites_del_semaforo_son_exactos(hecho, color):
    assert linea(realizado=(hecho, 0, 0, 0), programado=(100.0, 0, 0, 0)).semaforo(1, (90, 70)) == color


def test_el_semaforo_se_cambia_y_un_ajuste_danado_deja_el_de_siempre(base):
    assert avance.umbrales(base) == (90, 70)
    ajustes.guardar(base, "semaforo", "95,80")
    assert avance.umbrales(base) == (95, 80)
    for danado in ("", "90", "90,setenta", "-1,5", "90,70,50"):
        ajustes.guardar(base, "semaforo", danado)
        assert avance.umbrales(base) == (90, 70)


def test_las_edades_son_las_del_catalogo():
    assert cargar(INICIALES).claves("edad") == EDADES
