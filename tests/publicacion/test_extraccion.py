"""Qué se puede leer de la base privada al publicar, y qué no aunque se quiera."""

from contextlib import closing

import elenco_publicacion as elenco
import pytest
from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from publicacion.errores import ErrorPublicacion
from publicacion.extraccion import PERMITIDO, abrir, leer, preguntas_cerradas
from publicacion.preguntas import escalera


def columnas(privada) -> list[tuple[str, str]]:
    with closing(Database(privada)) as db:
        return [(t, c.name) for t in [*db.table_names(), *db.view_names()] for c in db[t].columns]


def negada(con, sql: str) -> bool:
    try:
        con.execute(sql).fetchall()
    except sqlite3.DatabaseError as error:
        assert "prohibited" in str(error) or "not authorized" in str(error), error  # noqa: PT017
        return True
    return False


def test_solo_se_leen_las_columnas_permitidas(oficina):
    todas = columnas(oficina.privada)
    with closing(sqlite3.connect(oficina.privada)) as cualquiera:
        assert not any(negada(cualquiera, f'SELECT "{c}" FROM "{t}"') for t, c in todas)
    with abrir(oficina.privada) as con:
        leidas = {(t, c) for t, c in todas if not negada(con, f'SELECT "{c}" FROM "{t}"')}
    assert leidas == {(t, c) for t, c in todas if c in PERMITIDO.get(t, ())}
    assert {t for t, _ in leidas}.isdisjoint(
        {"identidad", "cuenta", "comentario", "recibido", "dispositivo", "urna", "credencial", "cuarentena", "bitacora"}
    )


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM asistencia_vigente",
        "SELECT count(*) FROM identidad",
        "SELECT e.id, (SELECT nombre FROM identidad LIMIT 1) FROM evento e",
        "ATTACH DATABASE ':memory:' AS otra",
        "PRAGMA writable_schema = ON",
        "DELETE FROM evento",
        "SELECT readfile('/etc/passwd')",
    ],
)
def test_la_conexion_niega_lo_demas(oficina, sql):
    with abrir(oficina.privada) as con, pytest.raises(sqlite3.DatabaseError):
        con.execute(sql).fetchall()


def test_leer_no_cambia_la_base_privada(oficina):
    antes = oficina.privada.read_bytes()
    leer(oficina.privada, elenco.LOTE, elenco.DESDE, elenco.HASTA)
    assert oficina.privada.read_bytes() == antes


def test_se_lee_el_lote_y_nada_mas(oficina):
    with closing(Database(oficina.privada)) as db:
        db.execute("UPDATE asistencia SET lote = 'otro' WHERE evento_id = ?", [oficina.eventos[0]])
        db.execute("UPDATE contestacion SET lote = NULL WHERE instrumento = 'antes'")
        db.conn.commit()
    crudo = leer(oficina.privada, elenco.LOTE, elenco.DESDE, elenco.HASTA)
    assert len(crudo.asistencias) == 17 * 40
    assert {c.instrumento for c in crudo.contestaciones} == {"despues", "satisfaccion", "reconocer"}
    assert len(crudo.eventos) == 18
    assert {linea.clave for linea in crudo.lineas_poa} == {"M4", "M5", "A8"}


def test_una_asistencia_anulada_no_se_cuenta(oficina):
    with closing(Database(oficina.privada)) as db:
        quien, evento = db.execute("SELECT id, evento_id FROM asistencia LIMIT 1").fetchone()
        db.execute(
            "INSERT INTO anulacion (id, registro_id, evento_id, recibido_en) VALUES ('x', ?, ?, '2026-10-05')",
            [quien, evento],
        )
        db.conn.commit()
    assert len(leer(oficina.privada, elenco.LOTE, elenco.DESDE, elenco.HASTA).asistencias) == 18 * 40 - 1


def test_lo_que_llego_tarde_de_un_periodo_publicado_trae_su_evento_sin_volver_a_contarlo(oficina):
    with closing(Database(oficina.privada)) as db:
        db.execute("UPDATE evento SET fecha = '2026-09-20' WHERE id = ?", [oficina.eventos[0]])
        db.conn.commit()
    crudo = leer(oficina.privada, elenco.LOTE, elenco.DESDE, elenco.HASTA)
    assert next((e.mes, e.del_periodo) for e in crudo.eventos) == ("2026-09", False)
    assert sum(a.mes == "2026-09" for a in crudo.asistencias) == 40


def test_solo_se_publican_preguntas_cerradas_y_no_demograficas(oficina):
    claves = {p.clave for p in leer(oficina.privada, elenco.LOTE, elenco.DESDE, elenco.HASTA).preguntas}
    assert {"K1", "G5", "AT3", "C1", "I1", "S1", "S6", "E10"} <= claves
    assert claves.isdisjoint({"D1", "D2", "D3", "I2", "S7"})


def test_se_publica_solo_lo_que_dice_que_si_y_como_dice_que_se_junta():
    opciones = [{"clave": c, "texto": t} for c, t in (("a", "A"), ("b", "B"), ("c", "C"), ("N", "Prefiero no decir"))]
    base = {"tipo": "una", "texto": "¿?", "opciones": opciones}
    modelo = {
        "grupos": [{"clave": "casa", "repite": True}, {"clave": "cuarto", "padre": "casa"}, {"clave": "patio"}],
        "preguntas": [
            base | {"clave": "si"},
            base | {"clave": "no", "publicacion": "no"},
            base | {"clave": "repetida", "grupo": "casa"},
            base | {"clave": "dentro", "grupo": "cuarto"},
            base | {"clave": "en_grupo", "grupo": "patio", "publicacion": "a | b c N"},
            base | {"clave": "numero", "tipo": "entero", "opciones": []},
            base | {"clave": "de_archivo", "opciones": [], "archivo": "x.csv"},
        ],
    }
    cerradas = {p.clave: p for p in preguntas_cerradas("x", modelo)}
    assert set(cerradas) == {"si", "en_grupo"}
    assert escalera(cerradas["en_grupo"]) == [[("a",), ("b",), ("c",)], [("a",), ("b", "c")]]
    assert escalera(cerradas["si"]) == [[("a",), ("b",), ("c",)], [("a",), ("b", "c")]]


def _otra_version(db) -> None:
    db.execute(
        "INSERT INTO instrumento (clave, version, titulo, huella, modelo)"
        " SELECT clave, 2, 'Otro título', 'otra', replace(modelo, 'Muy buena', 'Buenísima')"
        " FROM instrumento WHERE clave = 'satisfaccion'"
    )


def test_una_pregunta_que_cambio_no_junta_lo_contestado_antes(oficina):
    with closing(Database(oficina.privada)) as db:
        _otra_version(db)
        db.execute("UPDATE evento_encuesta SET version = 2 WHERE instrumento = 'satisfaccion'")
        db.conn.commit()
    crudo = leer(oficina.privada, elenco.LOTE, elenco.DESDE, elenco.HASTA)
    versiones = {p.clave: p.versiones for p in crudo.preguntas if p.instrumento == "satisfaccion"}
    assert versiones["S1"] == {2}
    assert versiones["S2"] == {1, 2}


@pytest.mark.parametrize(
    ("fecha", "estado", "se_publica"),
    [
        ("2026-12-31", "cerrado", {2}),
        ("2026-12-31", "programado", {2}),
        ("2027-01-01", "programado", {1}),  # se guardó para después: no esconde lo contestado a la 1
        ("2026-12-31", "cancelado", {1}),
    ],
)
def test_la_version_vigente_es_la_que_llevaron_los_eventos_del_periodo(oficina, fecha, estado, se_publica):
    with closing(Database(oficina.privada)) as db:
        _otra_version(db)
        id = db.execute("SELECT min(id) FROM evento").fetchone()[0]
        db.execute("UPDATE evento_encuesta SET version = 2 WHERE instrumento = 'satisfaccion' AND evento_id = ?", [id])
        db.execute("UPDATE evento SET fecha = ?, estado = ? WHERE id = ?", [fecha, estado, id])
        db.conn.commit()
    crudo = leer(oficina.privada, elenco.LOTE, elenco.DESDE, elenco.HASTA)
    assert next(p.versiones for p in crudo.preguntas if p.clave == "S1") == se_publica
    assert crudo.titulos["satisfaccion"] == ("Otro título" if se_publica == {2} else "¿Cómo estuvo?")


def test_una_encuesta_que_ningun_evento_ha_llevado_no_sale_ni_vacia(oficina):
    with closing(Database(oficina.privada)) as db:
        db.execute("DELETE FROM evento_encuesta WHERE instrumento = 'reconocer'")
        db.conn.commit()
    crudo = leer(oficina.privada, elenco.LOTE, elenco.DESDE, elenco.HASTA)
    assert {p.instrumento for p in crudo.preguntas} == {"antes", "despues", "satisfaccion"}
    assert "reconocer" not in crudo.titulos


def test_la_escalera_de_las_preguntas_que_vienen_con_el_sistema(oficina):
    preguntas = {p.clave: p for p in leer(oficina.privada, elenco.LOTE, elenco.DESDE, elenco.HASTA).preguntas}
    en_texto = {
        clave: [["|".join(c) for c in nivel] for nivel in escalera(preguntas[clave])]
        for clave in ("K2", "AT1", "C1", "S1", "S4", "E1")
    }
    assert en_texto == {
        "K2": [["V", "F", "NS"], ["F", "V|NS"]],
        "AT1": [["A", "M", "D"], ["A", "M|D"]],
        "C1": [["S", "C", "N"], ["S", "C|N"]],
        "S1": [
            ["muy_buena", "buena", "regular", "mala"],
            ["muy_buena", "buena", "regular|mala"],
            ["muy_buena|buena", "regular|mala"],
        ],
        "S4": [["los_dos", "lugar_no", "hora_no", "ninguno"], ["los_dos", "lugar_no|hora_no|ninguno"]],
        "E1": [["S", "N", "NS"], ["S", "N|NS"]],
    }


def test_sin_base_privada_se_dice_que_hacer(tmp_path):
    with pytest.raises(ErrorPublicacion) as error, abrir(tmp_path / "privada.db"):
        pass
    assert "jornada preparar" in error.value.que_hacer
