"""Los plazos de ley se cuentan en días hábiles, con los de descanso obligatorio y los de la oficina."""

from datetime import date, timedelta

import pytest

from formularios import inhabiles
from formularios.catalogos import INICIALES, ErrorCatalogo


@pytest.fixture
def como_viene() -> inhabiles.Inhabiles:
    return inhabiles.cargar(INICIALES)


def test_los_de_descanso_obligatorio_de_dos_anios(como_viene):
    descansos = {date(2026, 1, 1) + timedelta(days=n) for n in range(730)}
    entre_semana = sorted(d for d in descansos if d.weekday() < 5 and not como_viene.habil(d))
    assert [d.isoformat() for d in entre_semana] == [
        "2026-01-01", "2026-02-02", "2026-03-16", "2026-05-01", "2026-09-16", "2026-11-16", "2026-12-25",
        "2027-01-01", "2027-02-01", "2027-03-15", "2027-09-16", "2027-11-15",
    ]  # fmt: skip
    assert not any(como_viene.habil(d) for d in descansos if d.weekday() >= 5)


def test_veinte_dias_habiles_saltan_fines_de_semana_y_descansos(como_viene):
    # Recibida el viernes 13 de noviembre de 2026: el lunes 16 no cuenta y el primero es el martes 17.
    assert como_viene.sumar(date(2026, 11, 13), 1) == date(2026, 11, 17)
    assert como_viene.sumar(date(2026, 11, 13), 20) == date(2026, 12, 14)
    assert como_viene.sumar(date(2026, 11, 14), 1) == date(2026, 11, 17), "recibida en sábado, empieza igual"


def test_cuantos_faltan(como_viene):
    limite = como_viene.sumar(date(2026, 11, 13), 5)
    assert como_viene.faltan(date(2026, 11, 13), limite) == 5
    assert como_viene.faltan(limite, limite) == 0
    assert como_viene.faltan(limite + timedelta(days=1), limite) < 0


def test_la_oficina_agrega_sus_vacaciones(tmp_path):
    texto = (INICIALES / "inhabiles.csv").read_text("utf-8")
    (tmp_path / "inhabiles.csv").write_text(texto + "vacaciones,Vacaciones,2026-12-21 a 2027-01-05\n", "utf-8")
    suyos = inhabiles.cargar(tmp_path)
    assert suyos.sumar(date(2026, 12, 18), 1) == date(2027, 1, 6)
    assert inhabiles.cargar(tmp_path / "no_hay").sumar(date(2026, 12, 18), 1) == date(2026, 12, 21)


@pytest.mark.parametrize("regla", ["13-45", "3 domingo 11", "mañana", "2026-12-21 a 2026-12-01"])
def test_lo_que_no_es_una_fecha_se_dice_con_su_fila(tmp_path, regla):
    (tmp_path / "inhabiles.csv").write_text(f"clave,etiqueta,regla\nx,X,{regla}\n", "utf-8")
    with pytest.raises(ErrorCatalogo, match="fila 2"):
        inhabiles.cargar(tmp_path)
