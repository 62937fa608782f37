"""El segundo paso: sin él la contraseña sola no abre, un número o código sirve una vez, y nadie se queda afuera."""

import base64
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from html import unescape

import pytest
from argon2 import PasswordHasher

from recoleccion import intentos, totp
from recoleccion.consultas import ajustes, bitacora, codigos_unicos, conexion, cuentas, segundo_paso
from recoleccion.vistas import puerta
from tests.elenco import CONTRASENA, HORA
from tests.recoleccion.vistas.oficina import Oficina, leer

SECRETO = bytes(range(20))


@pytest.fixture(autouse=True)
def contrasenas_baratas(base, monkeypatch):
    """Probar una contraseña cuesta tiempo a propósito; aquí se prueban muchas."""
    barato = PasswordHasher(1, 8, 1)
    monkeypatch.setattr(cuentas, "_resumidor", barato)
    base.execute("UPDATE cuenta SET contrasena = ?", [barato.hash(CONTRASENA)])


@pytest.fixture
def con_numero(base, elenco, instalacion):
    """La titular usa el número de la aplicación desde ayer."""
    segundo_paso.activar(base, elenco.titular.id, SECRETO, 0, sello=instalacion.sello, ahora=HORA)
    return cuentas.leer(base, elenco.titular.id)


@pytest.fixture
def codigos(base, con_numero, azar):
    return codigos_unicos.nuevos(base, con_numero.id, HORA, azar)


def dar_contrasena(app, usuario="titular", **mas):
    navegador = Oficina(app)
    return navegador, navegador.post("/panel/entrar", usuario=usuario, contrasena=CONTRASENA, **mas)


def dar_segundo(navegador, numero, donde="/panel/entrar/segundo", **mas):
    return navegador.post(donde, numero=numero, **mas)


def esta_adentro(navegador) -> bool:
    return navegador.get("/panel/mi-entrada").status_code == 200


def acciones(base) -> list[str]:
    return [fila["accion"] for fila in bitacora.listar(base)]


def test_la_contrasena_sola_no_abre_nada(app, con_numero):
    navegador, respuesta = dar_contrasena(app)
    assert respuesta.headers["Location"] == "/panel/entrar/segundo"
    assert not esta_adentro(navegador)
    assert navegador.get("/panel/").headers["Location"].startswith("/panel/entrar")
    assert navegador.cliente.post("/campo/api/dispositivo", json={"nombre": "x"}).status_code in (400, 401)


def test_con_el_numero_se_entra_a_donde_se_iba(app, base, con_numero):
    navegador, respuesta = dar_contrasena(app, next="/panel/eventos")
    pagina = navegador.get(respuesta.headers["Location"]).text
    assert 'name="next" value="/panel/eventos"' in pagina
    entrada = dar_segundo(navegador, totp.numero_de(SECRETO, HORA), next="/panel/eventos")
    assert (entrada.status_code, entrada.headers["Location"]) == (303, "/panel/eventos")
    assert esta_adentro(navegador)
    assert base.execute("SELECT metodo FROM sesion").fetchone()["metodo"] == "totp"
    assert "contraseña buena, falta el segundo paso" in acciones(base)


def test_un_numero_ya_usado_no_abre_otra_vez_ni_el_anterior(app, con_numero, reloj):
    numero = totp.numero_de(SECRETO, reloj())
    primero, _ = dar_contrasena(app)
    assert dar_segundo(primero, numero).status_code == 303
    mirona, _ = dar_contrasena(app)
    assert dar_segundo(mirona, numero).status_code == 422
    reloj.avanzar(seconds=30)
    assert dar_segundo(mirona, numero).status_code == 422
    assert dar_segundo(mirona, totp.numero_de(SECRETO, reloj())).status_code == 303


def test_el_control_sin_gastar_el_lapso_el_mismo_numero_abriria_dos_veces(app, con_numero, monkeypatch):
    monkeypatch.setattr(segundo_paso, "gastar", lambda *_: True)
    for _ in range(2):
        navegador, _ = dar_contrasena(app)
        assert dar_segundo(navegador, totp.numero_de(SECRETO, HORA)).status_code == 303


def test_se_acepta_medio_minuto_antes_o_despues_y_no_mas(app, con_numero, reloj):
    def con_el_de_hace(segundos):
        numero = totp.numero_de(SECRETO, reloj() - timedelta(seconds=segundos))
        navegador, _ = dar_contrasena(app)
        return dar_segundo(navegador, numero).status_code

    for segundos, esperado in ((120, 422), (60, 422), (-60, 422), (30, 303), (0, 303), (-30, 303)):
        assert con_el_de_hace(segundos) == esperado, segundos


def test_a_los_cinco_minutos_hay_que_dar_la_contrasena_otra_vez(app, con_numero, reloj):
    navegador, _ = dar_contrasena(app)
    reloj.avanzar(minutes=5, seconds=1)
    respuesta = dar_segundo(navegador, totp.numero_de(SECRETO, reloj()))
    assert respuesta.headers["Location"].startswith("/panel/entrar")
    assert not esta_adentro(navegador)


def test_el_numero_de_otra_cuenta_no_sirve(app, base, con_numero, elenco, instalacion):
    segundo_paso.activar(base, elenco.promotora.id, bytes(20), 0, sello=instalacion.sello, ahora=HORA)
    navegador, _ = dar_contrasena(app)
    assert dar_segundo(navegador, totp.numero_de(bytes(20), HORA)).status_code == 422
    # ni cambiando los sobres de lugar en la base
    base.execute("UPDATE segundo_paso SET secreto = (SELECT secreto FROM segundo_paso WHERE cuenta_id = ?)",
                 [elenco.promotora.id])  # fmt: skip
    assert dar_segundo(navegador, totp.numero_de(bytes(20), HORA)).status_code == 422


def test_adivinar_numeros_se_frena_y_saber_la_contrasena_no_da_intentos_de_mas(app, con_numero, monkeypatch, reloj):
    monkeypatch.setattr(intentos, "LIBRES", 2)
    for _ in range(2):
        extrano, _ = dar_contrasena(app)  # cada vez desde otro navegador, sin galletas
        assert dar_segundo(extrano, "000000").status_code == 422
    extrano, _ = dar_contrasena(app)
    frenado = dar_segundo(extrano, totp.numero_de(SECRETO, HORA))
    assert (frenado.status_code, frenado.headers["Retry-After"]) == (429, "30")
    assert "Hubo varios números o códigos equivocados. Espere 30 segundos" in leer(frenado)
    reloj.avanzar(seconds=31)
    assert dar_segundo(extrano, totp.numero_de(SECRETO, reloj())).status_code == 303


def test_donde_ya_habia_entrado_la_duena_no_espera_por_lo_que_otro_hizo(app, con_numero, monkeypatch, reloj):
    monkeypatch.setattr(intentos, "LIBRES", 2)
    suyo, _ = dar_contrasena(app)
    assert dar_segundo(suyo, totp.numero_de(SECRETO, reloj())).status_code == 303
    suyo.post("/panel/salir")
    reloj.avanzar(minutes=1)
    extrano, _ = dar_contrasena(app)
    for _ in range(3):
        dar_segundo(extrano, "000000")
    assert dar_segundo(extrano, "000000").status_code == 429
    suyo.post("/panel/entrar", usuario="titular", contrasena=CONTRASENA)
    assert dar_segundo(suyo, totp.numero_de(SECRETO, reloj())).status_code == 303


def test_el_pase_de_la_consola_tambien_ahorra_la_espera_del_segundo_paso(app, con_numero, monkeypatch, instalacion):
    monkeypatch.setattr(intentos, "LIBRES", 2)
    extrano, _ = dar_contrasena(app)
    for _ in range(3):
        dar_segundo(extrano, "000000")
    pase = puerta.dar_pase(instalacion.secreto_sesion, con_numero, HORA)
    suyo, respuesta = dar_contrasena(app, pase=pase)
    llevado = re.search(r'name="pase" value="([^"]+)"', suyo.get(respuesta.headers["Location"]).text)[1]
    assert dar_segundo(suyo, totp.numero_de(SECRETO, HORA)).status_code == 429
    assert dar_segundo(suyo, totp.numero_de(SECRETO, HORA), pase=llevado).status_code == 303


def test_si_alguien_sabe_su_contrasena_y_no_pasa_la_titular_lo_lee_en_hoy(app, base, con_numero, reloj):
    titular, dicho = Oficina(app, "titular"), "Alguien sabe su contraseña: 3 números equivocados"
    extrano, _ = dar_contrasena(app)
    for _ in range(3):
        assert dicho not in titular.texto("/panel/")
        dar_segundo(extrano, "000000")
    assert dicho in titular.texto("/panel/")
    titular.post("/panel/contrasena", actual=CONTRASENA, nueva="otra de verdad", repetida="otra de verdad")
    assert dicho not in titular.texto("/panel/")


# --- Códigos impresos ----------------------------------------------------------------------------------------------


def test_cada_codigo_abre_una_vez_y_queda_anotado(app, base, codigos, con_numero):
    for intento in (codigos_unicos.en_grupos(codigos[0]), codigos[1]):
        navegador, _ = dar_contrasena(app)
        assert dar_segundo(navegador, intento).status_code == 303
        assert esta_adentro(navegador)
    otra, _ = dar_contrasena(app)
    assert dar_segundo(otra, codigos[0]).status_code == 422
    assert not esta_adentro(otra)
    assert codigos_unicos.sin_usar(base, con_numero.id) == 8
    usos = [fila for fila in bitacora.listar(base) if fila["accion"] == "usar código impreso"]
    assert {fila["detalle"] for fila in usos} == {"le quedan 9", "le quedan 8"}


def test_de_ocho_a_la_vez_con_lo_mismo_entra_una(datos, base, codigos, con_numero):
    """Cada quien con su conexión, como los hilos que atienden."""

    def usar(que):
        with closing(conexion.abrir(datos / "privada.db")) as otra:
            return que(otra)

    for que in (
        lambda otra: codigos_unicos.usar(otra, con_numero.id, codigos[0], HORA),
        lambda otra: segundo_paso.gastar(otra, con_numero.id, 7),
    ):
        with ThreadPoolExecutor(8) as hilos:
            assert sorted(hilos.map(usar, [que] * 8)) == [False] * 7 + [True]


def test_los_codigos_de_antes_y_los_de_otra_no_sirven(app, base, codigos, elenco, azar):
    de_otra = codigos_unicos.nuevos(base, elenco.promotora.id, HORA, azar)
    nuevos = codigos_unicos.nuevos(base, elenco.titular.id, HORA, azar)
    navegador, _ = dar_contrasena(app)
    assert dar_segundo(navegador, codigos[0]).status_code == 422
    assert dar_segundo(navegador, de_otra[0]).status_code == 422
    assert dar_segundo(navegador, nuevos[0]).status_code == 303


def test_en_la_base_no_hay_codigos_ni_secretos_a_la_vista(base, datos, codigos):
    base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    bytes_de_la_base = (datos / "privada.db").read_bytes()
    assert not [c for c in codigos if c.encode() in bytes_de_la_base]
    assert SECRETO not in bytes_de_la_base
    huella = base.execute("SELECT huella FROM codigo_unico").fetchone()["huella"]
    assert huella.encode() in bytes_de_la_base  # el control: lo que sí se guarda se encuentra


def olvido(navegador, codigo, **mas):
    datos = {"usuario": "titular", "codigo": codigo, "nueva": "otra de verdad", "repetida": "otra de verdad"}
    return navegador.post("/panel/entrar/olvido", **datos | mas)


def test_con_un_codigo_y_su_numero_se_pone_otra_contrasena(app, base, codigos, elenco):
    adentro = Oficina(app, "titular")
    quien = Oficina(app)
    assert olvido(quien, codigos[0]).status_code == 422  # el código no suple las dos cosas
    assert codigos_unicos.sin_usar(base, elenco.titular.id) == 10
    respuesta = olvido(quien, codigos[0], numero=totp.numero_de(SECRETO, HORA))
    assert respuesta.headers["Location"] == "/panel/mi-entrada"
    assert esta_adentro(quien)
    assert not esta_adentro(adentro)
    assert "recuperar contraseña" in acciones(base)
    assert dar_contrasena(app)[1].status_code == 422  # la de antes


def test_sin_segundo_paso_basta_el_codigo_y_con_uno_inventado_no(app, base, elenco, azar):
    codigos = codigos_unicos.nuevos(base, elenco.titular.id, HORA, azar)
    quien = Oficina(app)
    assert olvido(quien, "1" * 20).status_code == 422
    assert olvido(quien, codigos[0], usuario="promotora").status_code == 422
    assert olvido(quien, codigos[0], repetida="no es igual").status_code == 422
    assert codigos_unicos.sin_usar(base, elenco.titular.id) == 10
    assert olvido(quien, codigos[0], usuario=" TITULAR ").status_code == 303


def test_a_quien_no_existe_se_le_contesta_igual(app, base, con_numero):
    def vista(usuario):
        respuesta = olvido(Oficina(app), "1" * 20, usuario=usuario)
        return respuesta.status_code, re.sub(r'value="[^"]*"', "", respuesta.text)

    assert vista("titular") == vista("nadie")


# --- «Mi entrada» --------------------------------------------------------------------------------------------------


def test_activar_el_numero_pide_probarlo_y_hasta_entonces_no_cambia_nada(app, base, elenco):
    navegador = Oficina(app, "titular")
    pagina = unescape(navegador.post("/panel/mi-entrada/numero").text)
    secreto = re.search(r'name="secreto" value="([^"]+)"', pagina)[1]
    crudo = _secreto_de(pagina)
    assert navegador.post("/panel/mi-entrada/numero", secreto=secreto, numero="000000").status_code == 422
    assert dar_contrasena(app)[1].headers["Location"] == "/panel/"
    numero = totp.numero_de(crudo, HORA)
    assert navegador.post("/panel/mi-entrada/numero", secreto=secreto, numero=numero).status_code == 303
    assert "La contraseña sola ya no basta" in navegador.texto("/panel/mi-entrada")
    mirona, respuesta = dar_contrasena(app)
    assert respuesta.headers["Location"] == "/panel/entrar/segundo"
    assert dar_segundo(mirona, numero).status_code == 422  # el de la activación ya se gastó
    assert "activar número de la aplicación" in acciones(base)


def _secreto_de(pagina: str) -> bytes:
    return base64.b32decode(re.search(r"secret=([A-Z2-7]+)", pagina)[1])


def test_un_secreto_que_no_dio_esta_pagina_no_se_activa(app, base, elenco):
    rosa, titular = Oficina(app, "promotora"), Oficina(app, "titular")
    de_rosa = unescape(rosa.post("/panel/mi-entrada/numero").text)
    secreto = re.search(r'name="secreto" value="([^"]+)"', de_rosa)[1]
    numero = totp.numero_de(_secreto_de(de_rosa), HORA)
    for ajeno in (secreto, SECRETO.hex(), ""):
        respuesta = titular.post("/panel/mi-entrada/numero", secreto=ajeno, numero=numero)
        assert respuesta.status_code == 422
        assert "no se cambió nada" in leer(respuesta)
    assert segundo_paso.activado_en(base, elenco.titular.id) is None


def test_la_hoja_solo_imprime_los_codigos_que_se_dieron(app, base, elenco):
    titular = Oficina(app, "titular")
    pagina = titular.post("/panel/mi-entrada/codigos").text
    dados = re.findall(r'name="codigo" value="([^"]+)"', pagina)
    assert len(dados) == codigos_unicos.CUANTOS
    hoja = titular.post("/panel/mi-entrada/codigos/hoja.pdf", codigo=dados)
    assert (hoja.status_code, hoja.mimetype) == (200, "application/pdf")
    assert titular.post("/panel/mi-entrada/codigos/hoja.pdf", codigo=["1" * 20]).status_code == 409
    assert Oficina(app, "promotora").post("/panel/mi-entrada/codigos/hoja.pdf", codigo=dados).status_code == 409
    assert dados[0] not in titular.get("/panel/mi-entrada").text


def test_lo_delicado_de_mi_entrada_pide_confirmar(app, base, con_numero, reloj):
    titular = Oficina(app, "titular", atenta=False)
    reloj.avanzar(minutes=6)
    for ruta in ("numero", "numero/baja", "codigos", "llaves", "llaves/x/baja"):
        assert titular.post(f"/panel/mi-entrada/{ruta}").status_code == 401, ruta
    assert titular.post(f"/panel/cuentas/{con_numero.id}/segundo-paso").status_code == 401
    assert segundo_paso.activado_en(base, con_numero.id)


def test_se_confirma_con_el_numero_y_lo_que_se_pedia_sigue(app, base, con_numero, reloj):
    titular = Oficina(app, "titular", atenta=False)
    reloj.avanzar(minutes=6)
    pagina = titular.post("/panel/mi-entrada/numero/baja").text
    llevado = re.search(r'name="llevado" value="([^"]+)"', pagina)[1]
    ruta, numero = "/panel/mi-entrada/numero/baja", totp.numero_de(SECRETO, reloj())
    assert titular.post(ruta, llevado=llevado, prueba="1", numero="000000").status_code == 422
    assert titular.post(ruta, llevado=llevado, prueba="1", numero=numero).status_code == 303
    assert segundo_paso.activado_en(base, con_numero.id) is None


def test_si_la_oficina_lo_exige_primero_se_activa(app, base, elenco, instalacion):
    titular, rosa = Oficina(app, "titular"), Oficina(app, "promotora")
    datos = {c: ajustes.leer(base, c) or "" for c in ("oficina", "municipio", "host_publico", "modo")}
    assert titular.post("/panel/ajustes", **datos, segundo="si").status_code == 303
    for donde in ("/panel/", "/panel/eventos", "/panel/ajustes"):
        assert titular.get(donde).headers["Location"] == "/panel/mi-entrada", donde
    nuevo = {"usuario": "otra", "nombre": "Otra", "rol": "titular"}
    assert titular.post("/panel/cuentas/nueva", **nuevo).headers["Location"] == "/panel/mi-entrada"
    assert len(cuentas.listar(base)) == 2
    assert "Su oficina pide un segundo paso" in titular.texto("/panel/mi-entrada")
    for abierta in ("/panel/contrasena", "/panel/sesiones"):
        assert titular.get(abierta).status_code == 200, abierta
    assert rosa.get("/panel/").status_code == 200  # a la promotora no se le exige
    segundo_paso.activar(base, elenco.titular.id, SECRETO, 0, sello=instalacion.sello, ahora=HORA)
    assert titular.get("/panel/ajustes").status_code == 200


def test_la_titular_quita_el_segundo_paso_de_otra_y_se_le_cierra(app, base, elenco, instalacion, azar):
    segundo_paso.activar(base, elenco.promotora.id, SECRETO, 0, sello=instalacion.sello, ahora=HORA)
    codigos_unicos.nuevos(base, elenco.promotora.id, HORA, azar)
    rosa, titular = Oficina(app, "promotora"), Oficina(app, "titular")
    assert "Quitarle el segundo paso" in titular.texto("/panel/cuentas")
    assert rosa.post(f"/panel/cuentas/{elenco.titular.id}/segundo-paso").status_code == 403
    assert titular.post(f"/panel/cuentas/{elenco.promotora.id}/segundo-paso").status_code == 303
    assert not esta_adentro(rosa)
    assert codigos_unicos.sin_usar(base, elenco.promotora.id) == 0
    assert dar_contrasena(app, "promotora")[1].headers["Location"] == "/panel/"
    assert "quitar segundo paso" in acciones(base)
    assert "Quitarle el segundo paso" not in titular.texto("/panel/cuentas")


# --- El teléfono de la promotora -----------------------------------------------------------------------------------


def test_en_campo_tambien_falta_el_segundo_paso(app, base, elenco, instalacion):
    segundo_paso.activar(base, elenco.promotora.id, SECRETO, 0, sello=instalacion.sello, ahora=HORA)
    rosa = Oficina(app)
    respuesta = rosa.post("/campo/entrar", usuario="promotora", contrasena=CONTRASENA)
    assert respuesta.headers["Location"] == "/campo/entrar/segundo"
    assert not esta_adentro(rosa)
    rosa._ficha = None  # la sesión es otra
    assert "Falta un paso" in rosa.texto("/campo/entrar/segundo")
    assert dar_segundo(rosa, "000000", "/campo/entrar/segundo").status_code == 422
    entrada = dar_segundo(rosa, totp.numero_de(SECRETO, HORA), "/campo/entrar/segundo")
    assert entrada.headers["Location"] == "/campo/#/preparar"
    assert esta_adentro(rosa)
    ultimo = next(f for f in bitacora.listar(base) if f["accion"] == "entrar")
    assert (ultimo["objeto"], ultimo["detalle"]) == ("campo", "con el número")
