"""Las reglas de los informes, sin pantalla: periodos, porcentajes, semáforo en palabras, cuentas chicas, huella."""

import json
from datetime import date
from types import SimpleNamespace

import pytest

from recoleccion.informes import armar, canonico, cuadro, menores, periodos


def gente(mujeres: int = 0, hombres: int = 0, no_especificado: int = 0, **por_edad: int) -> SimpleNamespace:
    return SimpleNamespace(
        mujeres=mujeres, hombres=hombres, no_especificado=no_especificado, por_edad=por_edad, localidades={}
    )


@pytest.mark.parametrize(
    ("clave", "desde", "hasta"),
    [("t1", "2026-01-01", "2026-03-31"), ("t2", "2026-04-01", "2026-06-30"), ("t3", "2026-07-01", "2026-09-30"),
     ("t4", "2026-10-01", "2026-12-31"), ("anual", "2026-01-01", "2026-12-31")],
)  # fmt: skip
def test_los_trimestres_cierran_en_marzo_junio_septiembre_y_diciembre(clave, desde, hasta):
    periodo = periodos.de_clave(2026, clave)
    assert (periodo.desde, periodo.hasta) == (desde, hasta)


def test_el_corte_es_hoy_mientras_no_termine_el_periodo():
    periodo = periodos.de_clave(2026, "t4")
    assert periodo.corte(date(2026, 11, 23)) == "2026-11-23"
    assert periodo.corte(date(2027, 3, 1)) == "2026-12-31"
    assert not periodo.empezo(date(2026, 9, 30))
    assert not periodo.termino(date(2026, 12, 31))
    assert periodo.termino(date(2027, 1, 1))


@pytest.mark.parametrize(
    ("de", "da"), [(89.99, 89.9), (90.0, 90), (100 * 29 / 100, 29), (100 * 2 / 3, 66.6), (None, None)]
)
def test_un_porcentaje_nunca_se_redondea_hacia_el_color_de_arriba(de, da):
    assert canonico.truncado(de) == da


@pytest.mark.parametrize(
    ("linea", "clave"),
    [
        ({"semaforo": "rojo", "porcentaje": 10}, "rojo"),
        ({"semaforo": None, "porcentaje": 40}, "al_cierre"),
        ({"semaforo": None, "porcentaje": None, "meta_anual": None, "programado_acumulado": None}, "sin_meta"),
        ({"semaforo": None, "porcentaje": None, "meta_anual": None, "programado_acumulado": 0}, "sin_programar"),
        ({"semaforo": None, "porcentaje": None, "meta_anual": 0, "programado_acumulado": None}, "sin_programar"),
    ],
)
def test_el_semaforo_se_dice_con_palabras_tambien_cuando_no_hay_color(linea, clave):
    assert cuadro.semaforo(linea) == clave
    assert cuadro.SEMAFORO[clave]


def test_de_una_asesoria_no_se_dice_el_sexo_si_fueron_menos_de_diez():
    assert menores.poblacion("M6", [gente(mujeres=8, hombres=1)]) == {
        "mujeres": None, "hombres": None, "no_especificado": None, "total": 9, "por_edad": {},
    }  # fmt: skip
    assert menores.poblacion("M6", [gente(mujeres=19, hombres=1)])["hombres"] is None  # son 20, pero él es uno
    assert menores.poblacion("M6", [gente(mujeres=12, hombres=10)])["hombres"] == 10
    assert menores.poblacion("M4", [gente(mujeres=8, hombres=1)])["hombres"] == 1


def test_lo_que_se_callo_en_un_trimestre_no_se_resta_del_anual():
    """Si el anual dijera 41 mujeres y los otros tres trimestres 33, se sabría lo que el chico calló."""
    trimestres = [gente(mujeres=11), gente(mujeres=12, hombres=13), gente(mujeres=10), gente(mujeres=8, hombres=1)]
    assert [menores.poblacion("M6", [t])["mujeres"] for t in trimestres] == [11, 12, 10, None]
    assert menores.poblacion("M6", trimestres)["mujeres"] is None
    assert menores.poblacion("M6", trimestres[:3])["mujeres"] == 33  # control: sin el chico sí se dice


def test_de_la_edad_de_una_asesoria_tampoco_se_dice_una_sola():
    juntas = gente(mujeres=30, **{"18-29": 29, "60+": 1})
    assert menores.poblacion("M6", [juntas])["por_edad"] == {}
    assert menores.poblacion("M6", [juntas])["mujeres"] == 30
    assert menores.poblacion("M4", [juntas])["por_edad"] == {"18-29": 29, "60+": 1}


def test_lo_que_se_le_cambio_a_una_asesoria_no_dice_su_dia_ni_de_quien_era():
    hecho = {"linea": "M6", "que": "actividad del 2026-05-03", "antes": "asesoria, 1 (hombres 1)", "despues": None,
             "justificacion": "Era de otro mes.", "fecha": "2026-07-02"}  # fmt: skip
    assert menores.cambio(hecho) == hecho | {"que": "una actividad", "antes": None, "despues": None}
    for otro in ({"linea": "M4"}, {"que": "meta anual", "antes": "10", "despues": "12"}):
        assert menores.cambio(hecho | otro) == hecho | otro


def test_la_huella_no_depende_del_orden_en_que_se_armo():
    uno, otro = {"b": 1, "a": {"d": "ñ", "c": [1, 2]}}, {"a": {"c": [1, 2], "d": "ñ"}, "b": 1}
    assert canonico.texto(uno) == canonico.texto(otro) == '{"a":{"c":[1,2],"d":"ñ"},"b":1}'
    assert canonico.huella(canonico.texto(uno)) != canonico.huella(canonico.texto(uno | {"b": 2}))


def test_las_cifras_no_cambian_por_lo_que_se_escribe():
    cifras = {"lineas": [], "membrete": {"oficina": "A"}}
    firmado = armar.firmado(
        cifras, hecho_en="2026-10-05T12:00:00-06:00", hecho_por="Ana", nota="Nota",
        justificaciones={"M4": "Por  esto\n"}, firmas={"elaboro": {"nombre": "Ana"}},
    )  # fmt: skip
    assert canonico.huella_de_cifras(firmado) == canonico.huella_de_cifras(cifras)
    assert canonico.huella_de_cifras(firmado | {"lineas": [{}]}) != canonico.huella_de_cifras(cifras)
    assert firmado["justificaciones"] == {"M4": "Por esto"}
    assert json.loads(canonico.texto(firmado)) == firmado


def test_lo_que_falta_justificar_es_lo_amarillo_y_lo_rojo_sin_palabras():
    lineas = [
        {"clave": c, "semaforo": s} for c, s in (("M1", "rojo"), ("M2", "amarillo"), ("M3", "verde"), ("M4", None))
    ]
    assert cuadro.faltan_por_justificar({"lineas": lineas, "justificaciones": {"M2": "x"}}) == ["M1"]


def test_de_muchas_localidades_se_nombran_las_mayores_y_se_suman_las_demas():
    todas = [(f"Rancho {n}", 100 - n) for n in range(20)]
    texto = cuadro._localidades(todas)
    assert texto.startswith("Rancho 0: 100; Rancho 1: 99;")
    assert texto.endswith(f"y 8 localidades más: {sum(100 - n for n in range(12, 20))}")
    assert cuadro._localidades([]) == "—"
