"""Un año de publicaciones, semanales y trimestrales, en manos de una vecina que las resta."""

import pytest

from tests.ataques.anio import ENTERO, semanas, trimestres
from tests.ataques.diferencias import contra_cubos_acumulados, contra_lo_nuestro, contra_microdatos
from tests.ataques.publicar import calcular

INSTRUMENTOS = ("antes", "despues", "satisfaccion", "reconocer") if ENTERO else ("despues",)
SEMANAS = semanas() if ENTERO else semanas()[:9]
TRIMESTRES = trimestres() if ENTERO else trimestres()[:1]


@pytest.fixture(scope="module")
def publicaciones(anio):
    """Lo publicado por trimestres y, si se hiciera, por semanas."""
    return [
        {(desde, hasta): calcular(anio.crudo(lote, desde, hasta), anio.reglas)[0] for lote, desde, hasta in cortes}
        for cortes in (TRIMESTRES, SEMANAS if ENTERO else SEMANAS[4:6])
    ]


@pytest.mark.parametrize("instrumento", INSTRUMENTOS)
def test_de_lo_nuestro_no_se_aprende_ninguna_respuesta(anio, instrumento, publicaciones):
    for publicado in publicaciones:
        saldo = contra_lo_nuestro(anio, instrumento, publicado)
        assert saldo.preguntadas > 300
        assert saldo.aprendidas == 0


@pytest.mark.parametrize("instrumento", INSTRUMENTOS)
def test_de_renglones_k_anonimos_cada_semana_si_se_aprende(anio, instrumento):
    """Control: la misma vecina, contra lo que suele publicarse."""
    saldo = contra_microdatos(anio, instrumento, SEMANAS)
    assert saldo.parte > 0.05
    assert saldo.ciertas / saldo.aprendidas > 0.95


@pytest.mark.parametrize("instrumento", INSTRUMENTOS)
def test_de_cuentas_exactas_acumuladas_tambien(anio, instrumento):
    saldo = contra_cubos_acumulados(anio, instrumento, SEMANAS)
    assert saldo.parte > 0.1
    assert saldo.ciertas == saldo.aprendidas
