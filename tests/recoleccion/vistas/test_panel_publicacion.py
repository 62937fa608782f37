"""«Publicación»: lo que la titular ve antes de firmar, la firma, y lo que se le dice cuando algo no se puede."""

import hashlib
import re

import pytest

from recoleccion.aplicacion import create_app
from recoleccion.consultas import bitacora, eventos
from recoleccion.consultas import publicar as lotes
from recoleccion.publicador import EnSegundoPlano, en_exclusiva
from tests.elenco import CONTRASENA, HORA, Cliente, evento_de_prueba
from tests.recoleccion.vistas.oficina import Oficina, leer, registrar

PREVIA, CELDAS = "/panel/publicacion/previa", "/panel/publicacion/celdas"


@pytest.fixture
def publicador(instalacion):
    return EnSegundoPlano(instalacion, "http://127.0.0.1:8001/")


@pytest.fixture
def app(datos, reloj, azar, publicador):
    app = create_app(datos, reloj=reloj, azar=azar, publicador=publicador)
    app.test_client_class = Cliente
    app.config["TESTING"] = False
    return app


@pytest.fixture
def titular(app) -> Oficina:
    return Oficina(app, "titular")


@pytest.fixture
def trimestre(base, instalacion, azar, reloj) -> str:
    """Un evento de septiembre con 40 mujeres y 8 hombres, ya cerrado; hoy es 5 de octubre. Su id."""
    id = eventos.crear(base, evento_de_prueba(fecha="2026-09-10"), HORA, azar)
    eventos.abrir(base, id, HORA)
    registrar(base, instalacion, id, azar, cuantas=40)
    registrar(base, instalacion, id, azar, cuantas=8, sexo="H")
    eventos.cerrar(base, id, HORA, instalacion.sello, azar)
    reloj.hora = HORA.replace(month=10, day=5)
    return id


def ensayar(titular: Oficina, publicador: EnSegundoPlano, **datos) -> str:
    respuesta = titular.post("/panel/publicacion/ensayo", **datos)
    assert (respuesta.status_code, respuesta.headers["Location"]) == (303, PREVIA)
    publicador.esperar(60)
    return titular.texto(PREVIA)


def firmar(titular: Oficina, publicador: EnSegundoPlano, contrasena: str = CONTRASENA):
    huella = re.search(r'name="huella" value="([0-9a-f]{64})"', titular.get(PREVIA).text)
    assert huella, "no hay qué firmar"
    respuesta = titular.post("/panel/publicacion/firma", huella=huella[1], contrasena=contrasena)
    publicador.esperar(60)
    return respuesta


def test_dice_que_toca_y_que_falta(titular, reloj, trimestre):
    assert "Ya se puede publicar lo que terminó el miércoles 30 de septiembre" in titular.texto("/panel/")
    assert "Ya se puede publicar julio a septiembre de 2026" in titular.texto("/panel/publicacion")
    reloj.hora = HORA.replace(month=9, day=15)
    pagina = titular.texto("/panel/publicacion")
    assert "Ya se puede publicar" not in pagina
    assert "miércoles 30 de septiembre" in pagina
    assert "1 48 48 Todavía no" in pagina
    assert "Todavía no se publica nada." in pagina


def test_la_vista_previa_dice_cuanto_se_muestra_y_por_que_se_esconde(titular, publicador, trimestre, datos):
    pagina = ensayar(titular, publicador)
    for frase in (
        "Lo que se publicaría de julio a septiembre de 2026",
        "no se ha escrito nada",
        "celdas mostrarían un número",
        "✓ Pasa la auditoría",
        "✓ Atacado",
        "Pudieron ser menos de 10 personas, o nadie.",
        "Firmar y publicar",
    ):
        assert frase in pagina
    assert not (datos / "publica.db").exists()


def test_lo_calculado_se_olvida_en_una_hora(titular, publicador, trimestre, reloj):
    ensayar(titular, publicador)
    reloj.avanzar(minutes=59)
    assert "Firmar y publicar" in titular.texto(PREVIA)
    reloj.avanzar(minutes=2)
    assert "No hay nada calculado" in titular.texto(PREVIA)
    assert "No hay nada calculado" in titular.texto(CELDAS)


def test_celda_por_celda_con_lo_que_hay_y_filtros(titular, publicador, trimestre):
    ensayar(titular, publicador)
    todas = titular.texto(CELDAS)
    assert "Página 1 de " in todas
    hombres = titular.texto(f"{CELDAS}?tabla=asistencia_cubo&texto=hombres&motivo=pocas")
    assert "Por sexo Hombres 8 oculta Pudieron ser menos de 10 personas, o nadie." in hombres
    assert "De 18 a 29 años, Mujeres" not in hombres
    visibles = titular.texto(f"{CELDAS}?tabla=asistencia_cubo&se_ve=si")
    assert "Por sexo Mujeres 40 40 Se muestra." in visibles
    assert "oculta" not in visibles.split("Qué se cuenta")[1]
    assert "Ninguna celda coincide" in titular.texto(f"{CELDAS}?texto=zzz")
    assert titular.get(f"{CELDAS}?pagina=99999&tabla=<script>").status_code == 200


def test_firma_publica_y_queda_anotado(titular, publicador, trimestre, base, datos):
    ensayar(titular, publicador)
    firmada = publicador.ensayo()
    respuesta = firmar(titular, publicador)
    assert (respuesta.status_code, respuesta.headers["Location"]) == (303, "/panel/publicacion")
    sha = hashlib.sha256((datos / "publica.db").read_bytes()).hexdigest()
    assert sha == firmada.sha256
    pagina = titular.texto("/panel/publicacion")
    assert "✓ Se publicó el lote 2026-T3." in pagina
    assert " ".join(sha[i : i + 8] for i in range(0, 64, 8)) in pagina
    assert "Abrir los datos publicados" in pagina
    anotado = {(f["quien"], f["accion"], f["detalle"]) for f in bitacora.listar(base)}
    assert {
        ("titular", "firmar publicación", f"celdas SHA-256 {firmada.huella}"),
        ("titular", "publicar", f"SHA-256 {sha}"),
        ("titular", "ver lo que se publicaría", ""),
    } <= anotado
    assert publicador.ensayo() is None
    assert "No hay nada calculado" in titular.texto(PREVIA)


def test_con_otra_contrasena_no_se_publica_y_se_anota(titular, publicador, trimestre, base, datos):
    ensayar(titular, publicador)
    for mala, frase in (
        ("otra cosa", "No es la contraseña con que entró."),
        ("", "Escriba la contraseña con que entró."),
    ):
        respuesta = firmar(titular, publicador, mala)
        assert respuesta.status_code == 422
        assert frase in leer(respuesta)
        assert "otra cosa" not in respuesta.text
    assert not (datos / "publica.db").exists()
    assert "contraseña equivocada" in {f["accion"] for f in bitacora.listar(base)}
    assert firmar(titular, publicador).status_code == 303
    assert (datos / "publica.db").exists()


def test_firmar_otra_cosa_que_la_vista_se_niega(titular, publicador, trimestre, datos):
    ensayar(titular, publicador)
    respuesta = titular.post("/panel/publicacion/firma", huella="0" * 64, contrasena=CONTRASENA)
    assert respuesta.status_code == 409
    assert "Vuelva a ver lo que se publicaría y fírmelo." in leer(respuesta)
    assert not (datos / "publica.db").exists()


def test_si_llega_algo_entre_ver_y_firmar_se_dice_y_nada_cambia(
    titular, publicador, trimestre, base, instalacion, azar, datos
):
    ensayar(titular, publicador)
    registrar(base, instalacion, trimestre, azar, cuantas=7, sexo="H")
    assert firmar(titular, publicador).status_code == 303
    pagina = titular.texto("/panel/publicacion")
    assert "No se publicó. Llegó algo nuevo después de lo que usted vio" in pagina
    assert not (datos / "publica.db").exists()
    assert lotes.listar(base) == []
    assert ("titular", "no se pudo publicar") in {(f["quien"], f["accion"]) for f in bitacora.listar(base)}


def test_lo_que_no_se_puede_publicar_se_dice_en_espanol_llano(titular, publicador, trimestre, base):
    base.execute("UPDATE evento SET zona = 'luna' WHERE id = ?", [trimestre])
    pagina = ensayar(titular, publicador)
    assert "No se pudo calcular. Hay datos que no pueden ser: eventos con la zona «luna» (1)." in pagina
    assert "Firmar y publicar" not in pagina


def test_un_trimestre_que_no_alcanza_no_se_adelanta(titular, publicador, trimestre, reloj):
    reloj.hora = HORA.replace(month=9, day=15)
    assert "Publicar antes de que termine" not in titular.texto("/panel/publicacion")
    assert "No hay un periodo nuevo por publicar." in ensayar(titular, publicador, adelantar="1")


def test_mientras_alguien_mas_publica_se_dice(titular, publicador, trimestre, instalacion, datos):
    ensayar(titular, publicador)
    with en_exclusiva(instalacion):
        assert firmar(titular, publicador).status_code == 303
    assert "Ya se está publicando, en otra ventana o en otra terminal." in titular.texto("/panel/publicacion")
    assert not (datos / "publica.db").exists()


def test_lo_que_se_corto_despues_de_firmar_se_termina_con_un_boton(titular, publicador, trimestre, datos, base):
    ensayar(titular, publicador)
    firmar(titular, publicador)
    entero = (datos / "publica.db").read_bytes()
    (datos / "publica.db").unlink()
    assert "Falta escribir el archivo." in titular.texto("/panel/publicacion")
    assert titular.post("/panel/publicacion/termino").status_code == 303
    publicador.esperar(60)
    assert (datos / "publica.db").read_bytes() == entero
    assert "Falta escribir el archivo." not in titular.texto("/panel/publicacion")


def test_con_el_reloj_atrasado_la_pagina_lo_dice(titular, publicador, trimestre, reloj):
    ensayar(titular, publicador)
    firmar(titular, publicador)
    reloj.hora = HORA.replace(year=2020)
    pagina = titular.texto("/panel/publicacion")
    assert "Así no se puede publicar. El reloj de esta computadora dice que hoy es 25/11/2020" in pagina
    assert "Ya se puede publicar" not in titular.texto("/panel/")


def test_sin_quien_publique_la_pagina_lo_dice_y_no_se_puede(datos, reloj, azar):
    app = create_app(datos, reloj=reloj, azar=azar)
    app.test_client_class = Cliente
    titular = Oficina(app, "titular")
    assert "publique con «jornada publicar»" in titular.texto("/panel/publicacion")
    for direccion in ("ensayo", "firma", "termino"):
        respuesta = titular.post(f"/panel/publicacion/{direccion}")
        assert respuesta.status_code == 409
        assert "Desde aquí no se puede publicar." in leer(respuesta)
