"""El archivo público, byte por byte: qué trae, qué no trae, y que rehacerlo da lo mismo."""

import json
import re
import shutil
from contextlib import closing
from pathlib import Path

import elenco_publicacion as elenco
import pytest
from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from publicacion import escritura, orquestar
from publicacion.errores import ErrorPublicacion
from publicacion.esquema_publico import TABLAS, VISTAS
from publicacion.modelo import Reglas
from publicacion.reglamento import CELDAS_CUANDO_MAS, huella, leer_reglas

UUID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def textos_privados(privada: Path) -> set[str]:
    """Todo texto de seis letras o más que hay en la base privada, menos lo que la oficina ya dice en público."""
    publicos = f"{elenco.PUBLICAS} {elenco.LOTE} {elenco.DESDE} {elenco.HASTA} 2026-11"
    todos = elenco.textos_privados(privada)
    return {texto for texto in todos if len(texto) >= 6 and texto not in publicos and not texto.startswith("{")}


def hallados(archivo: Path, textos: set[str]) -> set[str]:
    bytes_ = archivo.read_bytes()
    return {t for t in textos if t.encode() in bytes_ or t.encode("utf-16-le") in bytes_}


def test_rehacer_da_los_mismos_bytes(oficina, tmp_path):
    primera = oficina.publicar()
    bytes_ = oficina.publica.read_bytes()
    oficina.publica.unlink()
    for carpeta in (oficina.datos, tmp_path / "otra"):
        carpeta.mkdir(exist_ok=True)
        assert escritura.escribir(oficina.privada, carpeta / "publica.db") == primera
        assert (carpeta / "publica.db").read_bytes() == bytes_


def test_lo_publicado_no_cambia_aunque_cambie_lo_privado(oficina):
    primera = oficina.publicar()
    with closing(Database(oficina.privada)) as db:
        db.execute("DELETE FROM identidad")
        db.execute("UPDATE asistencia SET sexo = 'H'")
        db.execute("UPDATE linea_poa SET texto = 'Otra redacción', t4 = 99")
        db.execute("DELETE FROM contestacion")
        db.conn.commit()
    shutil.rmtree(oficina.catalogos)
    assert escritura.escribir(oficina.privada, oficina.publica) == primera


def test_ningun_texto_privado_esta_en_los_bytes(oficina):
    oficina.publicar()
    privados = textos_privados(oficina.privada)
    assert len(privados) > 2000
    assert set(elenco.NOMBRES) <= privados
    assert {elenco.COMENTARIO, elenco.SEDE, "Plática reservada 3", *oficina.eventos} <= privados
    assert hallados(oficina.publica, privados) == set()
    assert UUID.search(oficina.publica.read_bytes()) is None


def test_copiar_la_base_y_borrarle_lo_privado_si_se_descubre(oficina):
    """Control: el escritor que no se debe hacer deja nombres en las páginas libres, y esta prueba los ve."""
    with closing(sqlite3.connect(oficina.privada)) as con:
        con.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copyfile(oficina.privada, oficina.publica)
    with closing(sqlite3.connect(oficina.publica)) as con:
        con.execute("PRAGMA secure_delete = OFF")
        for tabla in ("identidad", "comentario"):
            con.execute(f"DROP TABLE {tabla}")
        con.commit()
    encontrados = hallados(oficina.publica, textos_privados(oficina.privada) | set(elenco.NOMBRES))
    assert len(encontrados & set(elenco.NOMBRES)) > 10
    assert UUID.search(oficina.publica.read_bytes()) is not None


def test_el_esquema_es_exactamente_el_declarado(oficina):
    oficina.publicar()
    with closing(Database(oficina.publica)) as db:
        objetos = {(f[0], f[1]) for f in db.execute("SELECT type, name FROM sqlite_master")}
        assert objetos == {("table", t) for t in TABLAS} | {("view", v) for v in VISTAS}
        for nombre, tabla in TABLAS.items():
            assert [c.name for c in db[nombre].columns] == list(tabla.columnas)
            with pytest.raises(sqlite3.OperationalError, match="no such column"):
                db.execute(f"SELECT rowid FROM {nombre}")
        for nombre, vista in VISTAS.items():
            assert [c.name for c in db[nombre].columns] == list(vista.columnas)
            assert db[nombre].count > 0, nombre


def test_el_archivo_no_deja_restos_ni_horas(oficina):
    oficina.publicar()
    dejados = {p.name for p in oficina.datos.iterdir() if p.name.startswith("publica")}
    assert dejados == {"publica.db", "publica.descargas"}
    with closing(Database(oficina.publica)) as db:
        assert db.execute("PRAGMA journal_mode").fetchone()[0] == "delete"
        assert db.execute("PRAGMA freelist_count").fetchone()[0] == 0
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert re.search(rb"\d\d:\d\d:\d\d|20\d\d-\d\d-\d\dT", oficina.publica.read_bytes()) is None


def test_las_vistas_se_leen_con_nombres(oficina):
    oficina.publicar()
    with closing(Database(oficina.publica)) as db:
        fila = next(db.query("SELECT * FROM asistencias_por_sexo_y_edad WHERE sexo = 'Mujeres' AND edad LIKE '%44%'"))
        assert fila["lote"] == "octubre a diciembre de 2026"
        assert fila["asistencias"] % 5 == 0
        pregunta = next(db.query("SELECT * FROM respuestas_por_pregunta WHERE encuesta = '¿Cómo estuvo?'"))
        assert pregunta["pregunta"] == "La plática le pareció…"


def test_un_libro_vacio_da_un_archivo_valido_y_vacio(tmp_path):
    privada, _ = elenco.carpeta(tmp_path)
    escritura.escribir(privada, tmp_path / "publica.db")
    with closing(Database(tmp_path / "publica.db")) as db:
        assert {t for t in TABLAS if db[t].count} == {"diccionario"}
        assert all(db[v].count == 0 for v in VISTAS)


def test_un_lote_asignado_sin_asentar_no_se_publica(oficina):
    oficina.publicar()
    oficina.publica.unlink()
    with closing(Database(oficina.privada)) as db:
        db.execute("UPDATE lote_publicacion SET estado = 'asignado'")
        db.conn.commit()
    escritura.escribir(oficina.privada, oficina.publica)
    with closing(Database(oficina.publica)) as db:
        assert db["lote"].count == db["asistencia_cubo"].count == 0


@pytest.mark.parametrize(
    ("tabla", "celda", "valor"),
    [
        ("identidad", ["x"], {"nombre": "Petra"}),
        ("asistencia_cubo", ["sexo", "Petra"], {"n": 10, "nombre": "Petra"}),
        ("asistencia_cubo", ["sexo", "Z"], {"n": 7}),
        ("asistencia_cubo", ["sexo", "Z"], {"n": 12}),
    ],
)
def test_lo_que_no_cabe_en_el_esquema_no_se_publica_y_lo_de_antes_queda(oficina, tabla, celda, valor):
    primera = oficina.publicar()
    antes = oficina.publica.read_bytes()
    with closing(Database(oficina.privada)) as db:
        db.execute("INSERT INTO libro VALUES (?, ?, ?, ?)", [elenco.LOTE, tabla, json.dumps(celda), json.dumps(valor)])
        db.conn.commit()
    with pytest.raises(ErrorPublicacion) as error:
        escritura.escribir(oficina.privada, oficina.publica)
    assert error.value.que_hacer
    assert oficina.publica.read_bytes() == antes
    assert primera
    assert not list(oficina.datos.glob("*.nuevo*"))


def test_un_intento_cortado_no_estorba_al_siguiente(oficina):
    (oficina.datos / "publica.db.nuevo").write_bytes(b"a medias")
    (oficina.datos / "publica.db.nuevo-journal").write_bytes(b"a medias")
    oficina.publicar()
    assert not list(oficina.datos.glob("*.nuevo*"))


def test_calcular_dos_veces_da_lo_mismo_y_la_huella_lo_dice(oficina):
    uno, dos = (
        orquestar.calcular(oficina.privada, elenco.LOTE, elenco.DESDE, elenco.HASTA, oficina.catalogos, elenco.SECRETO)
        for _ in range(2)
    )
    assert uno == dos
    celdas, reglas = uno
    cuentas = [
        c for c in celdas if c.tabla in {"asistencia_cubo", "respuesta_cubo", "cambio_cubo", "evento_resumen", "poa"}
    ]
    assert json.loads(reglas)["huella"] == huella(cuentas)
    assert json.loads(reglas)["umbral"] == 10


def test_el_dominio_mas_grande_que_se_permite_cabe_en_mil_celdas(oficina):
    for archivo, cuantos in (("zonas", 4), ("programas", 6)):
        ruta = oficina.catalogos / f"{archivo}.csv"
        hay = ruta.read_text("utf-8")
        faltan = cuantos - (len(hay.splitlines()) - 1)
        ruta.write_text(hay + "".join(f"{archivo}_{i},{archivo} {i}\n" for i in range(faltan)), "utf-8")
    _, reglas = orquestar.calcular(
        oficina.privada, elenco.LOTE, elenco.DESDE, elenco.HASTA, oficina.catalogos, elenco.SECRETO
    )
    assert 800 < json.loads(reglas)["celdas"] <= CELDAS_CUANDO_MAS


def test_demasiadas_zonas_o_programas_no_se_publican(oficina):
    (oficina.catalogos / "zonas.csv").write_text("clave,etiqueta\n" + "".join(f"z{i},Zona {i}\n" for i in range(5)))
    with pytest.raises(ErrorPublicacion, match=r"zonas.csv tiene 5 renglones y se pueden publicar 4"):
        leer_reglas(oficina.catalogos)
    (oficina.catalogos / "programas.csv").unlink()
    (oficina.catalogos / "zonas.csv").write_text("clave,etiqueta\na,A\n")
    with pytest.raises(ErrorPublicacion, match=r"Falta el catálogo programas.csv"):
        leer_reglas(oficina.catalogos)


def test_el_censo_de_los_catalogos_da_los_denominadores(oficina):
    reglas: Reglas = leer_reglas(oficina.catalogos)
    assert reglas.censo.denominador(None, "M", None) == 3358
    assert reglas.censo.denominador("cabecera", None, "60+") == 2355 + 2273
    assert reglas.censo.denominador("zona_1", "H", None) == 996
