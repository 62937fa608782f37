"""``jornada verificar``: cada cosa que puede andar mal se dice con palabras y con qué hacer."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest

from recoleccion.consultas import ajustes, bitacora, conexion, evidencias
from recoleccion.instalacion import Instalacion, ahora
from recoleccion.revisar import equipo
from tests.ordenes import correr
from tests.test_cli import sin_ingles


def vista(datos: Path, *argumentos: str):
    return correr("verificar", "--datos", datos, *argumentos)


def renglon(salida: str, palabra: str) -> str:
    return next(linea for linea in salida.splitlines() if palabra in linea)


@pytest.fixture
def al_dia(datos: Path) -> Path:
    """Lo preparado lleva la hora de las pruebas, que todavía no llega: aquí lo anotado es de hace una hora."""
    with closing(conexion.abrir(datos / "privada.db")) as db:
        disparador = db.execute("SELECT sql FROM sqlite_master WHERE name = 'bitacora_no_se_borra'").fetchone()[0]
        db.execute("DROP TRIGGER bitacora_no_se_borra")
        db.execute("DELETE FROM bitacora")
        db.execute("DELETE FROM ajuste WHERE clave = 'bitacora_cabeza'")
        momento = ahora() - timedelta(hours=1)
        bitacora.anotar(db, momento, "titular", "entrar", "panel")
        bitacora.anotar(db, momento, "titular", "salir", "panel")
        db.execute(disparador)
    return datos


def test_una_carpeta_sana_termina_en_cero_y_no_se_toca(al_dia):
    antes = (al_dia / "privada.db").read_bytes()
    salida = vista(al_dia)
    assert salida.exit_code == 0
    assert "MAL" not in salida.output
    assert "La bitácora está completa: 2 renglones; cabeza " in salida.output
    assert (al_dia / "privada.db").read_bytes() == antes
    sin_ingles(salida.output)


def test_el_codigo_de_una_hoja_se_busca_en_la_bitacora(al_dia):
    with closing(conexion.abrir(al_dia / "privada.db")) as db:
        corta = bitacora.cabeza(db).corta
    assert "es el renglón 2" in vista(al_dia, "--cabeza", corta).output
    mala = vista(al_dia, "--cabeza", "0" * 12)
    assert mala.exit_code == 1
    assert "no está en la bitácora" in mala.output


@pytest.mark.parametrize(
    ("orden", "frase"),
    [
        ("UPDATE bitacora SET quien = 'otra' WHERE id = 1", "se cambió por fuera"),
        ("DELETE FROM bitacora WHERE id = 1", "renglón 2"),
        ("DELETE FROM bitacora WHERE id = 2", "faltan o le sobran renglones al final"),
    ],
)
def test_una_bitacora_tocada_por_fuera_termina_en_uno(al_dia, orden, frase):
    with closing(sqlite3.connect(al_dia / "privada.db")) as db:
        for disparador in ("bitacora_no_cambia", "bitacora_no_se_borra"):
            db.execute(f"DROP TRIGGER IF EXISTS {disparador}")
        db.execute(orden)
        db.commit()
    salida = vista(al_dia)
    assert salida.exit_code == 1
    assert frase in salida.output
    assert "respaldo anterior" in salida.output


def _danar(datos: Path) -> None:
    with (datos / "privada.db").open("r+b") as archivo:
        archivo.seek(4096 * 3)
        archivo.write(b"\xff" * 4096 * 4)


def _quitar_evento(datos: Path) -> None:
    with closing(sqlite3.connect(datos / "privada.db")) as db:
        db.execute("DELETE FROM evento")
        db.commit()


def _de_otra_version(datos: Path) -> None:
    with closing(sqlite3.connect(datos / "privada.db")) as db:
        db.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES"
                   " ('recoleccion', 'm999_del_futuro', 'hoy')")  # fmt: skip
        db.commit()


def _sin_ayuda(datos: Path) -> None:
    with closing(sqlite3.connect(datos / "privada.db")) as db:
        db.execute("UPDATE institucion SET en_ayuda = 0")
        db.commit()


def _reloj_atrasado(datos: Path) -> None:
    with closing(conexion.abrir(datos / "privada.db")) as db:
        bitacora.anotar(db, ahora() + timedelta(days=2), "titular", "entrar", "panel")


@pytest.mark.parametrize(
    ("danar", "frase"),
    [
        (_danar, "dañad"),
        (lambda datos: (datos / "privada.db").unlink(), "No hay datos"),
        (_quitar_evento, "nombran a otro que no está: "),
        (_de_otra_version, "más nueva que este programa"),
        (_reloj_atrasado, "El reloj va atrasado"),
        (_sin_ayuda, "ningún teléfono de ayuda"),
        (lambda datos: (datos / "claves" / "sesion.key").write_bytes(b"corta"), "sesion.key"),
        (lambda datos: (datos / "claves" / "servidor.pem").unlink(), "servidor.pem"),
        (lambda datos: (datos / "claves" / "publicacion.key").chmod(0o644), "publicacion.key"),
        (lambda datos: (datos / "privada.db").chmod(0o640), "chmod 600"),
        (lambda datos: (datos / "catalogos" / "temas.csv").write_text("basura"), "Un catálogo no se puede usar"),
    ],
)
def test_cada_falla_se_dice_con_que_hacer_y_termina_en_uno(al_dia, danar, frase):
    danar(al_dia)
    salida = vista(al_dia)
    assert salida.exit_code == 1
    mala = salida.output.splitlines().index(renglon(salida.output, frase))
    assert any(linea.startswith("MAL") for linea in salida.output.splitlines()[max(0, mala - 1) : mala + 1])


def test_una_foto_sin_archivo_o_danada_se_dice(al_dia, elenco):
    lugar = Instalacion(al_dia)
    with closing(conexion.abrir(lugar.privada)) as db:
        como = {"evento_id": elenco.evento_id, "clase": "hoja", "ahora": ahora(), "quien": "titular"}
        id = evidencias.guardar(db, lugar.evidencias, b"una foto", **como, azar=Random(4))
    assert "Las evidencias están completas: 1." in vista(al_dia).output
    archivo = evidencias.ruta(lugar.evidencias, id)
    archivo.write_bytes(archivo.read_bytes() + b"x")
    assert "1 foto de evidencia está dañada." in vista(al_dia).output
    (lugar.evidencias / "suelto").touch()
    archivo.unlink()
    salida = vista(al_dia)
    assert (salida.exit_code, "1 foto de evidencia no tiene su archivo." in salida.output) == (1, True)


def test_lo_que_sobra_y_lo_que_falta_verificar_solo_se_avisan(al_dia):
    lugar = Instalacion(al_dia)
    lugar.evidencias.mkdir(exist_ok=True)
    (lugar.evidencias / "suelto").touch()
    with closing(conexion.abrir(lugar.privada)) as db:
        db.execute("UPDATE institucion SET verificado_el = '2020-01-01'")
        ajustes.guardar(db, "modo", "prueba")
    salida = vista(al_dia)
    assert salida.exit_code == 0
    assert "que nadie nombra" in salida.output
    assert "marcado en medio año" in salida.output


@pytest.mark.parametrize(("libre", "estado"), [(5_000_000, "MAL"), (500_000_000, "AVISO"), (5_000_000_000, "bien")])
def test_el_espacio_que_queda(al_dia, monkeypatch, libre, estado):
    monkeypatch.setattr(equipo.shutil, "disk_usage", lambda _: SimpleNamespace(free=libre))
    assert renglon(vista(al_dia).output, "GB libres").startswith(estado)
