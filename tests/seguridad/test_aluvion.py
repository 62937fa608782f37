"""La avalancha en las páginas: lo que sobra se aparta, lo que espera lleva lo contestado, y nada se pierde ni dobla."""

import html
import os
import re
import shutil
from random import Random
from uuid import uuid4

import pytest

from recoleccion import avalancha
from recoleccion.aplicacion import create_app
from recoleccion.avalancha import Avalancha, Limites, Ritmo, ceros
from recoleccion.consultas import conexion, cuarentena, recepcion
from recoleccion.instalacion import Instalacion
from recoleccion.vistas import aluvion
from tests.elenco import HORA, Cliente, Reloj, sellada
from tests.recoleccion.vistas.oficina import Oficina
from tests.recoleccion.vistas.paginas import DATOS, K, Pagina

NADA, MUCHO = Ritmo(0, 0), Ritmo(1e9, 1e9)
CERRADA = Limites(todas=NADA, hoja_con_pase=MUCHO, con_tiempo=MUCHO, con_trabajo=MUCHO, veces=10**6)
"""Toda la que llega espera, y con su pase entra."""
HOSTIL = "¿Sí?\r\n\"<b>'&amp;\u2028\tñ & «fin» @@accion@@"


@pytest.fixture(autouse=True)
def cuentas_cortas(monkeypatch):
    """La cuenta de verdad la hace Chromium (``test_espera.py``); aquí importa qué pasa después."""
    monkeypatch.setattr(avalancha, "BITS", 5)
    monkeypatch.setattr(avalancha, "BITS_MUCHOS", 7)


@pytest.fixture
def aplicacion(datos, reloj):
    def hacer(limites: Limites | None = None):
        app = create_app(datos, reloj=reloj, azar=Random(7), limites=limites)
        app.test_client_class = Cliente
        return app

    return hacer


def contar(base) -> dict[str, int]:
    tablas = {"asistencia": "asistencia", "urna": "urna", "apartados": "cuarentena WHERE resuelta_en IS NULL"}
    return {que: base.execute(f"SELECT count(*) FROM {tabla}").fetchone()[0] for que, tabla in tablas.items()}


def de_espera(respuesta) -> dict[str, list[str]]:
    """Lo que lleva adentro una página de espera."""
    assert respuesta.status_code == 429
    assert "todavía no se guarda" in respuesta.text
    campos: dict[str, list[str]] = {}
    for campo, valor in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', respuesta.text):
        campos.setdefault(html.unescape(campo), []).append(html.unescape(valor))
    return campos


def con_cuenta(respuesta) -> dict[str, list[str]]:
    """Lo mismo, con la cuenta que haría su teléfono."""
    campos = de_espera(respuesta)
    if "Número de la sala" in respuesta.text:
        return campos | {"numero-de-sala": ["0"]}
    bits = int(re.search(r'data-bits="(\d+)"', respuesta.text)[1])
    cuenta = next(str(n) for n in range(10**7) if ceros(campos["pase"][0], str(n)) >= bits)
    return campos | {"cuenta": [cuenta]}


# --- Lo que no parece de una persona, o sobra: guardado y fuera de las cuentas ---------------------------------------


@pytest.mark.parametrize(
    "cambio", [{"nace": "A" * 20}, {"nace": ""}, {"asunto": "http://ejemplo"}], ids=["de-otro", "sin-sello", "trampa"]
)
def test_lo_que_no_salio_de_una_pagina_nuestra_se_guarda_apartado_y_la_titular_decide(app, base, elenco, cambio):
    cliente, id = app.test_client(), str(uuid4())
    envio = {**sellada(app, elenco.clave, id), **DATOS, **cambio}
    respuesta = cliente.post(f"/{elenco.clave}/r", data=envio)
    assert (respuesta.status_code, respuesta.headers["Location"]) == (303, f"/{elenco.clave}/listo")
    assert contar(base) == {"asistencia": 0, "urna": 0, "apartados": 1}
    titular = Oficina(app, "titular")
    assert "No parecen de una persona" in titular.texto("/panel/cuarentena")
    assert DATOS["nombre"] not in titular.texto("/panel/cuarentena/grupo?codigo=sospechoso")
    titular.post("/panel/cuarentena/grupo/aceptacion", codigo="sospechoso", cuantos="1")
    assert contar(base) == {"asistencia": 1, "urna": 0, "apartados": 0}
    assert base.execute("SELECT id FROM asistencia").fetchone()[0] == id
    assert cliente.post(f"/{elenco.clave}/r", data=envio).status_code == 303  # otra vez lo mismo
    assert contar(base) == {"asistencia": 1, "urna": 0, "apartados": 0}


def test_una_encuesta_apartada_no_dice_de_que_telefono_ni_a_que_hora(app, base, elenco):
    app.test_client().post(f"/{elenco.clave}/e/1", data={**K, "id": str(uuid4()), "nace": "x"})
    fila = dict(base.execute("SELECT * FROM cuarentena").fetchone())
    assert fila["codigo"] == "sospechoso"
    assert fila["dispositivo_id"] is None
    assert len(fila["recibido_el"]) == 10
    assert b"K1" not in fila["bytes"]


def test_mas_de_los_que_caben_se_guardan_apartados(aplicacion, base, elenco):
    cliente = aplicacion(Limites(cupo=3)).test_client()
    for _ in range(5):
        assert cliente.post(f"/{elenco.clave}/n", data={"numero-de-sala": "0"}).status_code == 303
        assert cliente.post(f"/{elenco.clave}/e/1", data=K | {"numero-de-sala": "0"}).status_code == 303
    assert contar(base) == {"asistencia": 3, "urna": 3, "apartados": 4}
    assert {fila["codigo"] for fila in cuarentena.listar(base)} == {"de_mas"}


def test_en_un_evento_lleno_se_pide_el_numero_de_la_sala_y_con_el_cabe_otro_tanto(aplicacion, base, elenco):
    app, id = aplicacion(Limites(cupo=3)), str(uuid4())
    cliente, numero = app.test_client(), aluvion.de(app).numero(elenco.clave)[0]
    envio = sellada(app, elenco.clave, id)
    hechos = [cliente.post(f"/{elenco.clave}/n", data=dato).status_code for dato in (envio, {}, {}, envio, {})]
    assert hechos == [303, 303, 303, 303, 429]  # la cuarta es la primera, que insiste: ya estaba
    hechos = [cliente.post(f"/{elenco.clave}/n", data={"numero-de-sala": numero}).status_code for _ in range(2)]
    assert hechos == [303, 303]
    assert contar(base) == {"asistencia": 4, "urna": 0, "apartados": 1}


def test_lo_apartado_no_llena_el_disco(aplicacion, base, elenco):
    app = aplicacion(Limites(apartados=3))
    cliente, envios = app.test_client(), [{**DATOS, "id": str(uuid4()), "nace": "x"} for _ in range(6)]
    hechos = [cliente.post(f"/{elenco.clave}/r", data=envio).status_code for envio in envios]
    assert hechos == [303] * 3 + [429] * 3
    assert cliente.post(f"/{elenco.clave}/r", data=envios[0]).status_code == 303  # ése ya estaba
    assert contar(base)["apartados"] == 3


# --- El número de la sala ---------------------------------------------------------------------------------------------

ATACADA = Limites(ataque=NADA, hoja_atacada=NADA)
"""Sin el número no cabe nadie."""


def test_quien_escribe_el_numero_de_la_sala_se_cuenta_con_todo_lo_que_contesto(aplicacion, base, elenco):
    app, id = aplicacion(ATACADA), str(uuid4())
    cliente, camino = app.test_client(), f"/{elenco.clave}/e/2?idioma=en"
    pide = cliente.post(camino, data={**K, "id": id, "I2": HOSTIL})
    campos = de_espera(pide)
    assert (campos["id"], campos["I2"]) == ([id], [HOSTIL])
    assert {campo: campos[campo][0] for campo in K} == K
    assert "data-bits" not in pide.text  # no se envía sola: ella escribe
    mal = cliente.post(camino, data=campos | {"numero-de-sala": "1234 5678"})
    assert "Ese no es el número" in mal.text
    assert de_espera(mal) == campos
    assert contar(base) == {"asistencia": 0, "urna": 0, "apartados": 0}
    dicho, se_pide = aluvion.de(app).numero(elenco.clave)
    assert se_pide
    assert cliente.post(camino, data=campos | {"numero-de-sala": dicho}).status_code == 303
    assert contar(base) == {"asistencia": 0, "urna": 1, "apartados": 0}
    assert base.execute("SELECT id FROM recibido").fetchone()[0] == id


def test_quien_lleva_el_registro_ve_el_numero_y_cuando_se_pide(aplicacion, elenco):
    app = aplicacion(ATACADA)
    numero, titular, camino = aluvion.de(app).numero(elenco.clave)[0], Oficina(app, "titular"), elenco.evento_id
    assert f"Número de la sala: {numero}. Dígalo sólo si" in titular.texto(f"/panel/eventos/{camino}")
    app.test_client().post(f"/{elenco.clave}/n")
    for quien in (titular, Oficina(app, "promotora")):
        assert f"escríbalo donde se vea: {numero}" in quien.texto(f"/panel/eventos/{camino}")
        assert numero in quien.texto(f"/panel/eventos/{camino}/vivo.json")


def fotografia(base) -> dict[str, list[tuple]]:
    """Toda la base, menos «Por revisar» y las llaves de lo que ahí espera."""
    tablas = [fila[0] for fila in base.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")]
    return {
        tabla: [tuple(fila) for fila in base.execute(f'SELECT * FROM "{tabla}"')]
        for tabla in tablas
        if tabla not in ("cuarentena", "cuaderno", "llave_evento")
    }


def test_lo_apartado_no_esta_en_ninguna_cifra_hasta_que_la_titular_lo_acepta(aplicacion, base, elenco):
    """No queda nada suyo en ninguna otra tabla: panel, informes y publicación no tienen de dónde contarlo."""
    app, vistos = aplicacion(ATACADA), f"/panel/eventos/{elenco.evento_id}/vivo.json"
    cliente, titular = app.test_client(), Oficina(app, "titular")
    cifras, todo = titular.texto(vistos).partition('"hora"')[0], fotografia(base)
    for que in ("r", "e/1", "n"):
        camino, hoja = f"/{elenco.clave}/{que}", {**DATOS, **K}
        cliente.post(camino, data=hoja | {"id": str(uuid4()), "nace": "x"})
        espera = cliente.post(camino, data=con_cuenta(cliente.post(camino, data=hoja)))
        assert cliente.post(camino, data=con_cuenta(espera)).status_code == 303
    assert contar(base) == {"asistencia": 0, "urna": 0, "apartados": 6}
    assert [tuple(f) for f in base.execute("SELECT codigo, count(*) FROM cuarentena GROUP BY 1 ORDER BY 1")] == [
        ("sin_numero", 3), ("sospechoso", 3)
    ]  # fmt: skip
    assert fotografia(base) == todo
    assert titular.texto(vistos).partition('"hora"')[0] == cifras
    assert "Sin el número de la sala" in titular.texto("/panel/cuarentena")
    titular.post("/panel/cuarentena/grupo/aceptacion", codigo="sin_numero", cuantos="3")
    assert contar(base) == {"asistencia": 2, "urna": 1, "apartados": 3}
    assert titular.texto(vistos).partition('"hora"')[0] != cifras  # control: contado, sí se nota
    assert fotografia(base) != todo


# --- Lo que espera -------------------------------------------------------------------------------------------------


def test_la_pagina_de_espera_lleva_todo_lo_contestado_letra_por_letra(aplicacion, base, elenco):
    cliente, id = aplicacion(CERRADA).test_client(), str(uuid4())
    camino = f"/{elenco.clave}/e/2?idioma=en"
    respuesta = cliente.post(camino, data={**K, "id": id, "I2": HOSTIL, "D3": ["a", "b"], "<x>": "y"})
    campos = de_espera(respuesta)
    assert campos["I2"] == [HOSTIL]
    assert campos["D3"] == ["a", "b"]
    assert campos["<x>"] == ["y"]
    assert campos["id"] == [id]
    assert {campo: campos[campo][0] for campo in K} == K
    assert f'action="{camino}"' in respuesta.text
    assert contar(base) == {"asistencia": 0, "urna": 0, "apartados": 0}
    assert cliente.post(camino, data=con_cuenta(respuesta)).status_code == 303
    assert contar(base)["urna"] == 1
    assert base.execute("SELECT id FROM recibido").fetchone()[0] == id


def test_la_espera_no_deja_nada_en_el_telefono_y_lleva_sus_cabeceras(aplicacion, elenco):
    respuesta = aplicacion(CERRADA).test_client().post(f"/{elenco.clave}/n")
    cabeceras = respuesta.headers
    assert cabeceras["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in cabeceras
    assert "unsafe" not in cabeceras["Content-Security-Policy"]
    assert "form-action 'self'" in cabeceras["Content-Security-Policy"]
    assert (cabeceras["X-Content-Type-Options"], cabeceras["Retry-After"]) == ("nosniff", "20")
    pagina = Pagina(respuesta.text)
    assert pagina.titulo == "Registro"
    assert not pagina.sueltos


def test_sin_javascript_se_entra_despues_de_esperar_y_no_antes(aplicacion, base, reloj, elenco):
    cliente = aplicacion(CERRADA).test_client()
    campos = de_espera(cliente.post(f"/{elenco.clave}/r", data=DATOS))
    reloj.avanzar(seconds=8)
    antes_de_tiempo = cliente.post(f"/{elenco.clave}/r", data=campos)
    assert "Cuente 12 segundos" in antes_de_tiempo.text
    assert de_espera(antes_de_tiempo) == campos  # con el mismo pase: no vuelve a empezar
    reloj.avanzar(seconds=12)
    assert cliente.post(f"/{elenco.clave}/r", data=campos).status_code == 303
    assert contar(base)["asistencia"] == 1


def test_un_pase_no_sirve_para_otro_registro(aplicacion, base, elenco):
    cliente = aplicacion(CERRADA).test_client()
    campos = con_cuenta(cliente.post(f"/{elenco.clave}/n"))
    assert cliente.post(f"/{elenco.clave}/n", data=campos | {"id": str(uuid4())}).status_code in (303, 429)
    assert contar(base)["asistencia"] == 0
    assert cliente.post(f"/{elenco.clave}/n", data=campos).status_code == 303
    assert contar(base)["asistencia"] == 1


def test_otra_pagina_no_se_vale_de_la_espera_para_mandar_por_alguien(aplicacion, base, elenco):
    """Si la espera se diera a un envío de otro sitio, ella misma lo mandaría después como si fuera nuestro."""
    cliente = aplicacion(CERRADA).test_client()
    for cabeceras in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://otro.example"}, {"Origin": "null"}):
        for _ in range(30):
            respuesta = cliente.post(f"/{elenco.clave}/n", headers=cabeceras)
            assert respuesta.status_code in (403, 429)
            assert 'name="pase"' not in respuesta.text
    assert contar(base) == {"asistencia": 0, "urna": 0, "apartados": 0}


def test_ni_el_sello_ni_el_pase_se_guardan(aplicacion, datos, base, elenco):
    app = aplicacion(CERRADA)
    cliente, campos = app.test_client(), {}
    for que in ("r", "e/1", "n"):
        campos = con_cuenta(cliente.post(f"/{elenco.clave}/{que}", data={**DATOS, **K}))
        assert cliente.post(f"/{elenco.clave}/{que}", data=campos).status_code == 303
        cliente.post(f"/{elenco.clave}/{que}", data={**K, "id": str(uuid4()), "nace": campos["nace"][0]})
    secretos = [campos[campo][0].encode() for campo in ("nace", "pase")]
    contenidos = [archivo.read_bytes() for archivo in datos.rglob("*") if archivo.is_file()]
    assert not any(secreto in contenido for contenido in contenidos for secreto in secretos)
    assert any(campos["id"][0].encode() in contenido for contenido in contenidos)  # control: el id sí se hallaría


@pytest.mark.parametrize("semilla", range(int(os.environ.get("JORNADA_AVALANCHAS", "5"))))
def test_pase_lo_que_pase_cada_persona_queda_una_sola_vez(oficina, semilla):
    """Insisten, se les pierde la respuesta, esperan, se apartan; al final la titular acepta lo apartado."""
    app, base, clave, cliente = oficina
    azar, ids, esperas = Random(semilla), [str(uuid4()) for _ in range(6)], {}
    limites = Limites(hoja=Ritmo(2, 0), hoja_con_pase=Ritmo(2, 0), sospechosas=Ritmo(2, 0), con_trabajo=MUCHO)
    aluvion.de(app).avalancha = Avalancha(b"x", limites)
    antes = contar(base)["asistencia"]
    sellos, faltan = {id: sellada(app, clave, id) for id in ids}, set(ids)
    while faltan:
        id, que = azar.choice(ids), azar.choice(["manda", "se-pierde", "con-cuenta", "sin-sello"])
        if azar.random() < 0.1:
            aluvion.de(app).avalancha._veces.clear()  # pasaron diez segundos
        envio = {"id": id, "nace": "x"} if que == "sin-sello" else sellos[id]
        if que == "con-cuenta" and id in esperas:
            envio = con_cuenta(esperas[id])
        respuesta = cliente.post(f"/{clave}/n", data=envio)
        if que != "se-pierde":
            esperas[id] = respuesta if respuesta.status_code == 429 else esperas.get(id)
            esperas = {uno: espera for uno, espera in esperas.items() if espera is not None}
            faltan -= {id} if respuesta.status_code == 303 else set()
    hay = contar(base)
    assert hay["asistencia"] - antes + hay["apartados"] == len(ids)
    assert hay["asistencia"] - antes <= 4  # los ritmos se cumplieron
    esperan = [fila["id"] for fila in cuarentena.listar(base)]
    recepcion.reintentar(base, esperan, sello=Instalacion(app.extensions["jornada"].datos).sello, ahora=HORA)
    guardadas = {fila["id"] for fila in base.execute("SELECT id FROM asistencia")}
    assert set(ids) <= guardadas
    assert contar(base) == {"asistencia": antes + len(ids), "urna": 0, "apartados": 0}


@pytest.fixture(scope="module")
def oficina(_datos_preparados, tmp_path_factory):
    """Una sola para todas las semillas; cada una trae sus personas."""
    preparados, elenco = _datos_preparados
    datos = shutil.copytree(preparados, tmp_path_factory.mktemp("avalancha") / "datos")
    app = create_app(datos, reloj=Reloj(), azar=Random(7))
    app.test_client_class = Cliente
    base = conexion.abrir(datos / "privada.db")
    yield app, base, elenco.clave, app.test_client()
    base.conn.close()


def test_el_control_una_espera_que_cambiara_el_id_doblaria(app, base, elenco, cliente, monkeypatch):
    """Si la página de espera llevara otro id, insistir con lo que ya se guardó haría dos."""
    clave = elenco.clave  # en la de arriba, tras cien semillas, el evento ya pasó de 600 y lo demás espera
    aluvion.de(app).avalancha = Avalancha(b"x", Limites(veces=0, con_trabajo=MUCHO))
    buena = aluvion.Aluvion.espera

    def otra(self, clave, hoja, camino, datos, *resto, **mas):
        return buena(self, clave, hoja, camino, {**datos, "id": [str(uuid4())]}, *resto, **mas)

    antes, envio = contar(base)["asistencia"], sellada(app, clave, str(uuid4()))
    for esperar, hay in ((buena, 1), (otra, 2)):
        monkeypatch.setattr(aluvion.Aluvion, "espera", esperar)
        espera = cliente.post(f"/{clave}/n", data=envio)  # ya se había guardado y su respuesta se perdió
        aluvion.de(app).avalancha = Avalancha(b"x", Limites(con_trabajo=MUCHO))
        cliente.post(f"/{clave}/n", data=con_cuenta(espera))
        assert contar(base)["asistencia"] - antes == hay
        aluvion.de(app).avalancha = Avalancha(b"x", Limites(veces=0))
