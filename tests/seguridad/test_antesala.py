"""Antes de Flask: qué se da cuando ya hay quien espere turno, y que nada cambie por lo que manda otra página."""

import re
from uuid import uuid4

import pytest

from recoleccion.vistas import aluvion, antesala, seguridad
from tests.recoleccion.vistas.oficina import Oficina
from tests.recoleccion.vistas.paginas import DATOS, K, Pagina

FICHA = re.compile(r'name="(?:id|nace)" value="[^"]+"')


@pytest.fixture
def apretada(app, monkeypatch):
    """Con quinientas peticiones esperando turno; devuelve cómo cambiarlo. Lo guardado no caduca, tarde lo que tarde."""
    monkeypatch.setattr(antesala, "DURA", 1e9)

    def poner(cuantas: int):
        aluvion.de(app).presion = lambda: cuantas
        return app.test_client()

    return poner


# --- Con prisa -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("que", "lleno"), [("", {}), ("r", DATOS), ("e/1", K)], ids=["evento", "registro", "encuesta"])
def test_una_pagina_ya_hecha_es_la_misma_con_otro_id_y_su_sello(app, apretada, base, elenco, que, lleno):
    camino, cliente = f"/{elenco.clave}/{que}".rstrip("/"), apretada(antesala.APRIETA)
    de_siempre, paginas = apretada(0).get(camino), [apretada(antesala.APRIETA).get(camino) for _ in range(3)]
    campos = [Pagina(pagina.text).valores for pagina in paginas]
    assert len({uno["id"] for uno in campos}) == 3
    for pagina in paginas:
        assert FICHA.sub("", pagina.text) == FICHA.sub("", de_siempre.text)
        for cabecera in ("Content-Security-Policy", "Cache-Control", "Content-Type", "X-Content-Type-Options"):
            assert pagina.headers[cabecera] == de_siempre.headers[cabecera]
        assert "Set-Cookie" not in pagina.headers
    destino = f"/{elenco.clave}/{que or 'n'}"
    for uno in campos:
        enviado = cliente.post(destino, data=lleno | {"id": uno["id"], "nace": uno["nace"]})
        assert enviado.status_code == 303
    assert base.execute("SELECT count(*) FROM recibido").fetchone()[0] == 3
    assert base.execute("SELECT count(*) FROM cuarentena").fetchone()[0] == 0


def test_dar_una_pagina_ya_hecha_no_toca_la_base(apretada, elenco, monkeypatch):
    cliente, camino = apretada(antesala.MUCHA), f"/{elenco.clave}/r"
    apretada(antesala.APRIETA).get(camino)

    def tocada(*_como, **_mas):
        raise AssertionError("tocó la base")

    monkeypatch.setattr("recoleccion.consultas.conexion.abrir", tocada)
    assert apretada(antesala.MUCHA).get(camino, headers={"Accept-Encoding": "gzip"}).status_code == 200
    monkeypatch.setattr(antesala, "DURA", -1.0)  # control: al caducar, sí se hace otra vez
    assert cliente.get(camino).status_code == 500


def test_lo_que_nadie_ha_pedido_aguarda_y_la_oficina_no(app, apretada, elenco):
    cliente = apretada(antesala.MUCHA)
    for camino in ("/panel/entrar", f"/{elenco.clave}/r", "/ABCDEF", "/no/existe"):
        respuesta = cliente.get(camino)
        assert respuesta.status_code == 429, camino
        assert 'http-equiv="refresh"' in respuesta.text
        assert respuesta.headers["Retry-After"] == "4"
        for cabecera, valor in seguridad.DE_ERROR:
            assert respuesta.headers[cabecera] == valor
    assert cliente.get("/api/v1/paquete").status_code == 429
    assert cliente.get("/api/v1/paquete", headers={"Authorization": "Bearer x"}).status_code == 401
    for camino in (f"/{elenco.clave}/r", "/panel/entrar"):  # un permiso inventado no adelanta
        assert cliente.get(camino, headers={"Authorization": "Bearer x"}).status_code == 429
    apretada(0)
    titular = Oficina(app, "titular")
    apretada(antesala.MUCHA)
    assert titular.get("/panel/").status_code == 200
    assert cliente.get("/panel/", headers={"Cookie": "sesion=inventada"}).status_code == 429


def test_sin_prisa_nada_se_guarda_y_cada_pagina_es_de_ahora(app, apretada, elenco, base):
    cliente = apretada(antesala.APRIETA - 1)
    assert cliente.get(f"/{elenco.clave}").status_code == 200
    base.execute("UPDATE evento SET sede = 'Otra sede'")
    base.conn.commit()
    assert "Otra sede" in cliente.get(f"/{elenco.clave}").text


def test_una_pagina_en_que_no_se_halla_el_id_no_se_da_a_dos_personas(apretada, elenco, monkeypatch):
    """Si un día cambia la plantilla: con el mismo id, dos que asisten sin nombre serían una."""
    monkeypatch.setattr(antesala, "_NACE", re.compile(rb"nunca"))
    cliente = apretada(antesala.APRIETA)
    assert len({Pagina(cliente.get(f"/{elenco.clave}").text).valores["id"] for _ in range(3)}) == 3


def test_lo_guardado_tampoco_llena_la_memoria(app, apretada, monkeypatch):
    """Cada ``?v=`` es otra página: el archivo más grande, pedido con muchos, ocuparía cientos de megas."""
    cliente = apretada(antesala.APRIETA)
    for v in range(40):
        assert cliente.get(f"/static/vendor/zxing_reader.wasm?v={v}").status_code == 200
    assert 0 < sum(hecha.peso for hecha in app.wsgi_app._hechas.values()) <= antesala._BYTES


def test_las_paginas_guardadas_tienen_tope(app, apretada, monkeypatch):
    monkeypatch.setattr(antesala, "_PAGINAS", 2)
    cliente = apretada(antesala.APRIETA)
    for camino in ("/ayuda", "/salir", "/", "/?v=1", "/?v=2"):
        assert cliente.get(camino).status_code == 200
    assert len(app.wsgi_app._hechas) == 2


# --- De dónde viene --------------------------------------------------------------------------------------------------


def rutas(app) -> list[tuple[str, str]]:
    """Cada ruta que cambia algo, con sus huecos llenos de cualquier cosa."""
    todas = []
    for regla in app.url_map.iter_rules():
        llena = re.sub(r"<int:\w+>", "1", re.sub(r"<(?:string:|path:)?\w+>", "x", regla.rule))
        todas += [(metodo, llena) for metodo in regla.methods - {"GET", "HEAD", "OPTIONS"}]
    return sorted(set(todas))


def que_dejan_pasar(app, cabeceras: dict[str, str]) -> list[tuple[str, str]]:
    titular = Oficina(app, "titular")
    ficha = {"X-CSRFToken": titular.ficha()}
    pasan = []
    for metodo, ruta in rutas(app):
        estado = titular.cliente.open(ruta, method=metodo, headers=cabeceras | ficha).status_code
        con_permiso = ruta.startswith(("/api/", "/campo/api/", "/openrosa/"))
        if estado not in ((401, 403) if con_permiso else (403, 429)):
            pasan.append((metodo, ruta))
    return pasan


@pytest.mark.parametrize(
    "cabeceras",
    [{"Sec-Fetch-Site": "same-site"}, {"Origin": "null"}],
    ids=lambda cabeceras: "-".join(cabeceras.values()),
)
def test_ninguna_ruta_cambia_nada_por_lo_que_manda_otra_pagina(app, cabeceras):
    assert len(rutas(app)) > 80
    assert que_dejan_pasar(app, cabeceras) == []


def test_el_control_sin_la_revision_se_nota(app):
    app.before_request_funcs[None].remove(seguridad._procedencia)
    assert len(que_dejan_pasar(app, {"Sec-Fetch-Site": "cross-site"})) > 50


@pytest.mark.parametrize("camino", ["/panel/", "/panel/eventos", "/campo/entrar"])
def test_otra_pagina_no_pide_por_dentro_lo_de_la_oficina(app, camino):
    titular = Oficina(app, "titular")
    for modo, destino in (("no-cors", "image"), ("cors", "empty"), ("navigate", "iframe"), ("navigate", "object")):
        cabeceras = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": modo, "Sec-Fetch-Dest": destino}
        assert titular.cliente.get(camino, headers=cabeceras).status_code == 403
    enlace = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert titular.cliente.get(camino, headers=enlace).status_code != 403
    propia = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
    assert titular.cliente.get(camino, headers=propia).status_code != 403


def test_quien_no_es_un_navegador_no_tiene_que_decir_de_donde_viene(app, elenco):
    """ODK Collect y los teléfonos de la oficina traen su permiso; no hay a quién suplantar."""
    respuesta = app.test_client().post(f"/{elenco.clave}/n", data={"id": str(uuid4())})
    assert respuesta.status_code == 303
