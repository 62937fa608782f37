"""Llaves de acceso contra un autenticador hecho aquí: la buena entra; cada engaño se queda afuera y no cambia nada."""

import json
from dataclasses import replace

import pytest

from recoleccion.consultas import ajustes, bitacora, llaves_acceso
from recoleccion.retos import Retos
from tests.autenticador import PRESENTE, RP, Autenticador
from tests.elenco import CONTRASENA, HORA
from tests.recoleccion.vistas.oficina import Oficina, leer
from tests.recoleccion.vistas.test_segundo_paso import acciones, contrasenas_baratas, esta_adentro

__all__ = ["contrasenas_baratas"]


@pytest.fixture(autouse=True)
def con_direccion(base):
    ajustes.guardar(base, "host_publico", "registro.ejemplo.mx")


def opciones(navegador: Oficina, para: str) -> dict:
    respuesta = navegador.get(f"/panel/acceso/reto.json?para={para}")
    assert respuesta.status_code == 200
    return respuesta.get_json()


def dar_de_alta(navegador: Oficina, llave: Autenticador | None = None, **cambios) -> Autenticador:
    llave = llave or Autenticador()
    credencial = llave.alta(opciones(navegador, "alta"), **cambios)
    respuesta = navegador.post("/panel/mi-entrada/llaves", credencial=credencial, nombre="Mi teléfono")
    assert respuesta.status_code == 303, leer(respuesta)
    return llave


@pytest.fixture
def llave(app, elenco) -> Autenticador:
    """La de la titular, ya dada de alta."""
    return dar_de_alta(Oficina(app, "titular"))


def entrar(navegador: Oficina, credencial: str, **mas):
    return navegador.post("/panel/entrar/llave", credencial=credencial, **mas)


def test_con_la_llave_se_entra_sin_contrasena(app, base, llave, elenco):
    navegador = Oficina(app)
    pedidas = opciones(navegador, "entrar")
    assert pedidas["rpId"] == RP
    assert pedidas["userVerification"] == "required"
    assert not pedidas.get("allowCredentials")  # no dice qué llaves hay
    entrada = entrar(navegador, llave.usar(pedidas), next="/panel/eventos")
    assert (entrada.status_code, entrada.headers["Location"]) == (303, "/panel/eventos")
    assert esta_adentro(navegador)
    guardada = llaves_acceso.de_cuenta(base, elenco.titular.id)[0]
    assert (guardada.nombre, guardada.contador, guardada.usada_en) == ("Mi teléfono", llave.contador, HORA.isoformat())
    assert {"agregar llave de acceso", "entrar"} <= set(acciones(base))


def otro_reto(navegador, llave):
    return llave.usar({"challenge": "A" * 75})


def sin_pedirlo(navegador, llave):
    return llave.usar({"challenge": opciones(Oficina(navegador.cliente.application), "entrar")["challenge"]})


def de_otro_sitio(navegador, llave):
    return llave.usar(opciones(navegador, "entrar"), origen="https://registro.ejemplo.mx.malo.example")


def de_otro_nombre(navegador, llave):
    llave.rp = "malo.example"
    return llave.usar(opciones(navegador, "entrar"))


def sin_comprobar_quien_es(navegador, llave):
    return llave.usar(opciones(navegador, "entrar"), banderas=PRESENTE)


def con_otra_llave(navegador, llave):
    otra = Autenticador(dueno=llave.dueno, id=llave.id)
    otra.contador = llave.contador + 5
    return otra.usar(opciones(navegador, "entrar"))


def a_nombre_de_otra(navegador, llave):
    return llave.usar(opciones(navegador, "entrar"), dueno="cm9zYQ")


def con_un_reto_para_otra_cosa(navegador, llave):
    return llave.usar(opciones(navegador, "confirmar"))


def con_una_firma_de_alta(navegador, llave):
    alta = Autenticador(id=llave.id, privada=llave.privada)
    return alta.alta({"user": {"id": llave.dueno}, "challenge": opciones(navegador, "entrar")["challenge"]})


def con_el_contador_atrasado(navegador, llave):
    llave.contador -= 2
    return llave.usar(opciones(navegador, "entrar"))


ENGANOS = [
    otro_reto, sin_pedirlo, de_otro_sitio, de_otro_nombre, sin_comprobar_quien_es, con_otra_llave, a_nombre_de_otra,
    con_un_reto_para_otra_cosa, con_una_firma_de_alta, con_el_contador_atrasado,
]  # fmt: skip


def test_ningun_engano_entra(app, base, llave, elenco):
    antes = llaves_acceso.de_cuenta(base, elenco.titular.id)
    for engano in ENGANOS:
        extrano = Oficina(app)
        respuesta = entrar(extrano, engano(extrano, replace(llave)))
        assert respuesta.status_code == 422, engano.__name__
        assert "Esa llave no se pudo usar" in leer(respuesta)
        assert not esta_adentro(extrano), engano.__name__
        assert llaves_acceso.de_cuenta(base, elenco.titular.id) == antes
    quien = Oficina(app)
    assert entrar(quien, llave.usar(opciones(quien, "entrar"))).status_code == 303  # el control: sin engaño, entra


BASURA = ["", "{", "[]", "null", '{"response":[]}', '{"response":{"clientDataJSON":"e30"}}', "9" * 30_000,
          json.dumps({"response": {"clientDataJSON": "\ud800"}})]  # fmt: skip


def test_lo_que_no_es_una_credencial_se_rechaza_sin_falla(app, llave):
    navegador, titular = Oficina(app), Oficina(app, "titular")
    for basura in BASURA:
        assert entrar(navegador, basura).status_code == 422
        assert titular.post("/panel/mi-entrada/llaves", credencial=basura).status_code == 422


def test_lo_mismo_dos_veces_entra_una_aunque_traiga_la_galleta_de_entonces(app, llave):
    navegador = Oficina(app)
    credencial = llave.usar(opciones(navegador, "entrar"))
    ficha = navegador.ficha()
    galletas = {c.key: c.value for c in navegador.cliente._cookies.values()}
    assert entrar(navegador, credencial).status_code == 303
    ladron = Oficina(app)
    for nombre, valor in galletas.items():
        ladron.cliente.set_cookie(nombre, valor)
    ladron._ficha = ficha
    assert entrar(ladron, credencial).status_code == 422
    assert not esta_adentro(ladron)


def test_el_control_sin_recordar_los_usados_y_sin_contador_la_repetida_entraria(app, llave, monkeypatch):
    monkeypatch.setattr(Retos, "gastar", lambda *_: True)
    monkeypatch.setattr(llaves_acceso, "usar", lambda *_: True)
    test_repetida = test_lo_mismo_dos_veces_entra_una_aunque_traiga_la_galleta_de_entonces
    with pytest.raises(AssertionError):
        test_repetida(app, llave)


def test_un_reto_dura_cinco_minutos(app, llave, reloj):
    navegador = Oficina(app)
    credencial = llave.usar(opciones(navegador, "entrar"))
    reloj.avanzar(minutes=5, seconds=1)
    assert entrar(navegador, credencial).status_code == 422


def test_un_contador_que_no_avanza_queda_anotado(app, base, llave):
    navegador = Oficina(app)
    llave.contador = 0
    assert entrar(navegador, llave.usar(opciones(navegador, "entrar"))).status_code == 422
    dicho = next(f for f in bitacora.listar(base) if f["accion"] == "llave de acceso rechazada")
    assert "puede haber una copia" in dicho["detalle"]


def test_una_llave_que_no_cuenta_entra_cuantas_veces_quiera(app, elenco):
    llave = dar_de_alta(Oficina(app, "titular"), Autenticador(contador=0))
    for _ in range(2):
        llave.contador = -1
        navegador = Oficina(app)
        assert entrar(navegador, llave.usar(opciones(navegador, "entrar"))).status_code == 303


def test_la_de_una_cuenta_desactivada_no_abre(app, base, llave, elenco):
    base.execute("UPDATE cuenta SET activa = 0 WHERE id = ?", [elenco.titular.id])
    navegador = Oficina(app)
    assert entrar(navegador, llave.usar(opciones(navegador, "entrar"))).status_code == 422


def test_quien_tiene_llave_ya_no_entra_con_la_pura_contrasena(app, base, llave, elenco):
    navegador = Oficina(app)
    respuesta = navegador.post("/panel/entrar", usuario="titular", contrasena=CONTRASENA)
    assert respuesta.headers["Location"] == "/panel/entrar/segundo"
    de_rosa = dar_de_alta(Oficina(app, "promotora"))
    ajena = de_rosa.usar(opciones(navegador, "segundo"))
    assert navegador.post("/panel/entrar/segundo", credencial=ajena).status_code == 422
    assert not esta_adentro(navegador)
    suya = llave.usar(opciones(navegador, "segundo"))
    assert navegador.post("/panel/entrar/segundo", credencial=suya).status_code == 303
    assert esta_adentro(navegador)


def test_se_confirma_con_la_llave_y_no_con_la_de_otra(app, base, llave, reloj):
    titular = Oficina(app, "titular", atenta=False)
    de_rosa = dar_de_alta(Oficina(app, "promotora"))
    reloj.avanzar(minutes=6)
    pagina = titular.post("/panel/mi-entrada/codigos")
    assert (pagina.status_code, 'data-llave="confirmar"' in pagina.text) == (401, True)
    llevado = pagina.text.partition('name="llevado" value="')[2].partition('"')[0]

    def seguir(quien):
        credencial = quien.usar(opciones(titular, "confirmar"))
        return titular.post("/panel/mi-entrada/codigos", credencial=credencial, llevado=llevado, prueba="1")

    assert seguir(de_rosa).status_code == 422
    assert "Guarde sus códigos" in seguir(llave).text


def test_quien_olvido_su_contrasena_entra_con_su_llave_y_pone_otra(app, base, llave, reloj):
    quien, nueva = Oficina(app), {"nueva": "otra de verdad", "repetida": "otra de verdad"}
    assert entrar(quien, llave.usar(opciones(quien, "entrar"))).status_code == 303
    quien._ficha = None  # la sesión es otra
    reloj.avanzar(minutes=6)
    assert "Su contraseña de ahora" in quien.texto("/panel/contrasena")  # ya no acaba de usarla
    assert quien.post("/panel/contrasena", **nueva).status_code == 422
    assert entrar(quien, llave.usar(opciones(quien, "entrar"))).status_code == 303
    quien._ficha = None
    assert "Su contraseña de ahora" not in quien.texto("/panel/contrasena")
    assert quien.post("/panel/contrasena", **nueva).status_code == 303
    respuesta = Oficina(app).post("/panel/entrar", usuario="titular", contrasena="otra de verdad")
    assert respuesta.headers["Location"] == "/panel/entrar/segundo"


def test_con_la_contrasena_no_basta_la_sesion_abierta_para_poner_otra(app, llave):
    respuesta = Oficina(app, "titular").post("/panel/contrasena", nueva="otra de verdad", repetida="otra de verdad")
    assert respuesta.status_code == 422


def test_la_promotora_entra_al_campo_con_su_llave(app, elenco):
    llave, rosa = dar_de_alta(Oficina(app, "promotora")), Oficina(app)
    pagina = rosa.get("/campo/entrar").text
    assert 'name="next" value="/campo/#/preparar"' in pagina
    entrada = entrar(rosa, llave.usar(opciones(rosa, "entrar")), next="/campo/#/preparar")
    assert entrada.headers["Location"] == "/campo/#/preparar"


def test_al_quitarla_deja_de_abrir_y_nadie_quita_la_de_otra(app, base, llave, elenco):
    id = llaves_acceso.de_cuenta(base, elenco.titular.id)[0].id
    assert Oficina(app, "promotora").post(f"/panel/mi-entrada/llaves/{id}/baja").status_code == 404
    assert Oficina(app, "titular").post(f"/panel/mi-entrada/llaves/{id}/baja").status_code == 303
    navegador = Oficina(app)
    assert entrar(navegador, llave.usar(opciones(navegador, "entrar"))).status_code == 422


def test_el_alta_es_de_quien_la_pidio_y_con_su_reto(app, base, elenco):
    titular, rosa = Oficina(app, "titular"), Oficina(app, "promotora")
    credencial = Autenticador().alta(opciones(rosa, "alta"))
    assert titular.post("/panel/mi-entrada/llaves", credencial=credencial).status_code == 422
    sin_verificar = Autenticador().alta(opciones(titular, "alta"), banderas=PRESENTE)
    assert titular.post("/panel/mi-entrada/llaves", credencial=sin_verificar).status_code == 422
    assert llaves_acceso.de_cuenta(base, elenco.titular.id) == []
    assert Oficina(app).get("/panel/acceso/reto.json?para=alta").status_code == 404


def test_la_misma_llave_no_se_da_de_alta_dos_veces_ni_en_dos_cuentas(app, llave):
    rosa = Oficina(app, "promotora")
    credencial = llave.alta(opciones(rosa, "alta"))
    assert rosa.post("/panel/mi-entrada/llaves", credencial=credencial).status_code == 409


def test_al_cambiar_la_direccion_se_avisa_que_las_llaves_ya_no_sirven(app, base, llave):
    titular, dicho = Oficina(app, "titular"), "Las llaves de acceso son de la dirección anterior"
    datos = {c: ajustes.leer(base, c) or "" for c in ("oficina", "municipio", "modo")} | {"buscadores": "no"}
    titular.post("/panel/ajustes", **datos, host_publico="https://registro.ejemplo.mx")
    titular.post("/panel/ajustes", **datos, host_publico="https://otra.ejemplo.mx")
    assert dicho in titular.texto("/panel/ajustes")
    quien = Oficina(app)
    assert entrar(quien, llave.usar(opciones(quien, "entrar"))).status_code == 422


def test_sin_direccion_que_sirva_ni_se_ofrecen_ni_se_piden(app, base, elenco):
    ajustes.guardar(base, "host_publico", "http://127.0.0.1:8000")
    assert "llave de acceso" not in Oficina(app).texto("/panel/entrar")
    assert Oficina(app).get("/panel/acceso/reto.json?para=entrar").status_code == 404
    assert "hace falta que la dirección" in Oficina(app, "titular").texto("/panel/mi-entrada")
