"""La cuarentena en el panel: por qué espera cada registro y cómo se resuelve, de uno en uno o muchos de una vez."""

import re

import pytest

from recoleccion.consultas import bitacora, cuarentena, dispositivos
from recoleccion.protocolo.decision import MENSAJES
from recoleccion.vistas.panel.razones import RAZONES
from tests.elenco import HORA
from tests.recoleccion.fabrica import Fabrica, contar
from tests.recoleccion.vistas.oficina import Oficina, leer

GRUPO = "/panel/cuarentena/grupo"


@pytest.fixture
def titular(app, elenco) -> Oficina:
    return Oficina(app, "titular")


@pytest.fixture
def fabrica(instalacion, elenco) -> Fabrica:
    return Fabrica(instalacion.sello, elenco.evento_id)


@pytest.fixture
def robado(base, elenco, azar) -> str:
    id, _ = dispositivos.alta(base, "Teléfono robado", elenco.promotora.id, HORA, azar)
    dispositivos.revocar(base, id, HORA)
    return id


@pytest.fixture
def en_conflicto(base, fabrica) -> tuple[dict, dict, str]:
    """La contada, la que llegó después con su mismo número, y el id de ésta en la cuarentena."""
    una = fabrica.asistencia(nombre="Rosa Secreta", sexo="M", edad="30-44")
    otra = una | {"datos": una["datos"] | {"nombre": "Lupe Oculta", "edad": "60+", "procedencia": "rancho"}}
    assert fabrica.mandar(base, una, otra) == ["aceptado", "conflicto"]
    return una, otra, cuarentena.listar(base)[0]["id"]


def acciones(base) -> list[tuple[str, str]]:
    return [(fila["accion"], fila["detalle"]) for fila in bitacora.listar(base)]


def test_cada_razon_del_protocolo_tiene_su_explicacion_en_espanol():
    assert RAZONES["sobre_ilegible"].titulo == "No se pudieron leer"  # y preguntarlo no cambia la tabla
    ilegibles = {codigo for codigo in MENSAJES if codigo not in RAZONES} - {"solo_se_cuenta"}
    assert ilegibles == {"id_ilegible", "sobre_ilegible", "registro_ilegible", "id_distinto"}
    assert all(razon.consejo.endswith(".") and razon.titulo for razon in RAZONES.values())


def test_doscientos_registros_de_un_telefono_dado_de_baja_se_aceptan_con_dos_toques(titular, base, fabrica, robado):
    registros = [fabrica.asistencia() for _ in range(150)] + [fabrica.contestacion(S1="buena") for _ in range(50)]
    fabrica.mandar(base, *registros, dispositivo_id=robado)
    lista = titular.get("/panel/cuarentena")
    assert "200 registros esperan" in leer(lista)
    [toque] = re.findall(r'<a class="boton principal" href="([^"]+)"', lista.text)  # uno
    pagina = titular.get(toque)
    assert "Aceptar y contar los 200" in leer(pagina)
    formulario = pagina.text.split('action="/panel/cuarentena/grupo/aceptacion"')[1].split("</form>")[0]
    campos = dict(re.findall(r'name="(\w+)" value="([^"]*)"', formulario))
    campos.pop("csrf_token")
    titular.post(GRUPO + "/aceptacion", **campos)  # dos
    assert (contar(base, "asistencia"), contar(base, "urna"), cuarentena.contar(base)) == (150, 50, 0)
    assert "Ya se contaron los 200" in titular.texto("/panel/cuarentena")
    assert acciones(base)[0] == ("aceptar lo que espera", "200 registros")


def test_se_resuelve_lo_de_un_solo_telefono_y_lo_demas_sigue(titular, base, fabrica, robado, elenco, azar):
    otro, _ = dispositivos.alta(base, "Moto vieja", elenco.promotora.id, HORA, azar)
    dispositivos.revocar(base, otro, HORA)
    fabrica.mandar(base, *[fabrica.conteo() for _ in range(3)], dispositivo_id=robado)
    fabrica.mandar(base, *[fabrica.conteo() for _ in range(2)], dispositivo_id=otro)
    lista = titular.texto("/panel/cuarentena")
    assert "Teléfono robado : 3 registros" in lista
    assert "Moto vieja : 2 registros" in lista
    assert "del teléfono «Moto vieja»" in titular.texto(f"{GRUPO}?codigo=dispositivo_revocado&telefono={otro}")
    titular.post(GRUPO + "/aceptacion", codigo="dispositivo_revocado", telefono=otro, cuantos="2")
    assert (contar(base, "asistencia"), cuarentena.contar(base)) == (2, 3)
    titular.post(GRUPO + "/descarte", codigo="dispositivo_revocado", cuantos="3", resolucion="Los inventó otra persona")
    assert (contar(base, "asistencia"), cuarentena.contar(base)) == (2, 0)
    assert acciones(base)[0] == ("descartar lo que espera", "3 registros: Los inventó otra persona")


def test_solo_se_resuelve_lo_que_la_titular_vio(titular, base, fabrica, robado):
    fabrica.mandar(base, fabrica.conteo(), dispositivo_id=robado)
    for accion in ("aceptacion", "descarte"):
        respuesta = titular.post(f"{GRUPO}/{accion}", codigo="dispositivo_revocado", cuantos="7", resolucion="x")
        assert respuesta.status_code == 422
        assert "Mientras usted decidía cambió la lista" in leer(respuesta)
    assert (contar(base, "asistencia"), cuarentena.contar(base)) == (0, 1)


def test_no_se_descarta_sin_decir_por_que(titular, base, fabrica, robado):
    fabrica.mandar(base, fabrica.conteo(), dispositivo_id=robado)
    id = cuarentena.listar(base)[0]["id"]
    grupo = titular.post(GRUPO + "/descarte", codigo="dispositivo_revocado", cuantos="1", resolucion="  ")
    uno = titular.post(f"/panel/cuarentena/{id}/revision")
    for respuesta in (grupo, uno):
        assert respuesta.status_code == 422
        assert "Escriba por qué" in leer(respuesta)
    assert cuarentena.contar(base) == 1


def test_lo_descartado_por_error_se_recupera_y_lo_contado_no(titular, base, fabrica, robado):
    fabrica.mandar(base, fabrica.conteo(), fabrica.conteo(), dispositivo_id=robado)
    uno, otro = (fila["id"] for fila in cuarentena.listar(base))
    titular.post(f"/panel/cuarentena/{uno}/revision", resolucion="Me equivoqué")
    titular.post(f"/panel/cuarentena/{otro}/reintento")
    pagina = titular.get("/panel/cuarentena").text
    assert f"/panel/cuarentena/{uno}/recuperacion" in pagina
    assert f"/panel/cuarentena/{otro}/recuperacion" not in pagina
    titular.post(f"/panel/cuarentena/{uno}/recuperacion")
    titular.post(f"/panel/cuarentena/{otro}/recuperacion")
    assert [fila["id"] for fila in cuarentena.listar(base)] == [uno]
    assert contar(base, "asistencia") == 1


def test_dos_con_el_mismo_numero_se_comparan_sin_nombres(titular, en_conflicto):
    _, _, id = en_conflicto
    pagina = titular.texto(f"/panel/cuarentena/{id}")
    assert "El que ya se contó" in pagina
    assert "El que llegó después" in pagina
    assert "Edad De 30 a 44" in pagina
    assert "Edad 60 años o más" in pagina
    for nombre in ("Rosa", "Secreta", "Lupe", "Oculta"):
        assert nombre not in pagina


def test_de_dos_con_el_mismo_numero_se_queda_el_que_llego_despues(titular, base, fabrica, en_conflicto):
    una, _, id = en_conflicto
    base.execute("UPDATE asistencia SET lote = '2026-10'")
    base.conn.commit()
    titular.post(f"/panel/cuarentena/{id}/cambio", resolucion="La primera fue de prueba")
    fila = base.execute("SELECT id, edad, procedencia, lote FROM asistencia").fetchone()
    assert tuple(fila) == (una["id"], "60+", "rancho", "2026-10")
    assert cuarentena.contar(base) == 0
    assert acciones(base)[0] == ("cambiar lo contado por lo que espera", "La primera fue de prueba")
    # La quitada se conserva y se puede volver a poner, con su nombre.
    quitada = next(f for f in cuarentena.listar(base, resueltas=True) if not f["contado"])
    titular.post(f"/panel/cuarentena/{quitada['id']}/recuperacion")
    titular.post(f"/panel/cuarentena/{quitada['id']}/cambio", resolucion="Era la buena")
    assert base.execute("SELECT edad FROM asistencia").fetchone()["edad"] == "30-44"
    assert contar(base, "asistencia") == contar(base, "recibido") == 1


def test_las_dos_versiones_de_un_conflicto_resuelto_se_contestan_repetido(titular, base, fabrica):
    registro = fabrica.asistencia()
    uno, otro = fabrica.sellar(registro), fabrica.sellar(registro)
    fabrica.recibir(base, uno, otro)
    titular.post(f"/panel/cuarentena/{cuarentena.listar(base)[0]['id']}/cambio", resolucion="Es la buena")
    assert [acuse["estado"] for acuse in fabrica.recibir(base, uno, otro)] == ["repetido", "repetido"]


def test_lo_ya_contado_se_puede_dejar(titular, base, en_conflicto):
    _, _, id = en_conflicto
    titular.post(f"/panel/cuarentena/{id}/revision", resolucion="La primera es la buena")
    assert base.execute("SELECT edad FROM asistencia").fetchone()["edad"] == "30-44"
    assert cuarentena.contar(base) == 0


def test_una_encuesta_ya_contada_no_se_quita(titular, base, fabrica):
    una = fabrica.contestacion(S1="muy_buena")
    fabrica.mandar(base, una, una | {"datos": una["datos"] | {"respuestas": {"S1": ["mala"]}}})
    id = cuarentena.listar(base)[0]["id"]
    pagina = titular.texto(f"/panel/cuarentena/{id}")
    assert "Una encuesta" in pagina
    assert "mala" not in pagina.lower()
    titular.post(f"/panel/cuarentena/{id}/cambio", resolucion="x")
    assert "No se pudo cambiar" in titular.texto("/panel/cuarentena")
    assert (contar(base, "urna"), cuarentena.contar(base)) == (1, 1)


def test_un_conflicto_no_se_acepta_en_grupo(titular, base, en_conflicto):
    pagina = titular.texto(f"{GRUPO}?codigo=otro_contenido")
    assert "Comparar el" in pagina
    assert "Aceptar y contar" not in pagina


def test_un_grupo_que_ya_no_existe_regresa_a_la_lista(titular):
    for direccion in (GRUPO, GRUPO + "?codigo=nada&telefono=x", "/panel/cuarentena/no-existe"):
        assert titular.get(direccion).headers["Location"] == "/panel/cuarentena"
    for accion in ("aceptacion", "descarte"):
        assert titular.post(f"{GRUPO}/{accion}", codigo="nada", resolucion="x").status_code == 303
