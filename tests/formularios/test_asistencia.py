"""El registro de una persona."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formularios.asistencia import formulario_asistencia, limpiar_nombre, limpiar_telefono
from formularios.campos import Datos, primeros_errores
from formularios.catalogos import INICIALES, cargar

CATALOGOS = cargar(INICIALES)
COMPLETO = formulario_asistencia(CATALOGOS, pide_nombre=True, pide_telefono=True, pide_procedencia=True)
BASE = {"sexo": ["M"], "edad": ["30-44"], "procedencia": ["rancho"]}


def test_con_sexo_edad_y_procedencia_basta() -> None:
    lleno = COMPLETO(Datos(BASE))
    assert lleno.validate()
    assert lleno.a_dict() == {
        "sexo": "M",
        "edad": "30-44",
        "procedencia": "rancho",
        "nombre": None,
        "telefono": None,
    }


def test_lo_que_falta_se_dice_en_cada_campo_con_una_salida() -> None:
    lleno = COMPLETO(Datos({}))
    assert not lleno.validate()
    errores = primeros_errores(lleno)
    assert list(errores) == ["sexo", "edad", "procedencia"]
    assert all("«Prefiero no decir»" in frase for frase in errores.values())


def test_una_opcion_inventada_no_pasa() -> None:
    lleno = COMPLETO(Datos(BASE | {"sexo": ["X"]}))
    assert not lleno.validate()
    assert list(primeros_errores(lleno)) == ["sexo"]


def test_solo_pregunta_lo_que_pide_el_evento() -> None:
    corto = formulario_asistencia(CATALOGOS, pide_nombre=False, pide_telefono=False, pide_procedencia=False)
    lleno = corto(Datos(BASE | {"nombre": ["Ana"], "telefono": ["3781234567"]}))
    assert lleno.validate()
    assert [campo.name for campo in lleno] == ["sexo", "edad"]
    assert lleno.a_dict() == {"sexo": "M", "edad": "30-44", "procedencia": "nd", "nombre": None, "telefono": None}


@pytest.mark.parametrize("edad", ["0-11", "12-17"])
def test_quien_tiene_menos_de_18_no_deja_nombre_ni_telefono(edad: str) -> None:
    lleno = COMPLETO(Datos(BASE | {"edad": [edad], "nombre": ["Ana"], "telefono": ["mal escrito"]}))
    assert lleno.validate()
    assert (lleno.a_dict()["nombre"], lleno.a_dict()["telefono"]) == (None, None)


@pytest.mark.parametrize("edad", ["18-29", "60+", "nd"])
def test_una_persona_adulta_puede_dejarlos(edad: str) -> None:
    lleno = COMPLETO(Datos(BASE | {"edad": [edad], "nombre": [" Ana\u200b  María\t"], "telefono": ["378 123 45 67"]}))
    assert lleno.validate()
    assert (lleno.a_dict()["nombre"], lleno.a_dict()["telefono"]) == ("Ana María", "3781234567")


def test_un_telefono_mal_se_dice_y_se_conserva_lo_escrito() -> None:
    lleno = COMPLETO(Datos(BASE | {"telefono": ["378 123"]}))
    assert not lleno.validate()
    assert "10 números" in primeros_errores(lleno)["telefono"]
    assert lleno["telefono"].data == "378 123"


def test_un_nombre_larguisimo_es_un_error() -> None:
    lleno = COMPLETO(Datos(BASE | {"nombre": ["a" * 81]}))
    assert not lleno.validate()
    assert "sobra 1" in primeros_errores(lleno)["nombre"]


@pytest.mark.parametrize(
    "escrito", ["3781234567", "(378) 123-4567", "+52 378 123 4567", "521 378.123.4567", "+5213781234567"]
)
def test_un_telefono_se_admite_como_lo_escribe_la_gente(escrito: str) -> None:
    assert limpiar_telefono(escrito) == "3781234567"


@pytest.mark.parametrize(
    "escrito", [None, "", "911", "123456789", "12345678901", "0781234567", "378123456a", "٣٧٨١٢٣٤٥٦٧"]
)
def test_lo_que_no_es_un_telefono_no_pasa(escrito: str | None) -> None:
    assert limpiar_telefono(escrito) is None


@given(st.text())
def test_limpiar_nunca_falla_y_deja_una_linea_que_se_puede_guardar(texto: str) -> None:
    nombre = limpiar_nombre(texto)
    assert nombre is None or (nombre == nombre.strip() and len(nombre.encode()) > 0 and "\n" not in nombre)
    assert nombre is None or len(nombre) <= 80
    limpiar_telefono(texto)
