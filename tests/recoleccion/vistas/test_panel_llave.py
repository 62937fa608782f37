"""/panel/llave y la lista de asistencia: los nombres sólo se ven con la llave abierta, y se cierra sola."""

import io
import re
from random import Random

import pytest
from pypdf import PdfReader

from recoleccion.consultas import eventos, identidades, llave
from recoleccion.consultas.envoltura import leer_codigo, nuevo_codigo, palabras_de
from tests.elenco import evento_de_prueba
from tests.llave import BARATO, FRASE, nombres, quitar_llave
from tests.recoleccion.vistas.oficina import Oficina, crear_cuenta, registrar

NOMBRE, TELEFONO = "Eustolia Íñiguez", "3787774411"
OTRA_FRASE = "tren olla pino luna sapo"
RUTAS_DE_POST = (
    "creacion", "apertura", "cierre", "frase", "codigo", "recuperacion", "hoja.pdf", "otra", "quitar", "cambio",
    "cambio/codigo",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _barato(monkeypatch):
    """Lo que crea el panel cuesta poco; cuánto cuesta de veras lo dice test_llave."""
    monkeypatch.setattr(llave, "COSTO", BARATO)
    for funcion in (llave.crear, llave.cambiar_frase, llave.otro_codigo):
        monkeypatch.setitem(funcion.__kwdefaults__, "costo", BARATO)


@pytest.fixture
def titular(app) -> Oficina:
    return Oficina(app, "titular")


@pytest.fixture
def lista(base, instalacion, elenco, azar) -> str:
    """La dirección de una lista con una persona que dio su nombre y una que no."""
    registrar(base, instalacion, elenco.evento_id, azar, nombre=NOMBRE, telefono=TELEFONO)
    registrar(base, instalacion, elenco.evento_id, azar, sexo="H")
    return f"/panel/eventos/{elenco.evento_id}/lista"


def texto_pdf(respuesta) -> str:
    assert respuesta.mimetype == "application/pdf"
    return " ".join(pagina.extract_text() for pagina in PdfReader(io.BytesIO(respuesta.data)).pages)


def anotado(base, cuantas: int = 1) -> list[tuple[str, str]]:
    filas = base.execute("SELECT accion, detalle FROM bitacora ORDER BY id DESC LIMIT ?", [cuantas])
    return [tuple(fila) for fila in filas][::-1]


def codigo_de(respuesta) -> str:
    return re.search(r'name="codigo" value="([^"]+)"', respuesta.text)[1]


# --- La lista ---


def test_cerrada_la_lista_va_sin_nombres_y_dice_como_abrirlos(titular, base, lista):
    pagina = titular.texto(lista)
    assert NOMBRE not in pagina
    assert TELEFONO not in pagina
    assert "Los nombres están cerrados: escriba su frase para verlos aquí." in pagina
    assert "(cerrado)" in pagina
    assert "(sin nombre)" in pagina
    papel = texto_pdf(titular.get(f"{lista}.pdf"))
    assert NOMBRE not in papel
    assert "Total: 2 personas (1 mujer, 1 hombre)." in papel
    assert anotado(base, 2) == [("ver lista", "sin nombres"), ("imprimir lista", "sin nombres")]


def test_abierta_ahi_mismo_se_ven_en_la_pagina_y_en_el_papel_y_cada_vez_queda_anotada(titular, base, lista):
    respuesta = titular.post("/panel/llave/apertura", razon="lista", frase=FRASE, next=lista)
    assert (respuesta.status_code, respuesta.headers["Location"]) == (303, lista)
    assert anotado(base) == [("abrir", "Ver o imprimir una lista de asistencia")]
    pagina = titular.texto(lista)
    assert NOMBRE in pagina
    assert TELEFONO in pagina
    assert "escriba su frase" not in pagina
    papel = texto_pdf(titular.get(f"{lista}.pdf"))
    assert TELEFONO in papel
    assert anotado(base, 2) == [("ver lista", "1 nombre abierto"), ("imprimir lista", "1 nombre abierto")]
    assert titular.get(lista).headers["Cache-Control"] == "no-store"


def test_con_otra_frase_no_abre_y_queda_anotado(titular, base, lista):
    respuesta = titular.post("/panel/llave/apertura", razon="lista", frase="no es esta la frase", next=lista)
    assert respuesta.status_code == 422
    assert "No es su frase." in respuesta.text
    assert "no es esta la frase" not in respuesta.text
    assert f'name="next" value="{lista}"' in respuesta.text
    assert anotado(base) == [("frase equivocada", "")]
    assert NOMBRE not in titular.texto(lista)


def test_se_cierra_sola_a_los_quince_minutos_sin_verlos_y_no_antes(titular, lista, reloj):
    titular.post("/panel/llave/apertura", razon="lista", frase=FRASE)
    for _ in range(3):
        reloj.avanzar(minutes=14, seconds=59)
        assert NOMBRE in titular.texto(lista)
    reloj.avanzar(minutes=15)
    assert NOMBRE not in titular.texto(lista)


def test_mirar_otras_paginas_no_la_mantiene_abierta_y_vencida_ya_no_esta_en_la_memoria(app, titular, lista, reloj):
    titular.post("/panel/llave/apertura", razon="lista", frase=FRASE)
    llavero = app.extensions["jornada_llavero"]
    assert len(llavero._abiertas) == 1
    for _ in range(2):
        reloj.avanzar(minutes=8)
        titular.get("/panel/")
    assert llavero._abiertas == {}
    assert NOMBRE not in titular.texto(lista)


def test_el_boton_de_cerrar_y_salir_la_cierran(titular, app, base, lista):
    titular.post("/panel/llave/apertura", razon="lista", frase=FRASE)
    assert titular.post("/panel/llave/cierre", next=lista).headers["Location"] == lista
    assert anotado(base) == [("cerrar", "")]
    assert NOMBRE not in titular.texto(lista)
    titular.post("/panel/llave/apertura", razon="lista", frase=FRASE)
    titular.post("/panel/salir")
    assert app.extensions["jornada_llavero"]._abiertas == {}


def test_abrirla_en_una_sesion_no_la_abre_en_otra(app, titular, base, lista):
    titular.post("/panel/llave/apertura", razon="lista", frase=FRASE)
    assert NOMBRE not in Oficina(app, "titular").texto(lista)
    with titular.cliente.session_transaction() as suya:
        ficha = suya["llave"]
    base.execute("UPDATE cuenta SET contrasena = contrasena || 'x' WHERE usuario = 'titular'")
    otra = Oficina(app, "titular")  # la misma cuenta, con otra contraseña: lo abierto antes no vale
    with otra.cliente.session_transaction() as ajena:
        ajena["llave"] = ficha
    assert NOMBRE not in otra.texto(lista)


def test_al_reiniciar_el_servidor_todo_queda_cerrado(app, datos, reloj, titular, lista):
    titular.post("/panel/llave/apertura", razon="lista", frase=FRASE)
    app.extensions["jornada_llavero"].__init__()
    assert NOMBRE not in titular.texto(lista)


def test_un_sobre_alterado_se_dice_con_calma_y_los_demas_se_leen(titular, base, instalacion, elenco, azar, lista):
    registrar(base, instalacion, elenco.evento_id, azar, nombre="Zoila Prueba")
    danada = base.execute("SELECT asistencia_id FROM identidad LIMIT 1").fetchone()[0]
    base.execute("UPDATE identidad SET sobre = x'00ff' WHERE asistencia_id = ?", [danada])
    titular.post("/panel/llave/apertura", razon="lista", frase=FRASE)
    respuesta = titular.get(lista)
    assert respuesta.status_code == 200
    assert "1 nombre no se pudo abrir" in respuesta.text
    assert ("Zoila Prueba" in respuesta.text) != (NOMBRE in respuesta.text)
    assert "(no se pudo abrir)" in texto_pdf(titular.get(f"{lista}.pdf"))


# --- Sin llave ---


def test_sin_llave_no_se_piden_nombres_en_ningun_lado_y_se_dice_donde_crearla(titular, base, cliente, elenco, lista):
    quitar_llave(base)
    for direccion in ("/panel/", lista, "/panel/eventos/nuevo", f"/panel/eventos/{elenco.evento_id}/editar"):
        assert 'href="/panel/llave"' in titular.get(direccion).text.split("<main")[1], direccion
    formulario = titular.get("/panel/eventos/nuevo").text
    assert "pide_nombre" not in formulario
    assert "pide_telefono" not in formulario
    pagina = cliente.get(f"/{elenco.clave}/r").text
    assert 'name="sexo"' in pagina
    assert 'name="nombre"' not in pagina
    assert 'name="telefono"' not in pagina


def test_sin_llave_un_evento_nuevo_no_pide_nombres_y_uno_que_ya_los_pedia_los_conserva(titular, base, elenco):
    quitar_llave(base)
    datos = {c: v for c, v in evento_de_prueba().items() if v not in (True, False)}
    respuesta = titular.post("/panel/eventos/nuevo", **datos | {"pide_nombre": "y"})
    nuevo = eventos.leer(base, respuesta.headers["Location"].rsplit("/", 1)[1])
    assert (nuevo["pide_nombre"], nuevo["pide_telefono"]) == (0, 0)
    titular.post(f"/panel/eventos/{elenco.evento_id}/editar", **datos)
    viejo = eventos.leer(base, elenco.evento_id)
    assert (viejo["pide_nombre"], viejo["pide_telefono"]) == (1, 1)


# --- Crear, cambiar, recuperar ---


def test_la_titular_crea_la_llave_y_su_codigo_se_ve_una_sola_vez(titular, base, instalacion, elenco, azar):
    quitar_llave(base)
    registrar(base, instalacion, elenco.evento_id, azar, nombre=NOMBRE)
    respuesta = titular.post("/panel/llave/creacion", nueva=OTRA_FRASE, repetida=f" {OTRA_FRASE} ")
    codigo = codigo_de(respuesta)
    assert "No se vuelve a mostrar" in respuesta.text
    assert "respaldos de antes" in respuesta.text
    assert OTRA_FRASE not in respuesta.text
    assert anotado(base) == [("crear", "1 nombre sellado")]
    assert [nombre for nombre, _ in nombres(base, OTRA_FRASE).values()] == [NOMBRE]
    assert llave.abrir_con_codigo(base, codigo) is not None
    grupo = codigo.split("-")[0]
    assert grupo not in titular.get("/panel/llave").text
    assert titular.post("/panel/llave/creacion", nueva=OTRA_FRASE, repetida=OTRA_FRASE).status_code == 409


def test_la_hoja_lleva_el_codigo_y_no_se_hace_de_uno_mal_copiado(titular, base):
    quitar_llave(base)
    codigo = codigo_de(titular.post("/panel/llave/creacion", nueva=OTRA_FRASE, repetida=OTRA_FRASE))
    respuesta = titular.post("/panel/llave/hoja.pdf", codigo=codigo)
    assert respuesta.headers["Cache-Control"] == "no-store"
    papel = texto_pdf(respuesta)
    assert all(grupo in papel for grupo in codigo.split("-"))
    assert "caja fuerte" in papel
    assert all(palabra in papel for palabra in palabras_de(leer_codigo(codigo)))
    assert titular.post("/panel/llave/hoja.pdf", codigo=codigo[:-1]).status_code == 303


@pytest.mark.parametrize(
    ("nueva", "repetida", "frase"),
    [
        ("", "", "Escriba la frase."),
        ("corta", "corta", "por lo menos 16"),
        (OTRA_FRASE, OTRA_FRASE + "s", "No es igual"),
        ("x" * 201, "x" * 201, "caben 200"),
    ],
)
def test_una_frase_que_no_sirve_no_crea_nada_y_no_regresa_en_la_pagina(titular, base, nueva, repetida, frase):
    quitar_llave(base)
    respuesta = titular.post("/panel/llave/creacion", nueva=nueva, repetida=repetida)
    assert respuesta.status_code == 422
    assert frase in respuesta.text
    assert not nueva or f'value="{nueva}' not in respuesta.text
    assert identidades.punto(base) is None


def test_cambiar_la_frase_pide_la_de_ahora(titular, base, lista):
    mala = titular.post("/panel/llave/frase", actual="esta no es la frase", nueva=OTRA_FRASE, repetida=OTRA_FRASE)
    assert (mala.status_code, "No es su frase." in mala.text) == (422, True)
    assert llave.abrir(base, FRASE) is not None
    bien = titular.post("/panel/llave/frase", actual=FRASE, nueva=OTRA_FRASE, repetida=OTRA_FRASE)
    assert bien.status_code == 303
    assert llave.abrir(base, FRASE) is None
    titular.post("/panel/llave/apertura", razon="lista", frase=OTRA_FRASE)
    assert NOMBRE in titular.texto(lista)


def test_con_el_codigo_de_la_hoja_se_recupera_y_se_da_otro(titular, base, lista):
    codigo = codigo_de(titular.post("/panel/llave/codigo", frase=FRASE))
    ajeno = nuevo_codigo(Random(77))
    datos = {"nueva": OTRA_FRASE, "repetida": OTRA_FRASE}
    assert "faltan o le sobran" in titular.post("/panel/llave/recuperacion", codigo=codigo[:-1], **datos).text
    malo = titular.post("/panel/llave/recuperacion", codigo=ajeno, **datos)
    assert (malo.status_code, "no abre la llave" in malo.text) == (422, True)
    assert anotado(base) == [("código equivocado", "")]
    bien = titular.post("/panel/llave/recuperacion", codigo=codigo.lower().replace("-", " "), **datos)
    assert codigo_de(bien) != codigo
    assert llave.abrir_con_codigo(base, codigo) is None
    titular.post("/panel/llave/apertura", razon="lista", frase=OTRA_FRASE)
    assert NOMBRE in titular.texto(lista)


def test_otro_codigo_pide_la_frase(titular, base):
    assert titular.post("/panel/llave/codigo", frase="esta no es la frase").status_code == 422
    assert "No es su frase." in titular.post("/panel/llave/codigo", frase="esta no es la frase").text


@pytest.mark.parametrize("rol", ["promotora", "analista"])
def test_nadie_mas_abre_la_llave(app, base, rol, lista):
    if rol != "promotora":
        crear_cuenta(base, rol)
    otra = Oficina(app, rol)
    assert otra.get("/panel/llave").status_code == 403
    for ruta in RUTAS_DE_POST:
        assert otra.post(f"/panel/llave/{ruta}", frase=FRASE).status_code == 403


def test_no_se_regresa_a_una_direccion_de_fuera(titular):
    for fuera in ("https://malo.mx/", "//malo.mx", "/otra"):
        assert (
            titular.post("/panel/llave/apertura", razon="lista", frase=FRASE, next=fuera).headers["Location"]
            == "/panel/llave"
        )


# --- Para qué se abren ---


@pytest.mark.parametrize(
    ("escrito", "dice"),
    [
        ({}, "Diga para qué los abre."),
        ({"razon": "porque sí"}, "Elija"),
        ({"razon": "otra"}, "Escriba para qué los abre."),
        ({"razon": "otra", "otra": "x" * 81}, "80"),
    ],
)
def test_sin_decir_para_que_no_se_abren(titular, base, lista, escrito, dice):
    respuesta = titular.post("/panel/llave/apertura", frase=FRASE, next=lista, **escrito)
    assert respuesta.status_code == 422
    assert dice in respuesta.text
    assert NOMBRE not in titular.texto(lista)


def test_para_que_se_abrieron_se_lee_en_la_bitacora(titular, base, lista):
    titular.post("/panel/llave/apertura", frase=FRASE, razon="otra", otra="la visita del órgano de control")
    titular.post("/panel/llave/apertura", frase=FRASE, razon="arco")
    bitacora = titular.texto("/panel/bitacora")
    assert "la visita del órgano de control" in bitacora
    assert "Atender una solicitud de derechos ARCO" in bitacora
