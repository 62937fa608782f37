"""Las cuentas: la titular las da, las cambia y las quita; cada quien cambia su contraseña."""

import re
from html import unescape

import pytest

from formularios.ficha import PALABRAS
from recoleccion.consultas import bitacora, cuentas, dispositivos
from recoleccion.consultas.cuentas import ROLES
from recoleccion.errores import ErrorJornada
from tests.elenco import CONTRASENA, HORA
from tests.recoleccion.vistas.oficina import Oficina, crear_cuenta, leer

NUEVA = {"nombre": "Lupita Ramos", "usuario": "lupita", "rol": "promotora", "contrasena": ""}
PROPIA = {"actual": CONTRASENA, "nueva": "trigo lluvia 7", "repetida": "trigo lluvia 7"}
SUGERIDA = re.compile(r'<dt>Contraseña</dt><dd class="letra">([^<]+)</dd>')


@pytest.fixture
def titular(app) -> Oficina:
    return Oficina(app, "titular")


def de(base, usuario: str) -> cuentas.Cuenta:
    return next(cuenta for cuenta in cuentas.listar(base) if cuenta.usuario == usuario)


def ultima(base) -> tuple[str, str, str, str]:
    renglon = bitacora.listar(base, 1)[0]
    return renglon["quien"], renglon["accion"], renglon["objeto"], renglon["detalle"]


def hay_sesion(navegador: Oficina) -> bool:
    return navegador.get("/panel/contrasena").status_code == 200


# --- La lista ----------------------------------------------------------------------------------------------------


def test_la_lista_dice_quien_entra_a_que_y_desde_cuando(titular, base, elenco):
    cuentas.desactivar(base, elenco.promotora.id)
    pagina = titular.texto("/panel/cuentas")
    assert "titular (usted) ✓ Activa Usuario titular Qué hace Titular Desde 25/11/2026" in pagina
    assert "Rosa × Desactivada Usuario promotora Qué hace Promotora Desde 25/11/2026" in pagina
    assert "La única cuenta es la suya" not in pagina


def test_con_una_sola_cuenta_la_lista_dice_que_sigue(titular, base):
    base.execute("DELETE FROM cuenta WHERE usuario = 'promotora'")
    assert "agregue su cuenta" in titular.texto("/panel/cuentas")


def test_ni_la_lista_ni_nada_trae_los_resumenes_de_las_contrasenas(titular, base):
    pagina = titular.get("/panel/cuentas").text
    assert "argon2" not in pagina
    assert not any(cuenta.marca in pagina for cuenta in cuentas.listar(base))


# --- Una cuenta nueva --------------------------------------------------------------------------------------------


def test_la_contrasena_sugerida_se_ve_una_vez_y_con_ella_se_entra(app, titular, base):
    respuesta = titular.post("/panel/cuentas/nueva", **NUEVA)
    sugerida = unescape(SUGERIDA.search(respuesta.text)[1])
    *palabras, numero = sugerida.split("-")
    assert len(set(palabras)) == 4
    assert {palabra.upper() for palabra in palabras} <= set(PALABRAS)
    assert 10 <= int(numero) <= 99
    assert respuesta.headers["Cache-Control"] == "no-store"
    assert sugerida not in titular.get("/panel/cuentas").text
    assert sugerida not in respuesta.headers.get("Set-Cookie", "")
    assert sugerida not in str([dict(fila) for fila in base.execute("SELECT * FROM bitacora")])
    assert ultima(base) == ("titular", "crear cuenta", "cuenta lupita", "promotora")

    entra = Oficina(app).post("/panel/entrar", usuario="Lupita", contrasena=sugerida)
    assert entra.headers["Location"] == "/panel/"


def test_dos_sugerencias_no_se_parecen(azar):
    assert len({cuentas.sugerir_contrasena(azar) for _ in range(200)}) == 200


def test_la_contrasena_que_escribe_la_titular_sirve_y_no_se_repite_en_la_pagina(titular, base):
    respuesta = titular.post("/panel/cuentas/nueva", **NUEVA | {"contrasena": "Dos  espacios 9", "rol": "titular"})
    assert respuesta.headers["Location"] == "/panel/cuentas"
    pagina = titular.get("/panel/cuentas").text
    assert "Se creó la cuenta de Lupita Ramos" in pagina
    assert "Dos  espacios" not in pagina
    assert cuentas.autenticar(base, "lupita", "Dos  espacios 9").rol == "titular"


@pytest.mark.parametrize(
    ("campo", "valor", "frase"),
    [
        ("nombre", " ", "Escriba el nombre"),
        ("usuario", "", "Escriba el usuario"),
        ("usuario", "maría peña", "letras sin acentos"),
        ("usuario", "PROMOTORA", "Ya hay una cuenta con el usuario"),
        ("rol", "", "Elija qué va a hacer"),
        ("rol", "jefa", "Elija una de las opciones"),
        ("contrasena", "trigo 7", "8 letras o números"),
        ("contrasena", "camino nube ", "espacio"),
        ("contrasena", "x" * 201, "muy larga"),
    ],
)
def test_un_error_se_dice_junto_al_campo_y_se_conserva_lo_demas_menos_la_contrasena(titular, base, campo, valor, frase):
    antes, renglones = cuentas.listar(base), len(bitacora.listar(base))
    enviado = NUEVA | {"contrasena": "secreta de prueba", "rol": "analista"} | {campo: valor}
    respuesta = titular.post("/panel/cuentas/nueva", **enviado)
    assert respuesta.status_code == 422
    assert frase in leer(respuesta)
    assert re.search(rf'id="{campo}-error">[^<]*{frase}', respuesta.text)
    assert campo == "nombre" or 'value="Lupita Ramos"' in respuesta.text
    assert campo == "rol" or re.search(r"<input[^>]*checked[^>]*value=\"analista\"", respuesta.text)
    assert enviado["contrasena"] not in respuesta.text
    assert cuentas.listar(base) == antes
    assert len(bitacora.listar(base)) == renglones


def test_cada_papel_dice_en_una_frase_que_puede_hacer(titular):
    pagina = titular.texto("/panel/cuentas/nueva")
    for frase in (
        "Registra en los eventos",
        "Usa todo el panel",
        "Consulta los datos publicados",
        "instala, respalda",
    ):
        assert frase in pagina


# --- Otra contraseña ---------------------------------------------------------------------------------------------


def test_otra_contrasena_cierra_las_sesiones_de_la_anterior(app, titular, base, elenco):
    rosa = Oficina(app, "promotora")
    assert hay_sesion(rosa)
    respuesta = titular.post(f"/panel/cuentas/{elenco.promotora.id}/contrasena", contrasena="")
    sugerida = SUGERIDA.search(respuesta.text)[1]
    assert not hay_sesion(rosa)
    assert hay_sesion(titular)
    assert cuentas.autenticar(base, "promotora", CONTRASENA) is None
    assert cuentas.autenticar(base, "promotora", sugerida).nombre == "Rosa"
    assert ultima(base) == ("titular", "cambiar contraseña", "cuenta promotora", "")


def test_otra_contrasena_escrita_se_revisa(titular, base, elenco):
    direccion = f"/panel/cuentas/{elenco.promotora.id}/contrasena"
    mala = titular.post(direccion, contrasena="corta")
    assert mala.status_code == 422
    assert 'id="contrasena-error"' in mala.text
    assert cuentas.autenticar(base, "promotora", CONTRASENA)
    assert titular.post(direccion, contrasena="una que sí vale").headers["Location"] == "/panel/cuentas"
    assert cuentas.autenticar(base, "promotora", "una que sí vale")


def test_la_propia_no_se_cambia_sin_decir_la_de_ahora(titular, base, elenco):
    respuesta = titular.post(f"/panel/cuentas/{elenco.titular.id}/contrasena", contrasena="otra distinta")
    assert respuesta.headers["Location"] == "/panel/contrasena"
    assert cuentas.autenticar(base, "titular", CONTRASENA)


# --- Desactivar y reactivar --------------------------------------------------------------------------------------


def test_desactivar_cierra_la_sesion_y_no_pierde_lo_que_guardan_sus_telefonos(app, titular, base, elenco, azar):
    _, token = dispositivos.alta(base, "Moto de Rosa", elenco.promotora.id, HORA, azar)
    rosa = Oficina(app, "promotora")
    assert hay_sesion(rosa)
    titular.post(f"/panel/cuentas/{elenco.promotora.id}/desactivacion")
    assert ultima(base) == ("titular", "desactivar cuenta", "cuenta promotora", "")
    assert not hay_sesion(rosa)
    assert Oficina(app).post("/panel/entrar", usuario="promotora", contrasena=CONTRASENA).status_code == 422

    lote = '{"version":1,"epoca":null,"enviado_en":"2026-11-25T17:05:00-06:00","pendientes":0,"app":"x","registros":[]}'
    envio = app.test_client().post(
        "/api/v1/lote", data=lote, content_type="application/json", headers={"Authorization": f"Bearer {token}"}
    )
    assert envio.status_code == 200
    respuesta = titular.get("/panel/cuentas")
    assert "Ya no entra, pero su teléfono todavía puede enviar lo que guarda" in leer(respuesta)
    assert 'href="/panel/telefonos">1 puede enviar' in respuesta.text

    titular.post(f"/panel/cuentas/{elenco.promotora.id}/reactivacion")
    assert ultima(base) == ("titular", "reactivar cuenta", "cuenta promotora", "")
    assert cuentas.autenticar(base, "promotora", CONTRASENA)


def test_nadie_desactiva_su_propia_cuenta(titular, base, elenco):
    crear_cuenta(base, "analista")
    base.execute("UPDATE cuenta SET rol = 'titular' WHERE usuario = 'analista'")
    assert f"{elenco.titular.id}/desactivacion" not in titular.get("/panel/cuentas").text
    respuesta = titular.post(f"/panel/cuentas/{elenco.titular.id}/desactivacion")
    assert respuesta.status_code == 409
    assert "pídale a otra titular" in leer(respuesta)
    assert de(base, "titular").activa


def test_dos_titulares_que_se_desactivan_a_la_vez_no_dejan_a_la_oficina_sin_ninguna(base, elenco):
    crear_cuenta(base, "administra")
    base.execute("UPDATE cuenta SET rol = 'titular' WHERE usuario = 'administra'")
    cuentas.desactivar(base, de(base, "administra").id)
    with pytest.raises(ErrorJornada) as error:
        cuentas.desactivar(base, elenco.titular.id)
    assert error.value.codigo == "ultima_titular"
    assert de(base, "titular").activa


@pytest.mark.parametrize("que", ["contrasena", "desactivacion", "reactivacion"])
def test_una_cuenta_que_no_existe_es_404(titular, que):
    assert titular.post(f"/panel/cuentas/nadie/{que}").status_code == 404


# --- La propia ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rol", ROLES)
def test_cada_quien_cambia_su_contrasena_y_se_le_cierra_en_otras_partes(app, base, rol):
    if rol not in ("titular", "promotora"):
        crear_cuenta(base, rol)
    aqui, en_otra_parte = Oficina(app, rol), Oficina(app, rol)
    assert "Mi entrada" in aqui.texto("/panel/")
    respuesta = aqui.post("/panel/contrasena", **PROPIA)
    assert respuesta.headers["Location"] == "/panel/contrasena"
    assert "Se cambió su contraseña" in aqui.texto("/panel/contrasena")
    assert not hay_sesion(en_otra_parte)
    assert cuentas.autenticar(base, rol, PROPIA["nueva"])
    assert ultima(base) == (rol, "cambiar contraseña", f"cuenta {rol}", "la suya")


@pytest.mark.parametrize(
    ("cambios", "campo", "frase"),
    [
        ({"actual": "no es esta"}, "actual", "No es la contraseña con que entró"),
        ({"actual": ""}, "actual", "Escriba la contraseña con que entró"),
        ({"nueva": "nieve 7", "repetida": "nieve 7"}, "nueva", "8 letras o números"),
        ({"nueva": ""}, "nueva", "Escriba la contraseña nueva"),
        ({"nueva": CONTRASENA, "repetida": CONTRASENA}, "nueva", "Es la misma"),
        ({"repetida": "trigo lluvia 8"}, "repetida", "No es igual"),
        ({"repetida": ""}, "repetida", "otra vez"),
    ],
)
def test_si_algo_no_cuadra_la_contrasena_sigue_igual_y_ninguna_regresa(app, base, cambios, campo, frase):
    enviado = PROPIA | cambios
    rosa = Oficina(app, "promotora")
    respuesta = rosa.post("/panel/contrasena", **enviado)
    assert respuesta.status_code == 422
    assert re.search(rf'id="{campo}-error">[^<]*{frase}', respuesta.text)
    assert len(re.findall(r'id="\w+-error"', respuesta.text)) == 1
    assert not any(valor in respuesta.text for valor in enviado.values() if valor)
    assert cuentas.autenticar(base, "promotora", CONTRASENA)
    assert hay_sesion(rosa)
