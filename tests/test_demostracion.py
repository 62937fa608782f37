"""La demostración y su publicación, con las órdenes de verdad."""

import json
import shutil
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from recoleccion.consultas import ajustes, conexion, cuentas, eventos, publicar
from recoleccion.demo import construir as demostracion
from recoleccion.instalacion import Instalacion, ahora
from recoleccion.publicador import publicar as publicar_lotes
from tests.llave import nombres as nombres_abiertos
from tests.ordenes import correr, estado, servir


@pytest.fixture(scope="module")
def hecha(demo_hecha: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """La demostración, con lo suyo publicado."""
    datos = Path(shutil.copytree(demo_hecha, tmp_path_factory.mktemp("demo") / "datos"))
    assert correr("publicar", "--datos", datos).exit_code == 0
    return datos


@pytest.fixture
def demo(hecha: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(hecha, tmp_path / "datos"))


def test_la_demostracion_es_un_ejercicio_creible(hecha: Path) -> None:
    with closing(conexion.abrir(hecha / "privada.db")) as db:
        hoy = ahora().date().isoformat()
        pasados = [e for e in eventos.listar(db) if e["fecha"] < hoy]
        assert 110 <= len(pasados) <= 130
        assert {e["estado"] for e in pasados} == {"cerrado"}
        assert {e["estado"] for e in eventos.listar(db, desde=hoy, hasta=hoy)} == {"abierto"}
        catalogos = Instalacion(hecha).catalogos
        for columna in ("tipo", "programa", "zona", "localidad"):
            assert {e[columna] for e in pasados} <= set(catalogos.claves(columna))
        assert {e["programa"] for e in pasados} == set(catalogos.claves("programa"))
        assert {e["efemeride"] for e in pasados} >= {"8m", "28may", "dia25", "15oct"}
        uno = lambda sql: db.execute(sql).fetchone()[0]  # noqa: E731
        assert 3500 <= uno("SELECT sum(personas) FROM asistencia") <= 4800
        assert {f[0] for f in db.execute("SELECT DISTINCT modo FROM asistencia")} == {
            "telefono", "otra_persona", "promotora", "credencial", "conteo",
        }  # fmt: skip
        assert uno("SELECT count(*) FROM asistencia WHERE sexo = 'M'") > 2 * uno(
            "SELECT count(*) FROM asistencia WHERE sexo = 'H'"
        )
        assert {f[0] for f in db.execute("SELECT DISTINCT instrumento FROM contestacion")} == {
            "antes", "despues", "satisfaccion", "reconocer", "cuidados",
        }  # fmt: skip
        numeros = "instrumento = 'cuidados' AND json_extract(respuestas, '$.horas') IS NOT NULL"
        assert uno(f"SELECT count(*) FROM contestacion WHERE {numeros}") > 50
        assert uno("SELECT count(*) FROM cambio") > 500
        assert uno("SELECT count(*) FROM cuarentena") == 0
        assert ajustes.leer(db, "modo") == "demo"


def test_nadie_menor_dejo_su_nombre_en_la_demostracion(hecha: Path) -> None:
    with closing(conexion.abrir(hecha / "privada.db")) as db:
        menores = db.execute(
            "SELECT count(*) FROM identidad i JOIN asistencia a ON a.id = i.asistencia_id"
            " WHERE a.edad IN ('0-11', '12-17')"
        ).fetchone()[0]
        assert menores == 0


def test_demo_json_dice_la_verdad(hecha: Path) -> None:
    contenido = json.loads((hecha / "demo.json").read_text("utf-8"))
    assert set(contenido) == {"clave", "cuentas", "direcciones", "frase", "nombres"}
    assert contenido["direcciones"] == {
        "app": "http://127.0.0.1:8000/",
        "datos": "http://127.0.0.1:8001/",
        "campo": "http://127.0.0.1:8000/campo/",
        "panel": "http://127.0.0.1:8000/panel/",
    }
    with closing(conexion.abrir(hecha / "privada.db")) as db:
        guardados = {nombre for nombre, _ in nombres_abiertos(db, contenido["frase"]).values()}
        assert guardados == set(contenido["nombres"])
        assert len(guardados) >= 100
        evento = eventos.por_clave(db, contenido["clave"])
        assert evento is not None
        assert evento[0]["estado"] == "abierto"
        assert {c["rol"] for c in contenido["cuentas"]} == {"titular", "promotora", "analista"}
        for cuenta in contenido["cuentas"]:
            entrada = cuentas.autenticar(db, cuenta["usuario"], cuenta["contrasena"])
            assert entrada is not None
            assert entrada.rol == cuenta["rol"]


def test_ningun_nombre_llega_al_archivo_publico(hecha: Path) -> None:
    publico = (hecha / "publica.db").read_bytes()
    nombres = json.loads((hecha / "demo.json").read_text("utf-8"))["nombres"]
    assert [n for n in nombres if n.encode() in publico] == []
    with closing(conexion.abrir(hecha / "privada.db")) as db:
        telefonos = [t for _, t in nombres_abiertos(db, demostracion.FRASE).values() if t]
    assert telefonos
    assert [t for t in telefonos if t.encode() in publico] == []


def test_ningun_nombre_se_lee_en_la_base_sin_la_frase(hecha: Path) -> None:
    contenido = json.loads((hecha / "demo.json").read_text("utf-8"))
    privado = b"".join(archivo.read_bytes() for archivo in hecha.glob("privada.db*"))
    assert [n for n in contenido["nombres"] if n.encode() in privado] == []


def test_repetir_la_demostracion_no_la_cambia(demo: Path) -> None:
    antes = (demo / "demo.json").read_bytes()
    with closing(conexion.abrir(demo / "privada.db")) as db:
        cuantos = len(eventos.listar(db))
    resultado = correr("demo", "--datos", demo, "--sin-servir")
    assert resultado.exit_code == 0, resultado.output
    assert (demo / "demo.json").read_bytes() == antes
    with closing(conexion.abrir(demo / "privada.db")) as db:
        assert len(eventos.listar(db)) == cuantos


def test_al_dia_siguiente_hay_otro_evento_abierto(demo: Path) -> None:
    manana = ahora() + timedelta(days=1)
    antes = demostracion.leer(Instalacion(demo))
    demostracion.poner_al_dia(Instalacion(demo, lambda: manana))
    despues = demostracion.leer(Instalacion(demo))
    with closing(conexion.abrir(demo / "privada.db")) as db:
        viejo, nuevo = (eventos.por_clave(db, d["clave"]) for d in (antes, despues))
    assert viejo is not None
    assert nuevo is not None
    assert (viejo[0]["estado"], nuevo[0]["estado"]) == ("cerrado", "abierto")
    assert nuevo[0]["fecha"] == manana.date().isoformat()


def test_la_demostracion_no_pisa_una_carpeta_de_verdad(datos: Path) -> None:
    antes = (datos / "privada.db").read_bytes()
    resultado = correr("demo", "--datos", datos, "--sin-servir")
    assert resultado.exit_code == 1
    assert "no se tocó" in resultado.output
    assert (datos / "privada.db").read_bytes() == antes
    assert not (datos / "demo.json").exists()


def test_servida_dice_sus_direcciones_sus_cuentas_y_el_qr(demo: Path) -> None:
    with servir(demo, que="demo") as servida:
        contenido = json.loads((demo / "demo.json").read_text("utf-8"))
        assert (contenido["direcciones"]["app"], contenido["direcciones"]["datos"]) == (servida.app, servida.datos)
        assert "todos los datos son inventados" in servida.dicho
        for cuenta in contenido["cuentas"]:
            assert cuenta["contrasena"] in servida.dicho
        assert f"{servida.app}{contenido['clave']}" in servida.dicho
        assert servida.dicho.count("█") > 100
        assert estado(servida.app, contenido["clave"]) == 200
    with closing(conexion.abrir(demo / "privada.db")) as db:
        assert ajustes.leer(db, "host_publico") == servida.app.rstrip("/")


# --- Publicar --------------------------------------------------------------------------------------------------


def test_publicar_otra_vez_deja_los_mismos_bytes(demo: Path) -> None:
    antes = (demo / "publica.db").read_bytes()
    resultado = correr("publicar", "--datos", demo)
    assert resultado.exit_code == 0, resultado.output
    assert "No hay un periodo nuevo" in resultado.output
    assert (demo / "publica.db").read_bytes() == antes


def test_al_terminar_el_trimestre_siguiente_sale_lo_que_iba(demo: Path) -> None:
    manana, despues = ahora() + timedelta(days=1), ahora() + timedelta(days=200)
    demostracion.poner_al_dia(Instalacion(demo, lambda: manana))
    with closing(conexion.abrir(demo / "privada.db")) as db:
        antes = len(publicar.listar(db))
    assert publicar_lotes(Instalacion(demo, lambda: despues), quien="titular", paso=lambda _: None).lotes
    with closing(conexion.abrir(demo / "privada.db")) as db:
        assert len(publicar.listar(db)) > antes
        assert {lote["estado"] for lote in publicar.listar(db)} == {"asentado"}


def test_una_publicacion_interrumpida_se_termina_al_repetir(demo: Path, hecha: Path) -> None:
    """Se deshace el último lote hasta donde lo dejaría un corte después de asignar, y se publica otra vez."""
    with closing(conexion.abrir(demo / "privada.db")) as db:
        ultimo = publicar.listar(db)[0]["lote"]
        db.execute("DELETE FROM libro WHERE lote = ?", [ultimo])
        db.execute(
            "UPDATE lote_publicacion SET estado = 'asignado', asentado_el = NULL, reglas = NULL WHERE lote = ?",
            [ultimo],
        )
    (demo / "publica.db.nuevo").write_bytes(b"a medias")
    (demo / "publica.db").unlink()
    resultado = correr("publicar", "--datos", demo)
    assert resultado.exit_code == 0, resultado.output
    assert (demo / "publica.db").read_bytes() == (hecha / "publica.db").read_bytes()
    assert not (demo / "publica.db.nuevo").exists()
