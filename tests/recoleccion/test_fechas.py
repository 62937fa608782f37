"""Fechas, horas y plurales como se leen en México."""

from datetime import date, timedelta

import pytest

from recoleccion import fechas
from tests.elenco import HORA


def test_las_fechas_se_leen_en_espanol():
    assert fechas.fecha_larga("2025-11-25") == "martes 25 de noviembre"
    assert fechas.fecha_larga(date(2026, 3, 8), con_ejercicio=True) == "domingo 8 de marzo de 2026"
    assert fechas.fecha_corta(HORA) == "25/11/2026"
    assert fechas.mes_largo("2026-02") == "febrero de 2026"
    assert fechas.cuando({"fecha": "2025-11-25", "hora_inicio": "17:00"}) == "martes 25 de noviembre, 5:00 p. m."


@pytest.mark.parametrize(
    ("hora", "leida"),
    [("00:05", "12:05 a. m."), ("09:30", "9:30 a. m."), ("12:00", "12:00 p. m."), ("23:59", "11:59 p. m.")],
)
def test_las_horas_van_de_doce_en_doce(hora: str, leida: str):
    assert fechas.hora_larga(hora) == leida


def test_el_horario_no_repite_la_manana_ni_la_tarde():
    assert fechas.horario("17:00", "19:00") == "de 5:00 a 7:00 p. m."
    assert fechas.horario("11:00", "13:00") == "de 11:00 a. m. a 1:00 p. m."


def test_los_plurales_y_los_miles():
    leidos = [fechas.plural(n, "persona", "personas") for n in (0, 1, 2, 1234)]
    assert leidos == ["0 personas", "1 persona", "2 personas", "1,234 personas"]
    assert fechas.numero(2.5) == "2.5"


@pytest.mark.parametrize(
    ("lapso", "leido"),
    [
        (timedelta(seconds=20), "hace un momento"),
        (timedelta(minutes=1), "hace 1 minuto"),
        (timedelta(minutes=12), "hace 12 minutos"),
        (timedelta(hours=3), "hoy, 2:05 p. m."),
        (timedelta(hours=20), "ayer, 9:05 p. m."),
        (timedelta(days=3), "hace 3 días"),
        (timedelta(days=40), "el 16/10/2026"),
        (timedelta(hours=-2), "el 25/11/2026, 7:05 p. m."),
    ],
)
def test_hace_cuanto(lapso: timedelta, leido: str):
    assert fechas.hace((HORA - lapso).isoformat(), HORA) == leido


@pytest.mark.parametrize(
    ("milisegundos", "leido"),
    [
        (None, "sin dato"),
        (900, "a tiempo"),
        (-59_000, "a tiempo"),
        (180_000, "adelantado 3 minutos"),
        (-3_600_000, "atrasado 1 hora"),
        (-172_800_000, "atrasado 2 días"),
    ],
)
def test_el_sesgo_de_un_reloj_se_dice_con_palabras(milisegundos, leido: str):
    assert fechas.sesgo(milisegundos) == leido
