"""Las actividades en la base: una sola vez, sin pisarse, con su porqué si el trimestre cerró, y qué dan al avance."""

from datetime import timedelta
from random import Random

import pytest

from recoleccion.consultas import actividades, avance, espera, trimestres
from recoleccion.errores import ErrorJornada
from tests.elenco import HORA

ASESORIA = {
    "linea": "M6",
    "tipo": "asesoria_juridica",
    "fecha": "2026-02-03",
    "cantidad": 4,
    "mujeres": 3,
    "hombres": 1,
}
QUIEN = {"ahora": HORA, "quien": "titular"}


@pytest.fixture
def anotar(base, azar):
    def _anotar(id: str | None = None, justificacion: str | None = None, **datos) -> str:
        completos = {**ASESORIA, **datos}
        return actividades.crear(base, completos, azar=azar, id=id, justificacion=justificacion, **QUIEN)

    return _anotar


def codigo(hacer) -> str:
    with pytest.raises(ErrorJornada) as error:
        hacer()
    return error.value.codigo


def cambios(base) -> list[tuple]:
    filas = trimestres.cambios(base, 2026, "M6")
    return [(f["que"], f["antes"], f["despues"], f["justificacion"]) for f in filas if f["linea"]]


def linea(base, clave: str, hasta: str | None = None) -> avance.Linea:
    return next(linea for linea in avance.de_ejercicio(base, 2026, hasta=hasta) if linea.clave == clave)


def cerrar_primero(base) -> None:
    trimestres.cerrar(base, 2026, 1, **QUIEN)


# --- Anotar ------------------------------------------------------------------------------------------------------


def test_el_mismo_id_dos_veces_es_una_actividad(base, anotar):
    id = anotar()
    assert anotar(id) == id
    with pytest.raises(
        ErrorJornada, match="otros datos"
    ):  # se corrigió y se mandó otra vez antes de saber que ya estaba
        anotar(id, cantidad=99)
    assert anotar("no es un id") not in (id, "no es un id")
    assert [a["cantidad"] for a in actividades.listar(base)] == [4, 4]
    assert actividades.leer(base, id)["cuenta"] == "avance"


def test_no_se_guarda_lo_que_el_tipo_no_pide(base, anotar):
    """De una asesoría no queda nota aunque alguien la mande: no hay expedientes."""
    fila = actividades.leer(base, anotar(nota="La señora María…", horas=3.0, institucion="DIF"))
    assert (fila["nota"], fila["horas"], fila["institucion"]) == (None, None, None)


@pytest.mark.parametrize(
    ("malos", "esperado"),
    [
        ({"tipo": "no_existe"}, "actividad_datos"),
        ({"linea": "M9"}, "actividad_datos"),
        ({"cantidad": -1}, "actividad_datos"),
        ({"cantidad": None}, "actividad_datos"),
        ({"cantidad": 100_001}, "actividad_datos"),
        ({"mujeres": -1}, "actividad_datos"),
        ({"fecha": "2026-02-30"}, "actividad_datos"),
        ({"fecha": None}, "actividad_datos"),
        ({"fecha": "2019-02-03"}, "ejercicio_no_existe"),
        ({"linea": "A9", "tipo": "documento"}, "actividad_datos"),
    ],
)
def test_lo_que_no_cuadra_no_se_guarda(base, anotar, malos, esperado):
    assert codigo(lambda: anotar(**malos)) == esperado
    assert actividades.listar(base) == []


def test_un_catalogo_danado_no_detiene_a_nadie(base, datos, anotar):
    (datos / "catalogos" / "actividades.csv").write_text("linea,clave\nM6,x\n", "utf-8")
    assert "la primera fila" in actividades.problema_de_catalogo(base)
    assert actividades.leer(base, anotar())["tipo"] == "asesoria_juridica"


def test_editar_el_catalogo_no_mueve_lo_ya_informado(base, datos, anotar):
    anotar()
    ruta = datos / "catalogos" / "actividades.csv"
    ruta.write_text("linea,clave,etiqueta,cuenta,unidad,pide\nM6,asesoria_juridica,Otra,aparte,x,\n", "utf-8")
    assert linea(base, "M6").realizado[0] == 4
    anotar()
    assert linea(base, "M6").realizado[0] == 4


# --- Dos personas ------------------------------------------------------------------------------------------------


def test_quien_guarda_segundo_se_entera_y_no_pisa_nada(base, anotar):
    id = anotar()
    assert actividades.cambiar(base, id, {**ASESORIA, "cantidad": 5}, revision=1, **QUIEN) == 2
    segundo = {**ASESORIA, "cantidad": 6}
    assert codigo(lambda: actividades.cambiar(base, id, segundo, revision=1, **QUIEN)) == "cambio_de_otra_persona"
    assert codigo(lambda: actividades.quitar(base, id, revision=1, **QUIEN)) == "cambio_de_otra_persona"
    assert actividades.leer(base, id)["cantidad"] == 5
    assert actividades.cambiar(base, id, segundo, revision=2, **QUIEN) == 3


def test_lo_que_se_quita_no_cuenta_no_se_borra_y_se_puede_volver_a_poner(base, anotar):
    id = anotar()
    actividades.quitar(base, id, revision=1, **QUIEN)
    actividades.quitar(base, id, revision=1, **QUIEN)
    assert actividades.listar(base) == []
    assert [a["id"] for a in actividades.listar(base, quitadas=True)] == [id]
    assert linea(base, "M6").realizado == (0, 0, 0, 0)
    assert codigo(lambda: actividades.cambiar(base, id, ASESORIA, revision=2, **QUIEN)) == "actividad_quitada"
    actividades.reponer(base, id, **QUIEN)
    actividades.reponer(base, id, **QUIEN)
    assert linea(base, "M6").realizado[0] == 4
    assert codigo(lambda: actividades.leer(base, "nadie")) == "actividad_no_existe"


# --- Un trimestre cerrado ----------------------------------------------------------------------------------------


def test_en_un_trimestre_cerrado_todo_cambio_pide_su_porque_y_queda_anotado(base, anotar):
    id = anotar()
    cerrar_primero(base)
    assert codigo(anotar) == "trimestre_cerrado"
    assert codigo(lambda: actividades.cambiar(base, id, ASESORIA, revision=1, **QUIEN)) == "trimestre_cerrado"
    assert codigo(lambda: actividades.quitar(base, id, revision=1, **QUIEN)) == "trimestre_cerrado"
    assert cambios(base) == []

    actividades.cambiar(base, id, {**ASESORIA, "cantidad": 5}, revision=1, justificacion="Faltaba una", **QUIEN)
    actividades.quitar(base, id, revision=2, justificacion="Repetida", **QUIEN)
    actividades.reponer(base, id, justificacion="No lo era", **QUIEN)
    cuatro, cinco = (f"asesoria_juridica, {n} (mujeres 3, hombres 1)" for n in (4, 5))
    que = "actividad del 2026-02-03"
    assert cambios(base) == [
        (que, None, cinco, "No lo era"),
        (que, cinco, None, "Repetida"),
        (que, cuatro, cinco, "Faltaba una"),
    ]


def test_sacar_una_de_un_trimestre_cerrado_tambien_pide_su_porque(base, anotar):
    id = anotar()
    cerrar_primero(base)
    despues = {**ASESORIA, "fecha": "2026-05-03"}
    assert codigo(lambda: actividades.cambiar(base, id, despues, revision=1, **QUIEN)) == "trimestre_cerrado"
    otra = anotar(fecha="2026-05-03")
    assert codigo(lambda: actividades.cambiar(base, otra, ASESORIA, revision=1, **QUIEN)) == "trimestre_cerrado"
    assert actividades.cambiar(base, otra, {**despues, "cantidad": 9}, revision=1, **QUIEN) == 2


def test_entregar_un_documento_con_fecha_de_un_trimestre_cerrado_pide_su_porque(base, anotar):
    documento = {"linea": "A9", "tipo": "documento", "fecha": "2026-05-01", "cantidad": 1, "limite": "2026-06-01"}
    id = anotar(**documento | {"fecha": "2026-02-01"})
    cerrar_primero(base)
    trimestres.cerrar(base, 2026, 2, **QUIEN)
    entregado = {**documento, "fecha": "2026-02-01", "cumplida_el": "2026-07-02"}
    assert codigo(lambda: actividades.cambiar(base, id, entregado, revision=1, **QUIEN)) == "trimestre_cerrado"


# --- Lo que dan al avance ----------------------------------------------------------------------------------------


def test_el_alcance_nunca_se_suma_a_las_personas_y_lo_aparte_no_es_avance(base, anotar):
    anotar()
    anotar(tipo="seguimiento", cantidad=7, mujeres=None, hombres=None)
    anotar(linea="A7", tipo="publicacion", cantidad=3, alcance=900, tema="igualdad")
    m6, a7 = linea(base, "M6"), linea(base, "A7")
    assert (m6.realizado[0], m6.poblacion[0].mujeres, m6.poblacion[0].hombres, m6.actividades[0]) == (4, 3, 1, 2)
    assert (a7.realizado[0], a7.alcance[0], a7.poblacion[0].total) == (3, 900, 0)


def test_un_documento_es_base_cuando_se_pide_y_avance_cuando_se_entrega(base, anotar):
    documento = {"linea": "A9", "tipo": "documento", "cantidad": 1, "mujeres": None, "hombres": None}
    anotar(**documento, fecha="2026-03-20", limite="2026-04-05", cumplida_el="2026-04-03")
    anotar(**documento, fecha="2026-03-21", limite="2026-04-05")
    anotar(**documento, fecha="2026-11-01", limite="2026-12-05", cumplida_el="2027-01-08")
    a9, en_marzo = linea(base, "A9"), linea(base, "A9", "2026-03-31")
    assert (a9.realizado, a9.base, a9.actividades) == ((0, 1, 0, 0), (2, 0, 0, 1), (2, 0, 0, 1))
    assert (en_marzo.realizado, en_marzo.base) == ((0, 0, 0, 0), (2, 0, 0, 0))
    fila = actividades.resumen(base, 2026, "A9")[0]
    assert (fila["registros"], fila["cumplidas"], fila["a_tiempo"]) == (3, 2, 1)


def test_las_solicitudes_son_la_base_de_los_apoyos(base, anotar):
    anotar(linea="M3", tipo="solicitud", cantidad=9, programa="Becas", mujeres=9, hombres=None)
    anotar(linea="M3", tipo="apoyo", cantidad=2, programa="Becas", mujeres=2, hombres=None)
    m3 = linea(base, "M3")
    assert (m3.realizado[0], m3.base[0], m3.poblacion[0].mujeres) == (2, 9, 2)


def test_las_cuentas_son_las_de_contar_a_mano(base, anotar):
    """Cien actividades al azar: por trimestre, lo mismo que sumarlas una por una."""
    azar, esperado = Random(3), [0, 0, 0, 0]
    for _ in range(100):
        mes, cantidad = azar.randint(1, 12), azar.randint(0, 9)
        tipo = azar.choice(["asesoria_juridica", "asesoria_psicologica", "seguimiento"])
        dia = f"2026-{mes:02}-{azar.randint(1, 28):02}"
        id = anotar(tipo=tipo, fecha=dia, cantidad=cantidad, mujeres=cantidad, hombres=None)
        if azar.random() < 0.2:
            actividades.quitar(base, id, revision=1, **QUIEN)
        elif tipo != "seguimiento":
            esperado[(mes - 1) // 3] += cantidad
    m6 = linea(base, "M6")
    assert list(m6.realizado) == esperado
    assert [poblacion.mujeres for poblacion in m6.poblacion] == esperado


# --- Buscar y sugerir --------------------------------------------------------------------------------------------


def test_se_buscan_por_linea_tipo_y_fechas(base, anotar):
    anotar(fecha="2026-02-03")
    anotar(fecha="2026-05-03", tipo="canalizacion", institucion="DIF")
    anotar(fecha="2026-05-04", linea="A7", tipo="publicacion", tema="igualdad")

    def cuales(**filtros) -> list[str]:
        hallados = actividades.listar(base, **filtros)
        assert len(hallados) == actividades.contar(base, **filtros)
        return [a["fecha"] for a in hallados]

    assert cuales() == ["2026-05-04", "2026-05-03", "2026-02-03"]
    assert cuales(linea="M6") == ["2026-05-03", "2026-02-03"]
    assert cuales(linea="M6", tipo="canalizacion") == ["2026-05-03"]
    assert cuales(desde="2026-04-01", hasta="2026-05-03") == ["2026-05-03"]
    assert cuales(ejercicio=2025) == []
    assert [a["fecha"] for a in actividades.listar(base, cuantas=1, salto=1)] == ["2026-05-03"]
    assert actividades.ya_usados(base, "institucion") == ["DIF"]


def test_las_horas_persona_son_horas_por_quienes_estuvieron(base, anotar):
    anotar(linea="M2", tipo="curso", cantidad=1, horas=8.0, mujeres=3, hombres=1)
    anotar(linea="M2", tipo="curso", cantidad=1, horas=2.0, mujeres=None, hombres=None)
    fila = actividades.resumen(base, 2026, "M2")[0]
    assert (fila["horas"], fila["horas_persona"], fila["mujeres"]) == (10.0, 32.0, 3)


def test_el_id_de_un_renglon_sale_de_lo_que_dice():
    uno = actividades.id_de_renglon(ASESORIA, 0)
    assert uno == actividades.id_de_renglon(dict(reversed(ASESORIA.items())), 0)
    assert (
        len({uno, actividades.id_de_renglon(ASESORIA, 1), actividades.id_de_renglon({**ASESORIA, "cantidad": 5}, 0)})
        == 3
    )


def test_lo_que_espera_dura_un_dia_y_no_se_junta(base):
    for n in range(espera.CABEN + 5):
        espera.dejar(base, "actividades", str(n), {"n": n}, HORA + timedelta(minutes=n))
    assert espera.leer(base, "actividades", "0") is None
    assert espera.leer(base, "actividades", "24") == {"n": 24}
    espera.dejar(base, "actividades", "nueva", {}, HORA + timedelta(days=2))
    assert espera.leer(base, "actividades", "24") is None
    espera.olvidar(base, "actividades", "nueva")
    assert espera.leer(base, "actividades", "nueva") is None
