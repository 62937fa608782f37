"""Cada ataque contra nuestra publicación no consigue nada; contra una con la fuga que busca, la atrapa."""

import hashlib
import json
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils.utils import sqlite3

from publicacion.ataques import ATAQUES, Hallazgo, revisar
from publicacion.esquema_publico import VISTAS
from tests.publicacion import elenco_publicacion as elenco
from tests.publicacion.elenco_publicacion import textos_privados

CURP = "GOMC800101MJCMRR09"
TELEFONO = "3781234567"
NO_ES_UUID = "6b1f1c1e-0c53-4a2f-9a55-1d2c3b4a5f60"
COMENTARIO = "Mi vecina quiere saber del refugio"


def alterar(ruta: Path, *sentencias: str, compactar: bool = True) -> None:
    """Deja la fuga a la vista, o escondida si no se compacta."""
    with closing(sqlite3.connect(ruta, isolation_level=None)) as con:
        con.execute("PRAGMA ignore_check_constraints = ON")
        con.execute(f"PRAGMA secure_delete = {'ON' if compactar else 'OFF'}")
        for sentencia in sentencias:
            con.execute(sentencia)
        if compactar:
            con.execute("VACUUM")


def ataques(hallazgos: list[Hallazgo]) -> set[str]:
    return {hallazgo.ataque for hallazgo in hallazgos}


# --- nuestra publicación ----------------------------------------------------------------------------------------


def test_lo_publicado_del_anio_resiste_todos_los_ataques(publica):
    antes = publica.read_bytes()
    assert revisar(publica, anterior=publica) == []
    assert publica.read_bytes() == antes
    assert [p.name for p in publica.parent.iterdir()] == ["publica.db"]


def test_con_nombres_telefonos_y_comentarios_en_la_base_privada_no_sale_ninguno(oficina):
    privados = textos_privados(oficina / "privada.db")
    assert len(privados) > 2000
    assert {*elenco.NOMBRES, elenco.COMENTARIO, elenco.SEDE} <= privados
    assert revisar(oficina / "publica.db", textos=privados) == []


def test_un_archivo_que_no_es_una_base_se_dice(tmp_path):
    for contenido in (b"", b"no es una base", b"SQLite format 3\x00" + bytes(200)):
        (tmp_path / "x.db").write_bytes(contenido)
        hallazgos = revisar(tmp_path / "x.db")
        assert hallazgos
        assert all(h.que for h in hallazgos)
    assert ataques(revisar(tmp_path / "no-existe.db")) == {"lectura"}


def test_lo_que_la_oficina_escribe_puede_traer_telefonos_horas_y_correos(publica):
    """Una pregunta que da el número de ayuda no es una fuga: nunca una alarma falsa."""
    alterar(
        publica,
        "UPDATE pregunta SET texto = '¿Conoce VIOLETA, 33 1415 1002, de 9:00:00 a 15?' WHERE pregunta = 'K5'",
        "UPDATE respuesta SET etiqueta = 'Escribir a ayuda@ejemplo.org.mx' WHERE respuesta = 'whatsapp'",
        "UPDATE categoria SET etiqueta = 'Norte 2025-2026' WHERE clave = 'zona_1'",
        "UPDATE pregunta SET encuesta = 'Vea jalisco.gob.mx/es/programas/inmujeres/2026/encuestaviolencia20261125'",
    )
    assert revisar(publica, textos=["33 1415 1002", "ayuda@ejemplo.org.mx", "Código Violeta"]) == []


# --- publicaciones con fuga -------------------------------------------------------------------------------------

_ROWID = (
    "ALTER TABLE asistencia_cubo RENAME TO otra",
    "CREATE TABLE asistencia_cubo AS SELECT * FROM otra ORDER BY n",
    "DROP TABLE otra",
)
_FUGAS: dict[str, tuple[str, tuple[str, ...]]] = {
    "una tabla de más": ("esquema", ("CREATE TABLE persona (nombre TEXT)",)),
    "una columna de más": ("esquema", ("ALTER TABLE asistencia_cubo ADD COLUMN promotora TEXT",)),
    "un índice": ("esquema", ("CREATE INDEX i ON asistencia_cubo (n)",)),
    "una vista que falta": ("esquema", ("DROP VIEW asistencias_en_total",)),
    "el orden en que llegaron": ("esquema", _ROWID),
    "una hora en la fecha": ("horas", ("UPDATE lote SET publicado_el = '2027-01-05T17:04:05-06:00'",)),
    "el día del evento": ("horas", ("UPDATE evento_resumen SET mes = '2026-03-08' WHERE mes = '2026-03' AND 1",)),
    "segundos desde 1970": ("horas", ("UPDATE evento_resumen SET eventos = 1790000000",)),
    "un mes de otro lote": ("horas", ("UPDATE evento_resumen SET mes = '2025-12' WHERE mes = '2026-03'",)),
    "una CURP": ("patrones", (f"UPDATE pregunta SET texto = 'Sabe {CURP}' WHERE pregunta = 'K1'",)),
    "un identificador": ("patrones", (f"UPDATE grupo SET etiqueta = '{NO_ES_UUID}' WHERE grupo = 'M'",)),
    "un comentario como respuesta": (
        "texto_libre",
        (f"UPDATE respuesta_cubo SET respuesta = '{COMENTARIO}' WHERE pregunta = 'K1' AND respuesta = 'NS'",),
    ),
    "un comentario con su opción": (
        "texto_libre",
        (f"UPDATE respuesta SET respuesta = '{COMENTARIO}' WHERE respuesta = 'NS' AND pregunta = 'K1'",),
    ),
    "un rancho que no es zona": ("texto_libre", ("UPDATE evento_resumen SET zona = 'la_loma' WHERE zona = 'zona_3'",)),
    "un resumen de un teléfono": (
        "resumenes",
        (f"UPDATE grupo SET etiqueta = '{hashlib.sha256(TELEFONO.encode()).hexdigest()}' WHERE grupo = 'M'",),
    ),
    "un resumen corto": (
        "resumenes",
        (f"UPDATE categoria SET etiqueta = 'x {hashlib.md5(TELEFONO.encode()).hexdigest()[:16]}' WHERE clave = 'M'",),
    ),
    "una huella de la tabla privada": (
        "resumenes",
        (f"UPDATE reglas SET valor = '{hashlib.sha256(b'privada').hexdigest()}' WHERE regla = 'huella'",),
    ),
    "una cuenta de siete": ("cuentas_chicas", ("UPDATE asistencia_cubo SET n = 7 WHERE eje = 'total'",)),
    "una cuenta exacta": ("cuentas_chicas", ("UPDATE respuesta_cubo SET n = n + 1 WHERE n IS NOT NULL",)),
    "una cuenta con decimales": ("cuentas_chicas", ("UPDATE asistencia_cubo SET n = 12.5 WHERE eje = 'total'",)),
    "cuatro en el POA": ("cuentas_chicas", ("UPDATE poa SET asistencias = 4",)),
    "casi todas igual": (
        "grupos_parejos",
        ("UPDATE respuesta_cubo SET n = 900 WHERE pregunta = 'K1' AND respuesta = 'V' AND n IS NOT NULL",),
    ),
    "una parte escondida que sale restando": (
        "grupos_parejos",
        ("UPDATE respuesta_cubo SET n = NULL WHERE pregunta = 'K1' AND respuesta = 'V'",),
    ),
    "juntas y separadas": (
        "grupos_parejos",
        ("UPDATE respuesta_cubo SET n = 50 WHERE pregunta = 'K1' AND eje = 'total'",),
    ),
    "un grupo de veinte": (
        "grupos_parejos",
        ("UPDATE cambio_cubo SET n = CASE WHEN cambio LIKE '%|%' OR cambio = 'mejor' THEN 10 END WHERE eje = 'total'",),
    ),
    "sin el renglón de quien no vino": ("forma", ("DELETE FROM asistencia_cubo WHERE grupo = 'H+60+'",)),
    "sin una pregunta en un grupo": ("forma", ("DELETE FROM respuesta_cubo WHERE grupo = 'H' AND pregunta = 'K1'",)),
    "sin un cambio": ("forma", ("DELETE FROM cambio_cubo WHERE grupo = 'H' AND cambio = 'peor'",)),
    "sólo los meses con gente": ("forma", ("DELETE FROM evento_resumen WHERE n IS NULL",)),
    "cuántas celdas escondidas tienen gente": (
        "reglas_que_cuentan",
        ("UPDATE reglas SET valor = valor + 3 WHERE regla = 'visibles'",),
    ),
}  # fmt: skip


@pytest.mark.parametrize("fuga", _FUGAS)
def test_cada_fuga_la_atrapa_su_ataque(fuga, publica):
    ataque, sentencias = _FUGAS[fuga]
    alterar(publica, *sentencias)
    hallazgos = revisar(publica)
    assert ataque in ataques(hallazgos), hallazgos
    assert all(h.donde and h.que.endswith("avise a quien da soporte.") for h in hallazgos)


def test_una_pregunta_sin_separar_tiene_su_forma_si_las_reglas_lo_dicen(publica):
    """Sólo así: quitarla de los grupos sin decirlo podría depender de quién contestó."""
    quitar = "DELETE FROM respuesta_cubo WHERE eje = 'sexo' AND instrumento = 'antes' AND pregunta = 'K1'"
    alterar(publica, quitar)
    assert "forma" in ataques(revisar(publica))
    alterar(publica, "INSERT INTO reglas SELECT lote, 'sin_separar', 'antes: K1, otra: P1', '' FROM lote")
    assert "forma" not in ataques(revisar(publica))
    alterar(publica, "DELETE FROM respuesta_cubo WHERE grupo = 'H' AND pregunta = 'K2'")
    assert "forma" in ataques(revisar(publica))


def test_un_telefono_o_un_correo_en_una_llave_se_nota(publica):
    for valor in (TELEFONO, "378 123 4567", "petra@ejemplo.org"):
        copia = Path(shutil.copyfile(publica, publica.with_name("otra.db")))
        alterar(copia, f"UPDATE asistencia_cubo SET grupo = '{valor}' WHERE grupo = 'M' AND eje = 'sexo'")
        assert "texto_libre" in ataques(revisar(copia))


_RESTOS: dict[str, tuple[set[str], Callable[[Path], None]]] = {
    "un -wal al lado": ({"acompanantes"}, lambda r: r.with_name(r.name + "-wal").write_bytes(b"x") and None),
    "un -journal al lado": ({"acompanantes"}, lambda r: r.with_name(r.name + "-journal").write_bytes(b"x") and None),
    "bytes después del final": (
        {"encabezado", "patrones", "textos_privados"},
        lambda r: r.write_bytes(r.read_bytes() + f"Petra Barba {TELEFONO}".encode()) and None,
    ),
    "modo WAL": ({"encabezado"}, lambda r: alterar(r, "PRAGMA journal_mode = WAL")),
    "páginas libres con nombres": (
        {"encabezado", "sobrantes", "textos_privados", "patrones", "horas"},
        lambda r: alterar(
            r,
            "CREATE TABLE identidad (id, nombre, telefono, cuando)",
            f"INSERT INTO identidad VALUES ('{NO_ES_UUID}', 'Petra Barba Ulloa', '{TELEFONO}', '2026-10-05T17:04:05')",
            "DROP TABLE identidad",
            compactar=False,
        ),
    ),
    "un renglón borrado entre los demás": (
        {"sobrantes", "textos_privados"},
        lambda r: alterar(
            r,
            "INSERT INTO eje VALUES ('zzz', 99, 'Petra Barba Ulloa')",
            "DELETE FROM eje WHERE eje = 'zzz'",
            compactar=False,
        ),
    ),
    "otro tamaño de página y sin compactar": (
        {"sobrantes"},
        lambda r: alterar(
            r,
            "CREATE TEMP TABLE t AS SELECT * FROM asistencia_cubo",
            "DELETE FROM asistencia_cubo",
            "INSERT INTO asistencia_cubo SELECT * FROM t ORDER BY random()",
            compactar=False,
        ),
    ),
}


@pytest.mark.parametrize("resto", _RESTOS)
def test_lo_que_queda_en_los_rincones_se_encuentra(resto, publica):
    esperados, dejar = _RESTOS[resto]
    dejar(publica)
    assert esperados <= ataques(revisar(publica, textos=["Petra Barba Ulloa", "Petra Barba"]))


def test_copiar_la_base_privada_y_borrarle_lo_privado_se_descubre(oficina):
    """El escritor que no se debe hacer: lo borrado sigue en las páginas libres."""
    publica = oficina / "publica.db"
    privados = textos_privados(oficina / "privada.db")
    with closing(sqlite3.connect(oficina / "privada.db")) as con:
        con.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copyfile(oficina / "privada.db", publica)
    with closing(sqlite3.connect(publica)) as con:
        con.execute("PRAGMA journal_mode = DELETE")
        con.execute("PRAGMA secure_delete = OFF")
        con.execute("PRAGMA foreign_keys = OFF")
        for tabla in ("identidad", "comentario", "asistencia", "contestacion"):
            con.execute(f"DROP TABLE {tabla}")
        con.commit()
    assert {"encabezado", "esquema", "patrones", "textos_privados", "horas"} <= ataques(
        revisar(publica, textos=privados)
    )


_CAMBIOS = {
    "cambió una cuenta": "UPDATE asistencia_cubo SET n = n + 5 WHERE eje = 'total'",
    "se escondió una celda": "UPDATE asistencia_cubo SET n = NULL WHERE eje = 'total'",
    "se fue un lote": "DELETE FROM asistencia_cubo WHERE lote = '2026-T1'",
    "cambió una regla": "UPDATE reglas SET valor = '5' WHERE regla = 'umbral'",
    "cambió el periodo": "UPDATE lote SET hasta = '2026-04-30' WHERE lote = '2026-T1'",
    "cambió el POA": "UPDATE poa SET asistencias = asistencias + 1",
}


@pytest.mark.parametrize("cambio", _CAMBIOS)
def test_lo_ya_publicado_no_cambia_sin_que_se_note(cambio, publica):
    anterior = Path(shutil.copyfile(publica, publica.with_name("anterior.db")))
    alterar(publica, _CAMBIOS[cambio])
    assert "cambios" in ataques(revisar(publica, anterior=anterior))
    assert "cambios" not in ataques(revisar(publica))


def test_un_lote_nuevo_o_un_texto_mejor_explicado_no_es_un_cambio(publica):
    anterior = Path(shutil.copyfile(publica, publica.with_name("anterior.db")))
    alterar(anterior, "UPDATE reglas SET explicacion = 'Con otras palabras'", *_sin_lote("2026-T2"))
    assert revisar(publica, anterior=anterior) == []
    assert revisar(publica, anterior=publica.with_name("nunca.db")) == []


def _sin_lote(lote: str) -> tuple[str, ...]:
    tablas = ("asistencia_cubo", "respuesta_cubo", "cambio_cubo", "poa", "evento_resumen", "lote", "reglas")
    return tuple(f"DELETE FROM {tabla} WHERE lote = '{lote}'" for tabla in tablas)


def test_se_compara_aunque_la_anterior_sea_de_una_version_con_menos_columnas(publica):
    anterior = Path(shutil.copyfile(publica, publica.with_name("anterior.db")))
    alterar(anterior, *(f"DROP VIEW {vista}" for vista in VISTAS), "ALTER TABLE poa DROP COLUMN unidad")
    assert revisar(publica, anterior=anterior) == []
    alterar(publica, "UPDATE poa SET asistencias = asistencias + 1")
    assert "cambios" in ataques(revisar(publica, anterior=anterior))


def test_una_publicacion_anterior_danada_se_dice(publica):
    anterior = publica.with_name("anterior.db")
    anterior.write_bytes(b"SQLite format 3\x00" + bytes(5000))
    assert ataques(revisar(publica, anterior=anterior)) == {"cambios"}


def test_los_hallazgos_no_repiten_lo_privado(publica):
    alterar(publica, f"UPDATE pregunta SET texto = 'Sabe {CURP} {COMENTARIO}' WHERE pregunta = 'K1'")
    publica.write_bytes(publica.read_bytes() + f"{COMENTARIO} {TELEFONO}".encode())
    dicho = json.dumps(revisar(publica, textos=[COMENTARIO]), ensure_ascii=False)
    assert CURP not in dicho
    assert COMENTARIO not in dicho
    assert TELEFONO not in dicho


def test_cada_ataque_tiene_su_publicacion_con_fuga():
    con_fuga = {ataque for ataque, _ in _FUGAS.values()} | {a for esperados, _ in _RESTOS.values() for a in esperados}
    nombres = {"horas_en_bytes": "horas", "llaves_ajenas": "texto_libre"}
    assert {nombres.get(f.__name__, f.__name__) for f in ATAQUES} <= con_fuga
