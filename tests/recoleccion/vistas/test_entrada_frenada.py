"""Varias contraseñas equivocadas frenan a quien las prueba, no a la oficina; y nada dice si una cuenta existe."""

import re

import pytest
from argon2 import PasswordHasher

from recoleccion import intentos
from recoleccion.consultas import bitacora, cuentas, dispositivos
from recoleccion.instalacion import ahora
from recoleccion.vistas import puerta
from tests.elenco import CONTRASENA, HORA
from tests.ordenes import correr
from tests.recoleccion.vistas.oficina import Oficina

FRASE = "Hubo varias contraseñas equivocadas. Espere 30 segundos, o entre desde donde ya había entrado."


def probar(navegador, contrasena="no es ésta", usuario="titular", donde="/panel/entrar", **mas):
    return navegador.post(donde, usuario=usuario, contrasena=contrasena, **mas)


@pytest.fixture
def pocas(monkeypatch, base):
    """Probar una contraseña cuesta tiempo a propósito: aquí bastan dos libres, y con resúmenes baratos."""
    base.execute("UPDATE cuenta SET contrasena = ?", [PasswordHasher(1, 8, 1).hash(CONTRASENA)])
    monkeypatch.setattr(intentos, "LIBRES", 2)
    monkeypatch.setattr(intentos, "LIBRES_CONOCIDO", 3)


@pytest.fixture
def atacada(app, pocas):
    """La cuenta de la titular, después de que un extraño falló con ella."""
    extrano = Oficina(app)
    for _ in range(2):
        assert probar(extrano).status_code == 422
    return extrano


def test_despues_de_varias_se_dice_cuanto_esperar_y_ni_la_buena_se_prueba(app, atacada, reloj):
    frenada = probar(atacada, CONTRASENA)
    assert (frenada.status_code, frenada.headers["Retry-After"]) == (429, "30")
    assert FRASE in frenada.text
    assert 'value="titular"' in frenada.text
    reloj.avanzar(seconds=31)
    assert probar(atacada, CONTRASENA).status_code == 303


@pytest.mark.parametrize("otro", ["TITULAR", " Titular "])
def test_cambiar_mayusculas_o_espacios_no_da_intentos_de_mas(atacada, otro):
    assert probar(atacada, usuario=otro).status_code == 429


def test_a_un_usuario_que_no_existe_se_le_contesta_igual(app, atacada, elenco):
    def respuestas(usuario):
        extrano = Oficina(app)
        vistas = [probar(extrano, usuario=usuario) for _ in range(3)]
        return [(v.status_code, re.sub(r'value="[^"]+"', "", v.text), v.headers.get("Retry-After")) for v in vistas]

    assert respuestas("promotora") == respuestas("nadie")


def test_al_esperar_no_se_toca_la_contrasena_exista_o_no(app, pocas, monkeypatch):
    """Sin resumen que calcular no hay tiempo que medir: el control es que antes de frenar sí se calcula."""
    pedidas = []
    probar_de_veras = cuentas.autenticar
    monkeypatch.setattr(cuentas, "autenticar", lambda db, u, c: pedidas.append(u) or probar_de_veras(db, u, c))
    for usuario in ("titular", "nadie"):
        for _ in range(4):
            probar(Oficina(app), usuario=usuario)
    assert pedidas == ["titular"] * 2 + ["nadie"] * 2


def test_sin_el_freno_se_probarian_todas(app, atacada, monkeypatch):
    """El control: con la espera descompuesta, la tercera llega a probarse."""
    monkeypatch.setattr(intentos, "_espera", lambda _: intentos.SIN_ESPERA)
    assert probar(atacada).status_code == 422


def test_desde_donde_ya_entro_la_titular_no_espera_por_lo_que_otro_hizo(app, base, pocas):
    suya, extrano = Oficina(app), Oficina(app)
    assert probar(suya, CONTRASENA).status_code == 303
    suya.post("/panel/salir")
    for _ in range(3):
        probar(extrano)
    assert probar(extrano).status_code == 429
    assert probar(suya).status_code == 422
    assert probar(suya, CONTRASENA).status_code == 303
    assert probar(extrano, CONTRASENA).status_code == 429
    assert bitacora.listar(base, 1)[0]["detalle"] == "antes, 2 contraseñas equivocadas"


def test_la_galleta_de_conocido_no_abre_nada_y_vale_para_su_cuenta_y_su_contrasena(app, base, elenco, atacada, reloj):
    reloj.avanzar(hours=2)
    suya = Oficina(app)
    probar(suya, CONTRASENA)
    galleta = suya.cliente.get_cookie("conocido")
    assert galleta.http_only
    assert galleta.same_site == "Lax"
    assert elenco.titular.nombre not in galleta.value

    def conocido(usuario="titular"):
        with app.test_request_context(headers={"Cookie": f"conocido={galleta.value}"}):
            return puerta._conocido(usuario) is not None

    otro = app.test_client()
    otro.set_cookie("conocido", galleta.value)
    assert otro.get("/panel/").headers["Location"].startswith("/panel/entrar")
    assert (conocido(), conocido("TITULAR"), conocido("promotora")) == (True, True, False)
    reloj.avanzar(days=181)
    assert not conocido()
    reloj.avanzar(days=-181)
    cuentas.cambiar_contrasena(base, elenco.titular.id, "otra muy distinta")
    assert not conocido()


def test_una_galleta_inventada_no_hace_conocido_a_nadie(app, atacada):
    for valor in ("", "x", "W10.firma", "a" * 4000):
        atacada.cliente.set_cookie("conocido", valor)
        assert probar(atacada).status_code == 429


def test_un_navegador_conocido_tampoco_prueba_sin_fin(app, pocas):
    suya = Oficina(app)
    probar(suya, CONTRASENA)
    suya.post("/panel/salir")
    assert [probar(suya).status_code for _ in range(4)] == [422, 422, 422, 429]
    assert probar(Oficina(app), CONTRASENA).status_code == 303


def test_en_campo_es_la_misma_puerta(app, atacada):
    frenada = probar(atacada, CONTRASENA, donde="/campo/entrar")
    assert frenada.status_code == 429
    assert FRASE in frenada.text


def test_el_turno_se_cuenta_por_telefono(app, base, elenco, azar, atacada):
    def turno(permiso, usuario="titular", contrasena="no es ésta"):
        return app.test_client().post(
            "/api/v1/turno",
            json={"usuario": usuario, "contrasena": contrasena},
            headers={"Authorization": f"Bearer {permiso}"},
        )

    uno, otro = (dispositivos.alta(base, n, elenco.promotora.id, HORA, azar)[1] for n in ("Uno", "Otro"))
    assert turno(otro, contrasena=CONTRASENA).status_code == 200
    assert [turno(uno).status_code for _ in range(4)] == [422, 422, 422, 429]
    frenado = turno(uno, contrasena=CONTRASENA)
    assert frenado.json["error"]["codigo"] == "muchos_intentos"
    assert frenado.headers["Retry-After"] == "30"
    assert turno(uno, "promotora", CONTRASENA).status_code == 200
    assert turno(otro, contrasena=CONTRASENA).status_code == 200


def test_con_la_sesion_abierta_tampoco_se_adivina_la_contrasena(app, pocas):
    prestada = Oficina(app, "promotora")
    datos = {"actual": "no es ésta", "nueva": "trigo lluvia 7", "repetida": "trigo lluvia 7"}
    assert [prestada.post("/panel/contrasena", **datos).status_code for _ in range(4)] == [422, 422, 422, 429]


def test_con_el_pase_de_la_consola_se_entra_en_pleno_ataque_y_se_pide_la_contrasena(app, datos, base, atacada, reloj):
    salida = correr("entrada", "--datos", datos, "Titular")
    direccion = re.search(r"/panel/entrar\?pase=\S+", salida.output)[0]
    assert bitacora.listar(base, 1)[0]["accion"] == "dar pase de entrada"
    reloj.hora = ahora()
    nuevo = Oficina(app)
    pase = re.search(r'name="pase" value="([^"]+)"', nuevo.get(direccion).text)[1]
    for _ in range(3):
        probar(atacada)
    assert probar(atacada).status_code == 429
    assert probar(nuevo, pase=pase).status_code == 422
    assert probar(nuevo, pase=pase + "x", contrasena=CONTRASENA).status_code == 429
    assert probar(nuevo, pase=pase, contrasena=CONTRASENA).status_code == 303
    reloj.avanzar(minutes=16)
    for _ in range(3):
        probar(atacada)
    assert probar(Oficina(app), pase=pase, contrasena=CONTRASENA).status_code == 429
    assert correr("entrada", "--datos", datos, "nadie").exit_code == 1
