"""Lo que el papel agrega a la carpeta privada: la hoja de una lista, su borrador, las pilas de encuestas, su bitácora.

Los demás ataques también miden este periodo, con su papel: el orden de una pila, sus horas, sus huellas y sus bytes.
"""

from collections import defaultdict

from recoleccion.consultas.callar import GRUPO
from tests import atacante_privado as ataque
from tests.atacante_privado import Botin, Conjetura, medir

LISTAS = "SELECT id, evento_id, hoja_id FROM asistencia WHERE hoja_id IS NOT NULL"


def test_el_periodo_trae_papel(periodo, de_quien, copia):
    assert len({f["hoja_id"] for f in copia.filas(LISTAS)}) >= 5
    assert sum(q.en_papel for q in de_quien.values()) > 100
    assert len(copia.filas("SELECT id FROM bitacora WHERE accion = 'pasar encuestas de papel'")) >= 10
    assert any(q.en_papel and q.nombre for q in periodo.gente)


def test_nada_de_una_contestacion_viene_de_su_hoja_ni_de_quien_la_paso(botin):
    assert ataque.por_papel(botin) == []


def test_el_control_con_la_hoja_o_con_la_hora_de_la_pila_si_se_unen(copia):
    (hoja,), (hora,) = copia.base.execute(
        "SELECT id FROM (SELECT id FROM hoja_papel LIMIT 1) UNION ALL SELECT cuando FROM"
        " (SELECT cuando FROM bitacora WHERE accion LIKE '%papel%' LIMIT 1)"
    ).fetchall()
    copia.base.execute("ALTER TABLE contestacion ADD COLUMN de TEXT")
    for sena in (hoja, hora):
        copia.base.execute("UPDATE contestacion SET de = ?", [sena])
        assert {(tabla, columna) for tabla, columna, _ in ataque.por_papel(copia)} == {("contestacion", "de")}


def test_suponer_que_contestaron_las_de_la_lista_de_papel_no_ata_a_nadie(botin, de_quien):
    """Se le regala de qué evento es cada renglón y cuáles son de papel."""
    en_lista = defaultdict(set)
    for fila in botin.filas(LISTAS):
        en_lista[fila["evento_id"]].add(fila["id"])
    de_papel = {id: quien for id, quien in de_quien.items() if quien.en_papel}
    renglones = {r["id"]: r["instrumento"] for r in botin.renglones}
    conjeturas = [
        Conjetura(id, frozenset(en_lista[quien.evento_id]), (quien.evento_id, renglones[id]))
        for id, quien in de_papel.items()
    ]
    medida = medir(conjeturas, {id: q.asistencia_id for id, q in de_papel.items()}, len(de_papel))
    assert medida.atados < 1 / GRUPO
    assert medida.ciertos == 0


def test_ni_el_nombre_ni_el_borrador_de_una_lista_se_leen_en_el_archivo(botin, periodo):
    assert botin.filas("SELECT id FROM hoja_borrador") == []
    assert ataque.por_bytes(botin, _nombres(periodo)) == []


def test_el_control_un_nombre_a_la_vista_en_un_borrador_se_encuentra(copia: Botin, periodo):
    nombre = _nombres(periodo)[0]
    copia.base.execute(
        "INSERT INTO hoja_borrador (id, evento_id, origen, renglones, pagina, guardado_en, guardado_por)"
        " SELECT 'h', id, 'papel', ?, 'p', '2026-11-25', 'titular' FROM evento LIMIT 1",
        [nombre.decode()],
    )
    copia.base.commit()
    assert ataque.por_bytes(copia, _nombres(periodo)) == [nombre]


def _nombres(periodo) -> list[bytes]:
    return sorted({q.nombre.encode() for q in periodo.gente if q.en_papel and q.nombre})
