"""Lo que queda en el archivo después de abrir la urna, byte por byte."""

from itertools import pairwise
from pathlib import Path
from random import SystemRandom

import pytest
from fabrica import contar
from urnas import antes, cerrar, despues, satisfaccion

from recoleccion import reglas
from recoleccion.aplicacion import create_app
from recoleccion.consultas import conexion, urna
from recoleccion.vistas import contexto

PAGINA = 4096


def archivos(datos: Path) -> bytes:
    """La base y su bitácora, byte por byte."""
    return b"".join(r.read_bytes() for r in sorted(datos.glob("privada.db*")))


def quedan(datos: Path, agujas: list[bytes]) -> list[bytes]:
    contenido = archivos(datos)
    return [aguja for aguja in agujas if aguja in contenido]


def paginas_con_ambos(datos: Path, unas: list[bytes], otras: list[bytes]) -> int:
    """En cuántas páginas de la base o de la bitácora están a la vez algo de lo primero y algo de lo segundo."""
    base, wal = ((datos / nombre).read_bytes() for nombre in ("privada.db", "privada.db-wal"))
    paginas = [base[i : i + PAGINA] for i in range(0, len(base), PAGINA)]
    paginas += [wal[i + 24 : i + 24 + PAGINA] for i in range(32, len(wal), 24 + PAGINA)]
    return sum(any(a in p for a in unas) and any(b in p for b in otras) for p in paginas)


@pytest.fixture
def abierta(base, fabrica, azar):
    """Una urna que se llenó y se abrió: sus registros, y los sobres que hubo."""
    registros = [antes(fabrica, 10 + n, K1="F", C1="N") for n in range(15)]
    registros += [despues(fabrica, 10 + n, K1="V", C1="S", I2=f"Duda número {n}") for n in range(15)]
    fabrica.mandar(base, *registros)
    sobres = [bytes(f["sobre"]) for f in base.execute("SELECT sobre FROM urna")]
    llaves = [f["id"].encode() for f in base.execute("SELECT id FROM urna")]
    assert cerrar(base, fabrica, azar)["abiertas"] == 30
    return registros, sobres, llaves


def test_despues_de_abrir_no_queda_ni_sobre_ni_ficha_en_el_archivo(datos, abierta):
    registros, sobres, llaves = abierta
    fichas = [r["datos"]["ficha"].encode() for r in registros]
    pedazos = [sobre[desde : desde + 24] for sobre in sobres for desde in range(0, len(sobre) - 24, 200)]
    assert quedan(datos, fichas) == []
    assert quedan(datos, pedazos) == []
    assert quedan(datos, llaves) == []


def test_el_control_sin_secure_delete_los_sobres_si_quedan(base, datos, fabrica, azar):
    base.execute("PRAGMA secure_delete = OFF")
    satisfaccion(base, fabrica, 40)
    sobres = [bytes(f["sobre"])[200:224] for f in base.execute("SELECT sobre FROM urna")]
    cerrar(base, fabrica, azar)
    assert contar(base, "urna") == 0
    assert quedan(datos, sobres) != []


def test_el_control_una_ficha_olvidada_se_encuentra(base, datos, abierta, azar):
    base.execute(
        "INSERT INTO comentario VALUES (?, '2026-11', 'prevencion', 'antes', 'I2', 'LUNA-12')",
        [reglas.nuevo_id(azar)],
    )
    assert quedan(datos, [b"LUNA-12"]) == [b"LUNA-12"]


def test_el_numero_de_un_registro_nunca_esta_junto_a_una_respuesta(base, datos, abierta):
    registros, _, _ = abierta
    ids = [r["id"].encode() for r in registros]
    respuestas = [f["respuestas"].encode() for f in base.execute("SELECT DISTINCT respuestas FROM contestacion")]
    assert paginas_con_ambos(datos, ids, respuestas) == 0
    # Y el control: un renglón guardado con el número de su registro sí se descubre.
    base.execute(
        "UPDATE contestacion SET id = ? WHERE id = (SELECT id FROM contestacion LIMIT 1)", [registros[0]["id"]]
    )
    assert paginas_con_ambos(datos, ids, respuestas) > 0


def test_ninguna_llave_se_repite_entre_las_tablas_de_la_urna_y_las_demas(base, abierta):
    def llaves(tabla: str, columna: str = "id") -> set[str]:
        return {f[0] for f in base.execute(f"SELECT {columna} FROM {tabla}")}

    de_urna = llaves("contestacion") | llaves("cambio") | llaves("comentario")
    assert len(de_urna) == 30 + 15 + 15
    assert de_urna.isdisjoint(llaves("recibido") | llaves("asistencia") | llaves("evento"))


def test_los_renglones_de_la_urna_no_tienen_evento_hora_ni_orden(base):
    for tabla in ("contestacion", "cambio", "comentario"):
        columnas = {f["name"] for f in base.execute(f"PRAGMA table_info({tabla})")}
        assert columnas.isdisjoint({"evento_id", "hora", "recibido_en", "dispositivo_id", "ficha", "rowid"})
        sql = base.execute("SELECT sql FROM sqlite_master WHERE name = ?", [tabla]).fetchone()[0]
        assert "WITHOUT ROWID" in sql


def test_el_orden_de_los_renglones_no_sigue_al_de_llegada(base, fabrica, azar):
    llegada = [f"Texto {n:02d}" for n in range(30)]
    fabrica.mandar(base, *[fabrica.contestacion(S1="buena", S7=texto) for texto in llegada])
    cerrar(base, fabrica, azar)
    guardado = [f["texto"] for f in base.execute("SELECT texto FROM comentario")]
    assert sorted(guardado) == llegada
    numeros = [int(texto[-2:]) for texto in guardado]
    seguidos = sum(a + 1 == b for a, b in pairwise(numeros))
    assert seguidos < 8


def test_si_alguien_lee_mientras_se_abre_la_bitacora_se_vacia_al_arrancar(base, datos, fabrica, azar):
    satisfaccion(base, fabrica, 20)
    sobres = [bytes(f["sobre"])[200:224] for f in base.execute("SELECT sobre FROM urna")]
    base.execute("PRAGMA busy_timeout = 50")
    lectora = conexion.abrir(datos / "privada.db", solo_lectura=True)
    lectora.execute("BEGIN")
    assert urna.cuantas(lectora, fabrica.evento_id) == 20
    cerrar(base, fabrica, azar)
    assert conexion.vaciar_bitacora(base) is False
    assert quedan(datos, sobres) != []
    lectora.close()
    conexion.verificar(datos / "privada.db")
    assert quedan(datos, sobres) == []


def test_el_azar_con_que_se_revuelve_no_se_puede_rehacer(datos):
    """Con un generador común, unas cuantas llaves de renglones bastan para saber su estado y deshacer el orden."""
    with create_app(datos).test_request_context():
        assert isinstance(contexto.azar(), SystemRandom)
