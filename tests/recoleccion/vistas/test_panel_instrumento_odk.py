"""La página de una encuesta dice cuándo no se ofrece a ODK Collect, y por qué; y lo neutro de lo que se contesta."""

from formularios.xlsform import importar
from recoleccion.consultas import instrumentos
from tests.recoleccion.vistas.oficina import Oficina


def _guardar(base, hoja: bytes) -> str:
    resultado = importar("familia.md", b"| survey |\n| | type | name | label | calculation |\n" + hoja)
    assert resultado.instrumento is not None, list(map(str, resultado.problemas))
    instrumentos.asegurar(base, resultado.instrumento)
    return f"/panel/instrumentos/{resultado.instrumento.clave}"


def test_la_que_odk_collect_no_entenderia_lo_dice_con_su_porque(app, base):
    filas = (
        b"| | begin_repeat | menor | Hija o hijo | |\n| | integer | edad | Edad | |\n| | end_repeat | | | |\n"
        b"| | calculate | primera | | ${edad} + 1 |\n| | note | n | Tiene ${primera} | |\n"
    )
    pagina = Oficina(app, "titular").get(_guardar(base, filas)).get_data(as_text=True)
    assert "No se ofrece a ODK Collect" in pagina
    assert "«primera» usa ${edad} desde fuera de su repetición" in pagina
    assert "Tiene (…)" in pagina
    assert "Tiene ${" not in pagina


def test_la_que_si_entenderia_no_dice_nada(app, base):
    pagina = Oficina(app, "titular").get(_guardar(base, b"| | integer | edad | Edad | |\n")).get_data(as_text=True)
    assert "ODK Collect" not in pagina
