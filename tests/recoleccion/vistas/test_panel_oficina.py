"""El directorio, el aviso, los ajustes, los teléfonos y lo que se revisa."""

import json
import re

import pytest

from recoleccion import reglas
from recoleccion.consultas import ajustes, avisos, directorio, dispositivos, recepcion
from tests.elenco import HORA
from tests.recoleccion.vistas.oficina import Oficina, contestar, leer

AJUSTES = {
    "oficina": "CE-MUJER",
    "municipio": "Valle de Guadalupe",
    "host_publico": "https://registro.ejemplo.mx",
    "modo": "prueba",
}
PROPIA = {"nombre": "CE-MUJER", "servicio": "Orientación", "telefono": "378 123 4567", "propia": "y", "en_ayuda": "y"}


@pytest.fixture
def titular(app) -> Oficina:
    return Oficina(app, "titular")


def ultima(base) -> str:
    return base.execute("SELECT accion FROM bitacora ORDER BY id DESC").fetchone()["accion"]


def test_no_se_pasa_a_produccion_sin_el_telefono_propio_verificado(titular, base):
    respuesta = titular.post("/panel/ajustes", **AJUSTES | {"modo": "produccion"})
    assert respuesta.status_code == 422
    assert "falta el teléfono de su oficina" in leer(respuesta)
    assert ajustes.leer(base, "modo") == "prueba"

    titular.post("/panel/directorio/nueva", **PROPIA)
    assert titular.post("/panel/ajustes", **AJUSTES | {"modo": "produccion"}).status_code == 422

    propia = next(linea for linea in directorio.listar(base) if linea["propia"])
    titular.post(f"/panel/directorio/{propia['id']}/verificacion")
    falta_aviso = titular.post("/panel/ajustes", **AJUSTES | {"modo": "produccion"})
    assert falta_aviso.status_code == 422
    assert "«[completar: …]»" in leer(falta_aviso)
    avisos.nuevo(base, simplificado="Corto", integral="Completo", leido="Para leer", ahora=HORA)
    assert titular.post("/panel/ajustes", **AJUSTES | {"modo": "produccion"}).status_code == 303
    assert ajustes.leer(base, "modo") == "produccion"
    assert ultima(base) == "guardar ajustes"


@pytest.mark.parametrize(
    ("escrito", "guardado"),
    [
        ("registro.ejemplo.mx", "https://registro.ejemplo.mx"),
        ("HTTP://Registro.Ejemplo.mx:8000/", "http://registro.ejemplo.mx:8000"),
        ("https://x.mx/ruta", None),
        ("ftp://x.mx", None),
        ("https://x.mx:noesnumero", None),
        ("hola mundo", None),
        ("https://usuario@x.mx", None),
    ],
)
def test_la_direccion_del_sitio_se_guarda_limpia_o_se_explica(titular, base, escrito, guardado):
    respuesta = titular.post("/panel/ajustes", **AJUSTES | {"host_publico": escrito})
    if guardado is None:
        assert respuesta.status_code == 422
        assert 'id="host_publico-error"' in respuesta.text
    else:
        assert respuesta.status_code == 303
        assert ajustes.leer(base, "host_publico") == guardado


def test_el_directorio_se_agrega_se_edita_y_se_quita(titular, base):
    titular.post("/panel/directorio/nueva", **PROPIA)
    linea = next(linea for linea in directorio.listar(base) if linea["propia"])
    assert (linea["telefono"], linea["en_ayuda"], linea["verificado_el"]) == ("378 123 4567", 1, None)
    orden = linea["orden"]
    editada = PROPIA | {"horario": "de 9 a 3", "verificado_el": "2026-11-20"}
    titular.post(f"/panel/directorio/{linea['id']}", **editada)
    linea = directorio.leer(base, linea["id"])
    assert (linea["horario"], linea["verificado_el"], linea["orden"]) == ("de 9 a 3", "2026-11-20", orden)
    assert "Verificada el 20/11/2026" in titular.texto("/panel/directorio")
    titular.post(f"/panel/directorio/{linea['id']}/baja")
    assert linea["id"] not in {otra["id"] for otra in directorio.listar(base)}
    assert ultima(base) == "borrar directorio"


@pytest.mark.parametrize(
    ("campo", "valor"), [("telefono", "llame a Lupita"), ("nombre", ""), ("verificado_el", "2027-01-01")]
)
def test_un_renglon_mal_escrito_no_entra_al_directorio(titular, base, campo, valor):
    antes = directorio.listar(base)
    respuesta = titular.post("/panel/directorio/nueva", **PROPIA | {campo: valor})
    assert respuesta.status_code == 422
    assert f'id="{campo}-error"' in respuesta.text
    assert "378" in respuesta.text or campo == "telefono"
    assert directorio.listar(base) == antes


def test_un_renglon_que_no_existe_es_404(titular):
    assert titular.get("/panel/directorio/nadie").status_code == 404
    assert titular.post("/panel/directorio/nadie/baja").status_code == 404


def test_cambiar_el_aviso_hace_otra_version_y_conserva_la_anterior(titular, base):
    primero = avisos.vigente(base)
    textos = {"simplificado": "Corto nuevo", "integral": "## Título\nLargo", "leido": "Para leer"}
    assert titular.post("/panel/aviso/editar", **textos).status_code == 303
    assert avisos.vigente(base)["version"] == 2
    assert avisos.leer(base, 1) == primero
    pagina = titular.get("/panel/aviso").text
    assert "Versión 2" in pagina
    assert "<h3>Título</h3>" in pagina
    titular.post("/panel/aviso/editar", **textos)
    assert avisos.vigente(base)["version"] == 2
    vacio = titular.post("/panel/aviso/editar", **textos | {"leido": "  "})
    assert vacio.status_code == 422
    assert "Corto nuevo" in vacio.text


def test_los_telefonos_dicen_que_les_falta_y_se_les_quita_el_permiso(titular, base, elenco, azar):
    assert "Todavía no hay teléfonos" in titular.texto("/panel/telefonos")
    id, token = dispositivos.alta(base, "Teléfono azul", elenco.promotora.id, HORA, azar)
    dispositivos.visto(base, id, HORA, 12, 180_000, "0.1.0")
    pagina = titular.texto("/panel/telefonos")
    for frase in ("Teléfono azul", "12 registros por enviar", "adelantado 3 minutos", "hace un momento", "0.1.0"):
        assert frase in pagina
    assert "1 teléfono tiene registros sin enviar" in titular.texto("/panel/")
    titular.post(f"/panel/telefonos/{id}/revocacion")
    assert dispositivos.por_token(base, token)["revocado_en"]
    assert "Dado de baja" in titular.texto("/panel/telefonos")
    assert ultima(base) == "revocar teléfono"


def test_lo_retenido_se_ve_con_su_motivo_y_se_marca_como_revisado(titular, base, instalacion):
    assert "No hay nada por revisar" in titular.texto("/panel/cuarentena")
    lote = {
        "version": 1,
        "epoca": None,
        "enviado_en": HORA.isoformat(),
        "pendientes": 0,
        "app": "0.1.0",
        "registros": [{"id": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff", "sobre": "AAAA"}],
    }
    cuerpo = json.dumps(lote).encode()
    recepcion.recibir_lote(base, cuerpo, dispositivo_id=None, sello=instalacion.sello, ahora=HORA)
    pagina = titular.texto("/panel/cuarentena")
    assert "1 registro espera" in pagina
    assert "No se pudieron leer" in pagina
    assert "miércoles 25 de noviembre" in pagina
    assert "1 registro por revisar" in titular.texto("/panel/")
    id = base.execute("SELECT id FROM cuarentena").fetchone()["id"]
    titular.post(f"/panel/cuarentena/{id}/revision", resolucion="Era de otro pueblo")
    fila = base.execute("SELECT resuelta_en, resolucion, length(bytes) AS n FROM cuarentena").fetchone()
    assert (fila["resuelta_en"], fila["resolucion"]) == ("2026-11-25", "Era de otro pueblo")
    assert fila["n"] > 0
    assert "Era de otro pueblo" in titular.texto("/panel/cuarentena")


def test_lo_retenido_se_cuenta_cuando_ya_se_puede(titular, base, instalacion, elenco, azar):
    """Llegó antes que su aviso; cuando la oficina lo publica, se vuelve a intentar."""
    registro = {
        "v": 1,
        "id": reglas.nuevo_id(azar),
        "tipo": "asistencia",
        "evento": elenco.evento_id,
        "hora": HORA.isoformat(),
        "sesgo_ms": 0,
        "datos": {"modo": "telefono", "sexo": "M", "edad": "30-44", "procedencia": "rancho", "aviso": 2}
        | dict.fromkeys(("nombre", "telefono", "credencial")),
    }
    assert recepcion.registrar_en_linea(base, registro, sello=instalacion.sello, ahora=HORA) == "retenido"
    direccion = f"/panel/cuarentena/{base.execute('SELECT id FROM cuarentena').fetchone()['id']}/reintento"
    titular.post(direccion)
    assert "Todavía no se puede contar" in titular.texto("/panel/cuarentena")
    titular.post("/panel/aviso/editar", simplificado="Nuevo", integral="Nuevo", leido="Nuevo")
    titular.post(direccion)
    assert "No hay nada por revisar" in titular.texto("/panel/cuarentena")
    assert "1 persona" in titular.texto(f"/panel/eventos/{elenco.evento_id}")


def test_los_comentarios_se_leen_revueltos_y_sin_evento(titular, base, instalacion, elenco):
    assert "Todavía no hay" in titular.texto("/panel/comentarios")
    contestar(base, instalacion, elenco.evento_id, 10, S1="muy_buena")
    base.execute("INSERT INTO comentario VALUES ('c1', '2026-11', 'prevencion', 'satisfaccion', 'S7', 'Más <sillas>')")
    pagina = titular.get("/panel/comentarios").text
    assert "Más &lt;sillas&gt;" in pagina
    assert "Noviembre de 2026" in pagina
    assert "¿Qué podemos mejorar?" in pagina
    assert "Violencia digital" not in pagina


def test_dos_personas_en_los_ajustes_no_se_pisan(titular, base):
    vieja = re.search(r'name="revision" value="([^"]+)"', titular.get("/panel/ajustes").text)[1]
    titular.post("/panel/ajustes", **AJUSTES | {"oficina": "La primera", "revision": vieja})
    respuesta = titular.post("/panel/ajustes", **AJUSTES | {"oficina": "La segunda", "revision": vieja})
    assert respuesta.status_code == 409
    assert "Ahora dice: La primera Usted escribió: La segunda" in leer(respuesta)
    assert ajustes.leer(base, "oficina") == "La primera"
