"""La bitácora encadenada: lo que se haga por fuera se nota, y varias que escriben a la vez no la rompen."""

import subprocess
import sys
import time
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from recoleccion.consultas import ajustes, bitacora, cadena, conexion, esquema
from recoleccion.consultas.esquema_bitacora import CABEZA
from tests.elenco import HORA

RAIZ = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def base(tmp_path):
    """Una base sola, con doce renglones: sin cuentas, que cuestan tiempo."""
    conexion.preparar(tmp_path / "privada.db")
    db = conexion.abrir(tmp_path / "privada.db")
    for n in range(12):
        bitacora.anotar(db, HORA + timedelta(minutes=n), "titular", "abrir nombres", f"evento {n}", "«motivo»\n\x00 ü")
    yield db
    db.conn.close()


def por_fuera(db, *ordenes: str) -> None:
    """Lo que haría quien tiene el archivo: quita los disparadores, cambia y los vuelve a poner."""
    disparadores = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'bitacora'")
    guardados = disparadores.fetchall()
    for nombre, _ in guardados:
        db.execute(f"DROP TRIGGER {nombre}")
    for orden in ordenes:
        db.execute(orden)
    for _, sql in guardados:
        db.execute(sql)


def test_sin_tocar_la_cadena_esta_completa_y_la_cabeza_se_lee_sin_recorrerla(base):
    vista = bitacora.revisar(base)
    assert (vista.completa, vista.cuantos) == (True, 12)
    assert bitacora.cabeza(base) == vista.cabeza
    assert vista.cabeza.huella == base.execute("SELECT huella FROM bitacora WHERE id = 12").fetchone()[0]


@pytest.mark.parametrize(
    ("que", "ordenes", "rotos"),
    [
        ("cambiar", ["UPDATE bitacora SET quien = 'otra' WHERE id = 5"], (5,)),
        ("cambiar el detalle del último", ["UPDATE bitacora SET detalle = '' WHERE id = 12"], (12,)),
        ("cambiar la hora", ["UPDATE bitacora SET cuando = replace(cuando, '2026', '2025') WHERE id = 1"], (1,)),
        ("quitar uno de en medio", ["DELETE FROM bitacora WHERE id = 5"], (6,)),
        ("quitar el primero", ["DELETE FROM bitacora WHERE id = 1"], (2,)),
        (
            "quitar uno y recorrer los números",
            ["DELETE FROM bitacora WHERE id = 5", "UPDATE bitacora SET id = id - 1 WHERE id > 5"],
            (5, 6, 7, 8, 9, 10, 11),
        ),
        (
            "cambiar dos de lugar",
            [
                "UPDATE bitacora SET id = 99 WHERE id = 5",
                "UPDATE bitacora SET id = 5 WHERE id = 6",
                "UPDATE bitacora SET id = 6 WHERE id = 99",
            ],
            (5, 6, 7),
        ),
        (
            "meter uno",
            ["INSERT INTO bitacora (id, cuando, quien, accion, objeto) VALUES (13, '', 'x', 'y', 'z')"],
            (13,),
        ),
    ],
)
def test_lo_que_se_haga_por_fuera_se_nota(base, que, ordenes, rotos):
    por_fuera(base, *ordenes)
    vista = bitacora.revisar(base)
    assert (vista.completa, vista.rotos) == (False, rotos), que


def test_cambiar_un_renglon_y_rehacer_su_huella_rompe_el_que_sigue(base):
    fila = dict(base.execute("SELECT * FROM bitacora WHERE id = 5").fetchone()) | {"quien": "otra"}
    anterior = base.execute("SELECT huella FROM bitacora WHERE id = 4").fetchone()[0]
    por_fuera(base, f"UPDATE bitacora SET quien = 'otra', huella = '{cadena.huella(anterior, fila)}' WHERE id = 5")
    assert bitacora.revisar(base).rotos == (6,)


def test_cortar_los_ultimos_se_nota_y_seguir_anotando_no_lo_tapa(base):
    por_fuera(base, "DELETE FROM bitacora WHERE id > 9")
    vista = bitacora.revisar(base)
    assert (vista.rotos, vista.falta_el_final, vista.completa) == ((), True, False)
    bitacora.anotar(base, HORA, "titular", "entrar", "panel")
    assert bitacora.revisar(base).rotos == (13,)
    bitacora.anotar(base, HORA, "titular", "entrar", "panel")
    assert bitacora.revisar(base).rotos == (13,)


def test_borrar_la_cabeza_o_cortar_todo_tambien_se_nota(base):
    base.execute("DELETE FROM ajuste WHERE clave = ?", [CABEZA])
    assert bitacora.revisar(base).falta_el_final
    bitacora.anotar(base, HORA, "titular", "entrar", "panel")
    assert bitacora.revisar(base).rotos == (13,)
    por_fuera(base, "DELETE FROM bitacora")
    assert bitacora.revisar(base).falta_el_final


def test_quien_rehace_todo_con_sus_huellas_solo_choca_con_el_papel(base):
    """Lo que la cadena sola no puede: por eso la cabeza se imprime."""
    impresa = bitacora.cabeza(base).corta
    assert bitacora.de_papel(base, f" {impresa[:6].upper()} {impresa[6:]} ")["id"] == 12
    por_fuera(base, "DELETE FROM bitacora")
    base.execute("DELETE FROM ajuste WHERE clave = ?", [CABEZA])
    for n in range(12):
        bitacora.anotar(base, HORA + timedelta(minutes=n), "titular", "entrar", "panel")
    assert bitacora.revisar(base).completa
    assert bitacora.de_papel(base, impresa) is None


@pytest.mark.parametrize("escrito", ["", "abc", "%%%%%%%%%%%%", "g" * 12, "________________"])
def test_un_codigo_que_no_puede_ser_no_se_busca(base, escrito):
    assert bitacora.de_papel(base, escrito) is None


def test_encimar_un_renglon_tampoco_se_puede(base):
    with pytest.raises(sqlite3.IntegrityError, match="bitacora"):
        base.execute(
            "INSERT OR REPLACE INTO bitacora (id, cuando, quien, accion, objeto) VALUES (5, '', 'x', 'y', 'z')"
        )
    assert bitacora.revisar(base).completa


def test_lo_que_no_se_confirmo_no_deja_hueco(base):
    with suppress(RuntimeError), conexion.escritura(base):
        bitacora.anotar(base, HORA, "titular", "publicar", "lote")
        raise RuntimeError
    assert bitacora.revisar(base).cuantos == 12
    bitacora.anotar(base, HORA, "titular", "entrar", "panel")
    vista = bitacora.revisar(base)
    assert (vista.completa, vista.cuantos) == (True, 13)


_campos = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_fila = st.tuples(_campos, _campos, _campos, _campos, _campos)


def _encadenadas(filas) -> list[tuple]:
    anterior, salida = cadena.PRINCIPIO, []
    for id, campos in enumerate(filas, 1):
        anterior = cadena.huella(anterior, dict(zip(cadena.CAMPOS, (id, *campos), strict=True)))
        salida.append((id, *campos, anterior))
    return salida


@settings(max_examples=150)
@given(st.lists(_fila, min_size=2, max_size=8), st.data())
def test_con_cualquier_texto_la_cadena_sale_y_cualquier_cambio_se_nota(filas, data):
    buena = _encadenadas(filas)
    guardada = cadena.Cabeza(buena[-1][0], buena[-1][-1])
    assert cadena.revisar(buena, guardada).completa
    lugar = data.draw(st.integers(0, len(buena) - 1))
    forma = data.draw(st.sampled_from(["cambiar", "quitar", "mover", "cortar", "pasar letras"]))
    mala = list(buena)
    if forma == "cambiar":
        campo = data.draw(st.integers(1, 5))
        fila = list(mala[lugar])
        fila[campo] += "x"
        mala[lugar] = tuple(fila)
    elif forma == "pasar letras":  # «ab» + «c» no es «a» + «bc»
        fila = list(mala[lugar])
        fila[1], fila[2] = fila[1] + fila[2], ""
        mala[lugar] = tuple(fila)
    elif forma == "quitar":
        del mala[lugar]
    elif forma == "mover":
        mala.insert(data.draw(st.integers(0, len(mala) - 2)), mala.pop(lugar))
    else:
        del mala[lugar:]
    assert cadena.revisar(mala, guardada).completa == (mala == buena)


def test_una_base_de_antes_se_encadena_al_ponerse_al_dia(tmp_path):
    ruta = tmp_path / "privada.db"
    with closing(Database(ruta).conn) as vieja:
        esquema.migraciones.apply(Database(vieja), stop_before="m010_la_bitacora_encadenada")
        for n in (1, 2, 3, 7):
            vieja.execute("INSERT INTO bitacora VALUES (?, 'ayer', 'titular', 'entrar', 'panel', ?)", [n, f"d{n}"])
        vieja.commit()
    conexion.verificar(ruta)
    with closing(conexion.abrir(ruta).conn) as abierta:
        base = Database(abierta)
        filas = [tuple(f) for f in base.execute("SELECT id, detalle FROM bitacora ORDER BY id")]
        assert filas == [(1, "d1"), (2, "d2"), (3, "d3"), (7, "d7")]
        vista = bitacora.revisar(base)
        assert (vista.completa, vista.cuantos, vista.cabeza.id) == (True, 4, 7)
        bitacora.anotar(base, HORA, "titular", "entrar", "panel")
        assert bitacora.revisar(base).completa
        with pytest.raises(sqlite3.IntegrityError, match="bitacora"):
            base.execute("UPDATE bitacora SET quien = 'otra'")


def test_una_base_de_antes_sin_nada_anotado_empieza_de_cero(tmp_path):
    ruta = tmp_path / "privada.db"
    with closing(Database(ruta).conn) as vieja:
        esquema.migraciones.apply(Database(vieja), stop_before="m010_la_bitacora_encadenada")
        vieja.commit()
    conexion.verificar(ruta)
    with closing(conexion.abrir(ruta).conn) as abierta:
        base = Database(abierta)
        assert (bitacora.revisar(base).completa, bitacora.cabeza(base)) == (True, None)
        bitacora.anotar(base, HORA, "titular", "entrar", "panel")
        assert bitacora.revisar(base).completa


_ESCRIBIR = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from recoleccion.consultas import bitacora, conexion
db = conexion.abrir(Path(sys.argv[1]))
for n in range(60):
    bitacora.anotar(db, datetime.now(UTC), sys.argv[2], "entrar", "panel", str(n))
db.conn.close()
"""


def test_dos_procesos_que_anotan_a_la_vez_no_rompen_la_cadena(base):
    ruta = str(conexion.ruta_de(base))
    orden = [sys.executable, "-c", _ESCRIBIR, ruta]
    procesos = [subprocess.Popen([*orden, quien], cwd=RAIZ) for quien in ("rosa", "lupita")]
    assert [proceso.wait(60) for proceso in procesos] == [0, 0]
    quienes = [fila[0] for fila in base.execute("SELECT quien FROM bitacora WHERE id > 12 ORDER BY id")]
    vista = bitacora.revisar(base)
    assert (vista.completa, vista.cuantos) == (True, 132)
    assert (quienes.count("rosa"), quienes.count("lupita")) == (60, 60)


def test_veinte_mil_renglones_se_revisan_en_mucho_menos_de_un_segundo(base):
    filas = _encadenadas([("2026-11-25T17:05:00-06:00", "titular", "ver lista", f"evento {n}", "12 nombres abiertos")
                          for n in range(20_000)])  # fmt: skip
    por_fuera(base, "DELETE FROM bitacora")
    with conexion.escritura(base):
        base.conn.executemany(f"INSERT INTO bitacora VALUES ({', '.join('?' * 7)})", filas)
        ajustes.guardar(base, CABEZA, f"{filas[-1][0]} {filas[-1][-1]}")
    antes = time.process_time()
    assert bitacora.revisar(base).cuantos == 20_000
    assert time.process_time() - antes < 0.5
    assert bitacora.revisar(base).completa
