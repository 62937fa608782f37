"""Qué sirve de contraseña, que entra tal como se escribió, y cuánto azar lleva lo que no se debe adivinar."""

import math
import re
import secrets
from inspect import getsource

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recoleccion import reglas
from recoleccion.consultas import codigos_unicos, cuentas, dispositivos, sesiones
from recoleccion.consultas.contrasenas import DE_AQUI, es_comun
from recoleccion.errores import ErrorJornada
from recoleccion.vistas.panel.formas_cuentas import ERROR_COMUN, MAXIMO
from tests.elenco import CONTRASENA, HORA
from tests.recoleccion.vistas.oficina import Oficina

LARGAS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=8, max_size=MAXIMO)


def crear(base, contrasena: str, usuario: str = "nueva") -> str:
    return cuentas.crear(base, usuario=usuario, nombre="N", rol="promotora", contrasena=contrasena, ahora=HORA)


def test_una_contrasena_de_siete_no_y_de_ocho_si(base):
    with pytest.raises(ErrorJornada) as error:
        crear(base, "zq7xkw2")
    assert error.value.codigo == "contrasena_corta"
    crear(base, "zq7xkw2v")


def test_una_de_las_mas_usadas_no_se_admite(app, base):
    for mala in ("12345678", "Password", "qwertyuiop", "CONTRASENA", "contraseña123", "iloveyou"):
        with pytest.raises(ErrorJornada) as error:
            crear(base, mala)
        assert error.value.codigo == "contrasena_comun"
    navegador = Oficina(app, "promotora")
    respuesta = navegador.post("/panel/contrasena", actual=CONTRASENA, nueva=mala, repetida=mala)
    assert respuesta.status_code == 422
    assert ERROR_COMUN in respuesta.text


@pytest.mark.parametrize(
    "mala",
    ["jornada2026", "ValleDeGuadalupe1", "C.E.-Mujer-25", "mujeres-jalisco", "ROSA.diaz.99", "2026202620", "!!!!!!!!"],
)
def test_las_palabras_de_aqui_no_son_contrasena(mala):
    assert es_comun(mala, "rosa.diaz")
    assert "jornada" in DE_AQUI


@given(LARGAS)
@settings(max_examples=60)
def test_cualquier_texto_de_largo_bastante_vale(texto):
    """Sin pedir mayúsculas ni signos: casi cualquier cosa larga sirve."""
    letras = re.sub(r"[\W\d_]", "", texto)
    if len(letras) > 8 and not any(palabra in texto.casefold() for palabra in DE_AQUI):
        assert not es_comun(texto)


def test_cualquier_texto_de_largo_bastante_vale_y_entra_tal_cual(base):
    """Ni se corta, ni se le quitan espacios, ni da lo mismo una mayúscula."""
    buena = "  ŁżŁż 漢字 🌸 sólo letras con ñ y  dentro  espacios, más de sesenta y cuatro!"
    assert len(buena) > 64
    crear(base, buena)
    assert cuentas.autenticar(base, "nueva", buena)
    for otra in (buena.upper(), buena[:-1], buena.strip()):
        assert cuentas.autenticar(base, "nueva", otra) is None


def test_al_entrar_no_se_ve_y_se_puede_pegar(app):
    campo = re.search(r'<input[^>]*name="contrasena"[^>]*>', app.test_client().get("/panel/entrar").text)
    assert campo
    assert 'type="password"' in campo[0]
    assert 'autocomplete="current-password"' in campo[0]
    assert "onpaste" not in campo[0]


def test_los_codigos_llevan_bastante_azar(azar):
    """Bits de cada cosa que no se debe adivinar; lo que lleva menos de 64 se frena o dura diez minutos."""
    de_alta = reglas.LARGO_ALTA * math.log2(len(reglas.ALFABETO_CLAVE))
    impreso = codigos_unicos.CIFRAS * math.log2(10)
    assert (round(de_alta), round(impreso)) == (40, 66)
    assert dispositivos.VIGENCIA_ALTA.total_seconds() == 600
    assert len(dispositivos._nuevo_permiso(azar)) >= 2 + 43  # 32 bytes
    for funcion in (sesiones.abrir, sesiones.confirmar):
        assert "secrets.token_urlsafe(32)" in getsource(funcion)
    assert len(secrets.token_urlsafe(32)) == 43
