"""Series, duplicados, lo que se encima, la carta, la hoja de cierre y los trimestres cerrados, en el panel."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from recoleccion.consultas import cartas, cierres, credenciales, eventos, series, trimestres
from tests.elenco import HORA, evento_de_prueba
from tests.recoleccion.vistas.formas_html import campos
from tests.recoleccion.vistas.oficina import Oficina, leer, registrar

CARTA = {
    "objetivo": "Que sepan a dónde llamar.",
    "publico": "Mujeres de la colonia",
    "materiales": "Lona y plumones",
    "momentos": [{"momento": "Bienvenida", "actividad": "Ronda de nombres", "minutos": 15}],
}


@pytest.fixture
def titular(app) -> Oficina:
    return Oficina(app, "titular")


@pytest.fixture
def direccion(elenco) -> str:
    return f"/panel/eventos/{elenco.evento_id}"


def _nueva(titular: Oficina, **cambios: object) -> dict:
    datos = {c: v for c, v in evento_de_prueba().items() if v not in (None, False)}
    datos = {c: "y" if v is True else v for c, v in datos.items()}
    pagina = campos(titular.get("/panel/series/nueva").text, "cuantas")
    return pagina | datos | {"titulo": "Tejer redes", "fecha": "2026-12-02", "cuantas": "3", "paso": "crear"} | cambios


def test_ver_las_fechas_no_crea_nada_y_dice_con_que_se_enciman(titular, base, azar):
    eventos.crear(base, evento_de_prueba(titulo="Feria", fecha="2026-12-09"), HORA, azar)
    datos = _nueva(titular, paso="ver")
    respuesta = titular.post("/panel/series/nueva", **datos)
    assert respuesta.status_code == 200
    pagina = leer(respuesta)
    assert "3 sesiones: así quedarían" in pagina
    assert "miércoles 9 de diciembre de 2026 Se encima con Feria , de 5:00 a 7:00 p. m." in pagina
    assert pagina.count("Se encima con") == 1
    assert series.listar(base) == []


def test_crear_una_serie_y_mandarla_dos_veces(titular, base):
    datos = _nueva(titular, nota="Con lona")
    salidas = [titular.post("/panel/series/nueva", **datos) for _ in range(2)]
    assert [s.status_code for s in salidas] == [303, 303]
    (serie,) = series.listar(base)
    assert {s.headers["Location"] for s in salidas} == {f"/panel/series/{serie['id']}"}
    assert "Esa serie ya estaba guardada" in titular.texto("/panel/series")
    assert base.execute("SELECT count(*) FROM bitacora WHERE objeto LIKE 'serie %'").fetchone()[0] == 1
    assert (serie["nombre"], serie["cuantas"], serie["nota"]) == ("Tejer redes", 3, "Con lona")
    suyas = series.sesiones(base, serie["id"])
    assert [e["fecha"] for e in suyas] == ["2026-12-02", "2026-12-09", "2026-12-16"]
    pagina = titular.texto(f"/panel/series/{serie['id']}")
    assert "Todavía no se hace ninguna sesión" in pagina
    assert "Sesión 3 de 3 de Tejer redes" in titular.texto(f"/panel/eventos/{suyas[2]['id']}")
    de_en_medio = titular.get(f"/panel/eventos/{suyas[1]['id']}").text
    for n, sentido in ((0, "prev"), (2, "next")):
        assert f'<a href="/panel/eventos/{suyas[n]["id"]}" rel="{sentido}">' in de_en_medio
    assert "Tejer redes" in titular.texto("/panel/series")


def test_lo_imposible_de_una_serie_se_dice_y_lo_escrito_sigue(titular, base):
    escrito = "2/12/2026\n31/02/2027"
    respuesta = titular.post("/panel/series/nueva", **_nueva(titular, como="lista", fechas=escrito))
    assert respuesta.status_code == 422
    assert "El 31/02/2027 no existe: ese mes tiene 28 días." in respuesta.text
    assert escrito in respuesta.text.replace("\r\n", "\n")
    assert series.listar(base) == []


def test_una_serie_con_este_evento_trae_todo_lo_suyo(titular, base, elenco):
    cartas.guardar(base, elenco.evento_id, CARTA, vista=None, ahora=HORA)
    eventos.actualizar(base, elenco.evento_id, {"facilitadora": "Elena"})
    pagina = campos(titular.get(f"/panel/series/nueva?de={elenco.evento_id}").text, "cuantas")
    assert (pagina["facilitadora"], pagina["lineas"], pagina["fecha"]) == (["Elena"], ["M4"], ["2026-11-25"])
    datos = pagina | {"fecha": "2026-10-25", "cada": "mes", "cuantas": "3", "titulo": "Cuidarse"}
    previa = leer(titular.post("/panel/series/nueva", **datos | {"paso": "ver"}))
    assert "miércoles 25 de noviembre de 2026 ya existe: es «Violencia digital: cómo cuidarse»" in previa
    assert "Crear las 2 sesiones" in previa
    assert "Se encima" not in previa
    id = titular.post("/panel/series/nueva", **datos | {"paso": "crear"}).headers["Location"].rpartition("/")[2]
    suyas = series.sesiones(base, id)
    assert [(e["fecha"], e["titulo"]) for e in suyas] == [
        ("2026-10-25", "Cuidarse · sesión 1"),
        ("2026-11-25", "Violencia digital: cómo cuidarse"),
        ("2026-12-25", "Cuidarse · sesión 3"),
    ]
    assert {cartas.leer(base, e["id"])["objetivo"] for e in suyas} == {CARTA["objetivo"]}


def test_el_evento_se_queda_fuera_de_la_serie_si_no_se_marca_o_si_ya_es_de_otra(titular, base, elenco, direccion):
    sin_marcar = campos(titular.get(f"/panel/series/nueva?de={elenco.evento_id}").text, "cuantas")
    del sin_marcar["incluye"]
    datos = {"fecha": "2026-12-02", "cuantas": "1", "paso": "crear"}
    id = titular.post("/panel/series/nueva", **sin_marcar | datos).headers["Location"].rpartition("/")[2]
    assert [e["fecha"] for e in series.sesiones(base, id)] == ["2026-12-02"]
    una = series.sesiones(base, id)[0]["id"]
    pagina = campos(titular.get(f"/panel/series/nueva?de={una}").text, "cuantas")
    assert "incluye" not in pagina
    titular.post("/panel/series/nueva", **pagina | {"fecha": "2027-01-06", "paso": "crear", "incluye": "y"})
    assert [e["id"] for e in series.sesiones(base, id)] == [una]
    cambio = campos(titular.get(f"{direccion}/editar").text, "visto") | {"serie_id": id}
    assert titular.post(f"{direccion}/editar", **cambio).status_code == 303
    assert [e["id"] for e in series.sesiones(base, id)] == [elenco.evento_id, una]


def test_agregar_sesiones_y_cambiarle_el_nombre(titular, base):
    direccion = titular.post("/panel/series/nueva", **_nueva(titular)).headers["Location"]
    id = direccion.rpartition("/")[2]
    mala = titular.post(f"{direccion}/sesiones", fechas="30/2/2027")
    assert mala.status_code == 422
    assert "El 30/02/2027 no existe" in mala.text
    for frase in ("La serie tiene 1 sesión nueva.", "Esas fechas ya tenían sesión"):
        assert titular.post(f"{direccion}/sesiones", fechas="6/1/2027").status_code == 303
        assert frase in titular.texto(direccion)
    assert titular.post(f"{direccion}/editar", nombre="", nota="").status_code == 422
    assert titular.post(f"{direccion}/editar", nombre="Otro nombre", nota="").status_code == 303
    assert (series.leer(base, id)["nombre"], series.listar(base)[0]["cuantas"]) == ("Otro nombre", 4)
    assert titular.get("/panel/series/no-es").status_code == 404


def test_la_pagina_de_la_serie_dice_quien_permanece(titular, base, instalacion, azar):
    datos = evento_de_prueba(encuestas=[])
    id = "0b4f3c1e-0000-4000-8000-000000000002"
    fechas = ["2026-11-11", "2026-11-18", "2026-12-02"]
    series.crear(base, id=id, nombre="Tejer", nota=None, datos=datos, fechas=fechas, ahora=HORA, azar=azar)
    ana, bety = (token for _, token in credenciales.imprimir(base, 2, HORA, azar))
    una, otra, _ = series.sesiones(base, id)
    registrar(base, instalacion, una["id"], azar, cuantas=3)
    for evento, token in ((una, ana), (otra, ana), (otra, bety)):
        registrar(base, instalacion, evento["id"], azar, modo="credencial", credencial=token)
    pagina = titular.texto(f"/panel/series/{id}")
    assert "1 persona permanece Vinieron a 2 o más de 2 sesiones hechas." in pagina
    assert "50 % de 2 personas que vinieron con credencial" in pagina
    assert "3 asistencias sin credencial" in pagina
    assert "Sesión 2 · Casa de la Cultura" in pagina


def test_duplicar_trae_todo_menos_la_fecha_y_el_codigo(titular, base, elenco, direccion):
    institucion = base.execute("SELECT id FROM institucion LIMIT 1").fetchone()[0]
    eventos.actualizar(base, elenco.evento_id, {"instituciones": [institucion], "avisa_fotos": True})
    cartas.guardar(base, elenco.evento_id, CARTA, vista=None, ahora=HORA)
    assert f"/panel/eventos/nuevo?de={elenco.evento_id}" in titular.get(direccion).text
    pagina = campos(titular.get(f"/panel/eventos/nuevo?de={elenco.evento_id}").text, "titulo")
    assert pagina["fecha"] == [""]
    assert titular.post("/panel/eventos/nuevo", **pagina).status_code == 422
    salidas = [titular.post("/panel/eventos/nuevo", **pagina | {"fecha": "2026-12-01"}) for _ in range(2)]
    (nuevo,) = {salida.headers["Location"] for salida in salidas}
    copia, suyo = eventos.leer(base, nuevo.rpartition("/")[2]), eventos.leer(base, elenco.evento_id)
    distintas = {c for c in suyo if suyo[c] != copia[c]}
    assert distintas == {"id", "fecha", "clave", "estado", "creado_en", "abierto_en", "revision"}
    assert cartas.leer(base, copia["id"])["momentos"] == CARTA["momentos"]
    assert len(eventos.listar(base, texto=suyo["titulo"])) == 2


def test_el_evento_avisa_con_que_se_encima_pero_no_lo_impide(titular, base, elenco, direccion):
    pagina = campos(titular.get(f"/panel/eventos/nuevo?de={elenco.evento_id}").text, "titulo")
    datos = pagina | {"fecha": "2026-11-25", "hora_inicio": "18:00", "hora_fin": "20:00", "titulo": "Otra"}
    otra = titular.post("/panel/eventos/nuevo", **datos)
    assert otra.status_code == 303
    assert "en la misma sede y a la misma hora, también está Otra" in titular.texto(direccion)
    assert "también está Violencia digital" in titular.texto(otra.headers["Location"])
    titular.post(f"{otra.headers['Location']}/cancelacion")
    assert "también está" not in titular.texto(direccion)


def test_editar_no_quita_a_la_institucion_que_ya_se_retiro(titular, base, elenco, direccion):
    id = base.execute("SELECT id FROM institucion ORDER BY orden LIMIT 1").fetchone()[0]
    eventos.actualizar(base, elenco.evento_id, {"instituciones": [id]})
    base.execute("UPDATE institucion SET quitada_en = '2026-11-01' WHERE id = ?", [id])
    pagina = campos(titular.get(f"{direccion}/editar").text, "visto")
    assert titular.post(f"{direccion}/editar", **pagina | {"sede": "Escuela"}).status_code == 303
    evento = eventos.leer(base, elenco.evento_id)
    assert (evento["sede"], evento["instituciones"]) == ("Escuela", [id])
    assert base.execute("SELECT nombre FROM institucion WHERE id = ?", [id]).fetchone()[0] in titular.texto(direccion)
    assert id not in titular.get("/panel/eventos/nuevo").text


def test_quien_facilita_y_el_aviso_de_fotos_salen_en_la_lista(titular, base, elenco, direccion):
    def lista() -> str:
        respuesta = titular.get(f"{direccion}/lista.pdf?vacia=1")
        return " ".join(PdfReader(BytesIO(respuesta.data)).pages[0].extract_text().split())

    assert "Elena Vargas" not in lista()
    assert "habrá fotos" not in lista()
    eventos.actualizar(base, elenco.evento_id, {"facilitadora": "Elena Vargas", "avisa_fotos": True})
    assert "Facilitadora: Elena Vargas" in lista()
    assert "Se avisó que habrá fotos." in lista()
    assert "Elena Vargas" in titular.texto(f"{direccion}/lista")
    nuevo = titular.get("/panel/eventos/nuevo").text
    for lista, texto in (("sede", "Casa de la Cultura"), ("facilitadora", "Elena Vargas")):
        assert f'list="{lista}s-usadas"' in nuevo
        assert f'<datalist id="{lista}s-usadas"><option value="{texto}"></option></datalist>' in nuevo


def test_la_carta_se_escribe_se_imprime_y_no_se_pisa(titular, base, elenco, direccion):
    abierta = campos(titular.get(f"{direccion}/carta").text, "objetivo")
    escrita = abierta | {"objetivo": "Cuidarse", "actividad-1": "Ronda", "minutos-1": "15", "momento-3": "Cierre"}
    assert titular.post(f"{direccion}/carta", **escrita | {"mas": "1"}).headers["Location"].endswith("/carta?mas=1")
    assert [m["momento"] for m in cartas.leer(base, elenco.evento_id)["momentos"]] == ["", "Cierre"]
    assert "momento-6" in titular.get(f"{direccion}/carta?mas=1").text
    assert "Suman 15 minutos y el evento dura 120: faltan 105 por repartir" in titular.texto(f"{direccion}/carta")
    choque = titular.post(f"{direccion}/carta", **abierta | {"objetivo": "Lo mío", "actividad-1": "Otra"})
    assert choque.status_code == 409
    for texto in ("Lo mío", "Cuidarse", "Ronda", "otra persona guardó esta carta"):
        assert texto in leer(choque)
    assert titular.post(f"{direccion}/carta", **campos(choque.text, "objetivo")).status_code == 303
    assert cartas.leer(base, elenco.evento_id)["objetivo"] == "Lo mío"
    hoja = PdfReader(BytesIO(titular.get(f"{direccion}/carta.pdf").data)).pages[0].extract_text()
    assert "Lo mío" in hoja
    assert titular.post(f"{direccion}/carta", **abierta | {"minutos-1": "-3"}).status_code == 422


def test_la_hoja_de_cierre_compara_y_no_se_pisa(titular, base, instalacion, elenco, azar, direccion):
    registrar(base, instalacion, elenco.evento_id, azar, cuantas=3)
    pagina = f"{direccion}/hoja-de-cierre"
    abierta = campos(titular.get(pagina).text, "contadas")
    assert titular.post(pagina, **abierta | {"contadas": "-4"}).status_code == 422
    assert titular.post(pagina, **abierta | {"contadas": "4", "nota": "Faltaron sillas"}).status_code == 303
    assert "1 persona sin registrar (75 % quedó en la lista)." in titular.texto(pagina)
    assert "Se contaron 4 personas; registradas, 3." in titular.texto(direccion)
    choque = titular.post(pagina, **abierta | {"contadas": "7"})
    assert choque.status_code == 409
    assert "Faltaron sillas" in leer(choque)
    assert 'value="7"' in choque.text
    assert cierres.leer(base, elenco.evento_id)["contadas"] == 4


# --- Un trimestre ya cerrado -----------------------------------------------------------------------------------------


@pytest.fixture
def viejo(base, azar) -> str:
    """Un evento de un trimestre que ya se cerró."""
    id = eventos.crear(base, evento_de_prueba(fecha="2026-08-12", lineas=["M4", "A8"]), HORA, azar)
    trimestres.cerrar(base, 2026, 3, ahora=HORA, quien="titular")
    return id


def _anotados(base) -> list[tuple]:
    filas = trimestres.cambios(base, 2026)
    columnas = ("linea", "que", "antes", "despues", "justificacion")
    return sorted(tuple(f[c] or "" for c in columnas) for f in filas if f["linea"])


def test_editar_lo_de_un_trimestre_cerrado_pide_por_que_y_lo_anota(titular, base, viejo):
    direccion = f"/panel/eventos/{viejo}/editar"
    abierta = campos(titular.get(direccion).text, "visto")
    assert abierta["justificacion"] == [""]
    sin_razon = titular.post(direccion, **abierta | {"sede": "Escuela"})
    assert sin_razon.status_code == 422
    assert "El tercer trimestre de 2026 ya está cerrado." in sin_razon.text
    assert 'value="Escuela"' in sin_razon.text
    assert eventos.leer(base, viejo)["sede"] == "Casa de la Cultura"
    con_razon = campos(sin_razon.text, "visto") | {"justificacion": "Se tecleó mal la sede"}
    assert titular.post(direccion, **con_razon).status_code == 303
    que = "evento «Violencia digital: cómo cuidarse»"
    cambio = (que, "Sede: Casa de la Cultura", "Sede: Escuela", "Se tecleó mal la sede")
    assert _anotados(base) == [("A8", *cambio), ("M4", *cambio)]


def test_guardar_sin_cambiar_nada_no_pide_por_que(titular, base, viejo):
    direccion = f"/panel/eventos/{viejo}/editar"
    assert titular.post(direccion, **campos(titular.get(direccion).text, "visto")).status_code == 303
    assert _anotados(base) == []


def test_mover_crear_cancelar_y_reabrir_en_un_trimestre_cerrado_tambien(titular, base, elenco, viejo, direccion):
    antes = len(eventos.listar(base))
    hoy = campos(titular.get(f"{direccion}/editar").text, "visto")
    nuevo = campos(titular.get(f"/panel/eventos/nuevo?de={viejo}").text, "titulo") | {"fecha": "2026-07-01"}
    serie = _nueva(titular, fecha="2026-09-30")
    for pagina, datos in (
        (f"{direccion}/editar", hoy | {"fecha": "2026-09-30"}),
        ("/panel/eventos/nuevo", nuevo),
        ("/panel/series/nueva", serie),
        (f"/panel/eventos/{viejo}/cancelacion", {}),
    ):
        sin_razon = titular.post(pagina, **datos)
        assert sin_razon.status_code == 422, pagina
        assert "ya está cerrado" in sin_razon.text
    assert eventos.leer(base, elenco.evento_id)["fecha"] == "2026-11-25"
    assert (eventos.leer(base, viejo)["estado"], len(eventos.listar(base)), series.listar(base)) == (
        "programado",
        antes,
        [],
    )
    razon = {"justificacion": "Llegó tarde el reporte"}
    for paso in ("cancelacion", "reapertura"):
        assert titular.post(f"/panel/eventos/{viejo}/{paso}", **razon).status_code == 303
    assert titular.post("/panel/eventos/nuevo", **nuevo | razon).status_code == 303
    assert titular.post("/panel/series/nueva", **serie | razon).status_code == 303
    assert {fila[-1] for fila in _anotados(base)} == {"Llegó tarde el reporte"}
    assert len(_anotados(base)) == 2 + 2 + 2 + 1


def test_quien_choca_no_pierde_su_justificacion(titular, base, viejo):
    direccion = f"/panel/eventos/{viejo}/editar"
    una, otra = (campos(titular.get(direccion).text, "visto") for _ in range(2))
    titular.post(direccion, **una | {"sede": "Escuela", "justificacion": "Primera"})
    choque = titular.post(direccion, **otra | {"titulo": "Otro", "justificacion": "Segunda"})
    assert choque.status_code == 409
    assert titular.post(direccion, **campos(choque.text, "visto")).status_code == 303
    evento = eventos.leer(base, viejo)
    assert (evento["titulo"], evento["sede"]) == ("Otro", "Escuela")
    assert {fila[-1] for fila in _anotados(base)} == {"Primera", "Segunda"}
