"""Las sesiones: cuánto duran, quién las cierra, y que lo que se escribía no se pierda cuando se pausan o se acaban."""

import re
import time
from random import Random

import pytest

from recoleccion.consultas import cuentas, eventos, sesiones
from recoleccion.vistas.navegador import nombrar
from tests.elenco import CONTRASENA, evento_de_prueba
from tests.recoleccion.vistas.oficina import Oficina, crear_cuenta, leer, seguir
from tests.recoleccion.vistas.rejilla import ANA, LUIS, Rejilla, personas

DIRECTORIO = {"nombre": "Casa Amapola Ñandú", "servicio": "Refugio", "telefono": "378 100 2030", "horario": "Siempre"}
NUEVA = "/panel/directorio/nueva"


def distraida(app, usuario: str) -> Oficina:
    return Oficina(app, usuario, atenta=False)


@pytest.fixture
def titular(app) -> Oficina:
    return distraida(app, "titular")


def entra(oficina: Oficina, direccion: str = "/panel/sesiones") -> bool:
    """Si con su sesión se abre una página."""
    respuesta = oficina.get(direccion)
    assert respuesta.status_code in (200, 303)
    return respuesta.status_code == 200


def hay(base, nombre: str = DIRECTORIO["nombre"]) -> int:
    return base.execute("SELECT count(*) FROM institucion WHERE nombre = ?", [nombre]).fetchone()[0]


# --- Cuánto duran --------------------------------------------------------------------------------------------------


def test_sin_uso_la_de_la_titular_se_pausa_a_los_quince_minutos_y_usandola_no(titular, reloj):
    for _ in range(3):
        reloj.avanzar(minutes=14)
        assert entra(titular)
    reloj.avanzar(minutes=15)
    respuesta = titular.get("/panel/sesiones?a=1")
    assert respuesta.headers["Location"] == "/panel/entrar?next=/panel/sesiones?a%3D1"
    pagina = titular.texto(respuesta.headers["Location"])
    assert "Su sesión está en pausa" in pagina
    assert "Menú" not in pagina


@pytest.mark.parametrize(
    ("rol", "minutos", "horas"), [("titular", 14, 8), ("administra", 14, 8), ("promotora", 470, 16)]
)
def test_en_total_se_acaba_aunque_se_use(app, base, reloj, rol, minutos, horas):
    if rol == "administra":
        crear_cuenta(base, rol)
    oficina, pasaron = distraida(app, rol), 0
    while pasaron + minutos < horas * 60:
        reloj.avanzar(minutes=minutos)
        pasaron += minutos
        assert entra(oficina), pasaron
    reloj.avanzar(minutes=horas * 60 - pasaron)
    assert not entra(oficina)
    assert "Entrar al panel" in oficina.texto("/panel/entrar")


def test_un_reloj_que_se_atrasa_no_alarga_ninguna(titular, reloj):
    reloj.avanzar(hours=-1)
    assert not entra(titular)


def test_lo_que_late_solo_no_cuenta_como_uso_y_sigue_contestando_en_pausa(titular, elenco, reloj):
    vivo = f"/panel/eventos/{elenco.evento_id}/vivo.json"
    for _ in range(4):
        reloj.avanzar(minutes=5)
        assert titular.get(vivo).status_code == 200
    assert not entra(titular)
    assert titular.get("/panel/telefonos/altas/x.json").status_code == 401
    reloj.avanzar(hours=8)
    assert titular.get(vivo).status_code == 401


def test_que_se_uso_se_escribe_a_lo_mas_una_vez_por_minuto(titular, base, reloj):
    vistas = set()
    for _ in range(8):
        reloj.avanzar(seconds=20)
        assert entra(titular)
        vistas.add(base.execute("SELECT vista_en FROM sesion").fetchone()[0])
    assert len(vistas) == 3  # la de entrar y dos más en 160 segundos


def test_leerla_cuesta_mucho_menos_de_un_milisegundo(titular, base, app):
    ahora = app.extensions["jornada"].reloj()
    suyo, tardo = numero(titular), []
    for _ in range(200):
        desde = time.perf_counter()
        assert sesiones.leer(base, suyo, ahora)
        tardo.append(time.perf_counter() - desde)
    assert sorted(tardo)[100] < 0.001


# --- El número de la galleta ---------------------------------------------------------------------------------------


def numero(oficina: Oficina) -> str:
    with oficina.cliente.session_transaction() as galleta:
        return galleta["sesion"]


def test_en_la_base_solo_queda_la_huella_y_de_que_navegador_es(app, datos, base):
    oficina = Oficina(app)
    agente = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
    oficina.cliente.environ_base["HTTP_USER_AGENT"] = agente
    assert oficina.post("/panel/entrar", usuario="titular", contrasena=CONTRASENA).status_code == 303
    escrito = (datos / "privada.db").read_bytes() + (datos / "privada.db-wal").read_bytes()
    assert numero(oficina).encode() not in escrito
    assert b"Mozilla" not in escrito
    assert [s.navegador for s in sesiones.listar(base, app.extensions["jornada"].reloj())] == ["Chrome en Windows"]


def test_el_numero_cambia_al_entrar_y_al_confirmar_y_el_de_antes_ya_no_abre(app, titular, reloj):
    antes = numero(titular)
    copia = app.test_client()
    copia.set_cookie("sesion", titular.cliente.get_cookie("sesion").value)
    reloj.avanzar(minutes=6)
    assert titular.post("/panel/confirmacion", prueba="1", contrasena=CONTRASENA).status_code == 303
    confirmada = numero(titular)
    assert confirmada != antes
    assert copia.get("/panel/sesiones").status_code == 303
    assert entra(titular)
    titular.post("/panel/entrar", usuario="titular", contrasena=CONTRASENA)
    assert numero(titular) not in (antes, confirmada)


def test_una_galleta_plantada_antes_de_entrar_no_sirve_despues(app):
    """Fijar la sesión: quien dejó su galleta en el navegador de otra no entra con ella."""
    plantada = Oficina(app)
    ficha = plantada.ficha()
    victima = app.test_client()
    victima.set_cookie("sesion", plantada.cliente.get_cookie("sesion").value)
    datos = {"usuario": "titular", "contrasena": CONTRASENA, "csrf_token": ficha}
    assert victima.post("/panel/entrar", data=datos).status_code == 303
    assert victima.get("/panel/sesiones").status_code == 200
    assert not entra(plantada)
    sin_cambiar = victima.post(NUEVA, data=DIRECTORIO | {"csrf_token": ficha})
    assert sin_cambiar.status_code == 400  # ni la ficha que el otro conocía


# --- Quién las cierra ----------------------------------------------------------------------------------------------


def test_cambiar_la_contrasena_o_desactivar_la_cuenta_las_acaba_y_reactivarla_no_las_revive(app, base):
    promotora = cuentas.autenticar(base, "promotora", CONTRASENA)
    en_su_casa = distraida(app, "promotora")
    cuentas.desactivar(base, promotora.id)
    cuentas.reactivar(base, promotora.id)
    assert not entra(en_su_casa)
    en_su_casa = distraida(app, "promotora")
    cuentas.cambiar_contrasena(base, promotora.id, "otra nueva larga")
    cuentas.cambiar_contrasena(base, promotora.id, CONTRASENA)
    assert not entra(en_su_casa)


def test_cada_quien_ve_y_cierra_las_suyas_y_la_titular_las_de_todas(app, base):
    titular, promotora, otra_suya = distraida(app, "titular"), distraida(app, "promotora"), distraida(app, "promotora")
    pagina = promotora.texto("/panel/sesiones")
    assert "Titular" not in pagina
    assert "De las demás cuentas" not in pagina
    de_la_titular = sesiones.leer(base, numero(titular), app.extensions["jornada"].reloj())
    assert promotora.post("/panel/sesiones/cierre", sesion=de_la_titular.id).status_code == 404
    assert entra(titular)
    assert promotora.post("/panel/sesiones/cierre-de-las-demas").status_code == 303
    assert entra(promotora)
    assert not entra(otra_suya)
    de_ella = sesiones.leer(base, numero(promotora), app.extensions["jornada"].reloj())
    assert "Rosa" in titular.texto("/panel/sesiones")
    assert titular.post("/panel/sesiones/cierre", sesion=de_ella.id).status_code == 303
    assert not entra(promotora)
    anotado = base.execute("SELECT quien, objeto FROM bitacora WHERE accion = 'cerrar sesión'").fetchall()
    assert [tuple(fila) for fila in anotado] == [("promotora", "cuenta promotora"), ("titular", "cuenta promotora")]


@pytest.mark.parametrize(
    ("agente", "nombre"),
    [
        ("Mozilla/5.0 (Linux; Android 14) Chrome/131.0 Mobile Safari/537.36", "Chrome en Android"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/131.0 Safari/537.36 Edg/131.0", "Edge en Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "Safari en iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox en Linux"),
        ("curl/8", "Otro navegador"),
    ],
)
def test_del_navegador_se_dice_cual_y_en_que(agente, nombre):
    assert nombrar(agente) == nombre


# --- Lo que se escribía no se pierde -------------------------------------------------------------------------------


def test_en_pausa_lo_que_se_manda_espera_y_sigue_con_la_contrasena(titular, base, reloj):
    titular.ficha()
    reloj.avanzar(minutes=20)
    pausa = titular.post(NUEVA, **DIRECTORIO)
    assert pausa.status_code == 401
    assert "Lo que mandó espera aquí" in leer(pausa)
    assert hay(base) == 0
    mala = seguir(titular, pausa, contrasena="no es ésta")
    assert (mala.status_code, hay(base)) == (422, 0)
    assert seguir(titular, mala, contrasena=CONTRASENA).status_code == 303
    assert hay(base) == 1
    assert entra(titular)


def test_si_la_sesion_se_acabo_lo_que_se_mandaba_sigue_despues_de_entrar(titular, base, reloj):
    titular.ficha()
    reloj.avanzar(hours=9)
    acabada = titular.post(NUEVA, **DIRECTORIO)
    assert acabada.status_code == 401
    entro = seguir(titular, acabada, usuario="titular", contrasena=CONTRASENA)
    assert (entro.status_code, hay(base)) == (200, 0)
    assert "Mandarlo ahora" in entro.text
    assert seguir(titular, entro).status_code == 303
    assert hay(base) == 1


def test_una_hoja_transcrita_no_se_pierde_por_tardarse(titular, base, elenco, reloj):
    hoja = Rejilla(titular, elenco.evento_id).llenar(ANA, LUIS)
    antes = personas(base, elenco.evento_id)
    reloj.avanzar(hours=2)
    respuesta = seguir(titular, hoja.mandar(), contrasena=CONTRASENA)
    assert respuesta.status_code in (200, 303)
    assert personas(base, elenco.evento_id) == antes + 2


def test_lo_que_espera_no_se_lee_en_la_pagina_y_solo_lo_sigue_su_cuenta_en_su_direccion(app, titular, base, reloj):
    titular.ficha()
    reloj.avanzar(hours=9)
    acabada = titular.post(NUEVA, **DIRECTORIO)
    for palabra in ("Amapola", "378 100 2030", "Refugio"):
        assert palabra not in acabada.text
    escrito = re.search(r'name="llevado" value="([^"]+)"', acabada.text)[1]
    ajena = distraida(app, "promotora")
    assert ajena.post(NUEVA, llevado=escrito).status_code == 403
    entro = seguir(titular, acabada, usuario="promotora", contrasena=CONTRASENA)
    assert entro.status_code == 303  # otra cuenta empieza de cero
    otra = distraida(app, "titular")
    assert otra.post("/panel/cuentas/nueva", llevado=escrito).status_code == 400
    assert otra.post(NUEVA, llevado=escrito[:-3] + "aaa").status_code == 400
    assert hay(base) == 0
    reloj.avanzar(hours=25)
    assert distraida(app, "titular").post(NUEVA, llevado=escrito).status_code == 400


def test_seguir_lo_que_esperaba_tambien_pide_la_ficha_de_la_sesion(titular, base, reloj):
    titular.ficha()
    reloj.avanzar(minutes=20)
    pausa = titular.post(NUEVA, **DIRECTORIO)
    escrito = re.search(r'name="llevado" value="([^"]+)"', pausa.text)[1]
    datos = {"llevado": escrito, "prueba": "1", "contrasena": CONTRASENA}
    assert titular.cliente.post(NUEVA, data=datos).status_code == 400
    assert hay(base) == 0


def test_un_archivo_no_espera_y_la_pagina_lo_dice(titular, reloj):
    titular.ficha()
    reloj.avanzar(minutes=20)
    pausa = titular.subir("/panel/telefonos/rescate", "archivo", "rescate.json", b"x" * 3_000_000)
    assert pausa.status_code == 401
    assert "Menos el archivo" in leer(pausa)
    assert "Elija" in leer(seguir(titular, pausa, contrasena=CONTRASENA))


def test_un_envio_enorme_no_se_lleva_y_manda_a_entrar(titular, reloj):
    titular.ficha()
    reloj.avanzar(minutes=20)
    ruido = "".join(Random(5).choices("abcdefghijklmnopqrstuvwxyz0123456789ñé", k=250_000))
    respuesta = titular.subir("/panel/telefonos/rescate", "archivo", "a", b"", nota=ruido)
    assert respuesta.status_code == 303
    assert respuesta.headers["Location"] == "/panel/entrar"
    assert "no cupo para esperar" in titular.texto("/panel/entrar")


def test_a_un_guion_se_le_dice_401_y_no_una_pagina(titular, elenco, reloj):
    titular.ficha()
    reloj.avanzar(minutes=20)
    datos = {"csrf_token": titular.ficha()}
    direccion = f"/panel/eventos/{elenco.evento_id}/papel/borrador"
    respuesta = titular.cliente.post(direccion, data=datos, headers={"Accept": "application/json"})
    assert respuesta.status_code == 401
    assert 'name="llevado"' not in respuesta.text


def test_lo_escrito_en_una_ventana_de_antes_de_volver_a_entrar_se_puede_mandar(titular, base):
    vieja = titular.ficha()
    titular.post("/panel/entrar", usuario="titular", contrasena=CONTRASENA)
    datos = DIRECTORIO | {"csrf_token": vieja}
    de_fuera = titular.cliente.post(NUEVA, data=datos, headers={"Sec-Fetch-Site": "same-site"})
    sin_decir = titular.cliente.post(NUEVA, data=datos)
    for rechazada in (de_fuera, sin_decir):
        assert rechazada.status_code in (400, 403)
        assert 'name="llevado"' not in rechazada.text
    de_aqui = titular.cliente.post(NUEVA, data=datos, headers={"Sec-Fetch-Site": "same-origin"})
    assert (de_aqui.status_code, hay(base)) == (400, 0)
    assert seguir(titular, de_aqui).status_code == 303
    assert hay(base) == 1


# --- Lo delicado pide confirmar ------------------------------------------------------------------------------------


def test_lo_delicado_se_confirma_cada_cinco_minutos_y_lleva_lo_escrito(titular, base, reloj):
    nueva = {"usuario": "rita", "nombre": "Rita", "rol": "promotora", "contrasena": "una muy larga"}
    reloj.avanzar(minutes=6)
    pide = titular.post("/panel/cuentas/nueva", **nueva)
    assert pide.status_code == 401
    assert "Confirme que es usted" in leer(pide)
    assert "una muy larga" not in pide.text
    assert cuentas.autenticar(base, "rita", "una muy larga") is None
    assert seguir(titular, pide, contrasena=CONTRASENA).status_code == 303
    rita = cuentas.autenticar(base, "rita", "una muy larga")
    assert rita is not None
    reloj.avanzar(minutes=4)
    assert titular.post(f"/panel/cuentas/{rita.id}/desactivacion").status_code == 303
    reloj.avanzar(minutes=2)
    assert titular.post(f"/panel/cuentas/{rita.id}/reactivacion").status_code == 401


def test_lo_que_no_cabe_para_esperar_la_confirmacion_se_dice(titular, reloj):
    titular.ficha()
    reloj.avanzar(minutes=6)
    ruido = "".join(Random(3).choices("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", k=258_000))
    pide = titular.post("/panel/cuentas/nueva", nombre=ruido)
    assert pide.status_code == 401
    assert "no cupo para esperar" in leer(pide)


def test_quien_adivina_al_confirmar_tambien_espera(titular, reloj):
    reloj.avanzar(minutes=6)
    estados = [titular.post("/panel/confirmacion", prueba="1", contrasena=f"no {n}").status_code for n in range(12)]
    assert estados[:10] == [422] * 10
    assert estados[-1] == 429


def test_un_evento_con_todos_sus_campos_sigue_igual_despues_de_confirmar(titular, base, reloj):
    datos = {c: v for c, v in evento_de_prueba(titulo="Ñandú & <b>").items() if v not in (False, None)}
    datos = {c: "y" if v is True else v for c, v in datos.items()}
    titular.ficha()
    reloj.avanzar(minutes=16)
    respuesta = seguir(titular, titular.post("/panel/eventos/nuevo", **datos), contrasena=CONTRASENA)
    evento = eventos.leer(base, respuesta.headers["Location"].rpartition("/")[2])
    assert (evento["titulo"], len(evento["encuestas"]), evento["pide_nombre"]) == ("Ñandú & <b>", 4, 1)
