"""``jornada respaldar`` y ``jornada restaurar``, como se usan: la hoja, el archivo, y una carpeta nueva."""

import re
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from subprocess import run

import pytest

from recoleccion.consultas import ajustes, conexion, copias, eventos
from recoleccion.consultas.esquema import migraciones
from recoleccion.instalacion import Instalacion, ahora
from recoleccion.respaldos import estado, hacer
from recoleccion.revisar import copias as revisadas
from tests.ordenes import correr
from tests.recoleccion.fabrica import Fabrica
from tests.test_cli import sin_ingles


@pytest.fixture
def palabras(datos: Path, tmp_path: Path) -> str:
    """Las doce palabras, leídas de la hoja impresa."""
    salida = correr("respaldar", "--datos", datos, "--nueva-llave", "--hoja", tmp_path / "hoja.pdf")
    assert salida.exit_code == 0, salida.output
    texto = run(["pdftotext", tmp_path / "hoja.pdf", "-"], capture_output=True, text=True, check=True).stdout
    return " ".join(palabra for _, palabra in sorted((int(n), p) for n, p in re.findall(r"(\d+)\.\s+(\w+)\n", texto)))


@pytest.fixture
def respaldo(datos: Path, tmp_path: Path, palabras: str) -> Path:
    salida = correr("respaldar", "--datos", datos, "--a", tmp_path / "respaldos")
    assert salida.exit_code == 0, salida.output
    assert "quedó igual" in salida.output
    return next((tmp_path / "respaldos").glob("respaldo-*.tar.gz.age"))


def test_sin_llave_no_se_respalda_y_se_dice_como_hacerla(datos, tmp_path):
    salida = correr("respaldar", "--datos", datos, "--a", tmp_path / "respaldos")
    assert (salida.exit_code, "--nueva-llave" in salida.output) == (1, True)
    assert not any((tmp_path / "respaldos").glob("*"))
    assert estado.leer(datos, estado.RESPALDO)["fallo"] == "falta_llave_de_respaldos"


def test_con_las_palabras_de_la_hoja_vuelve_todo(datos, respaldo, palabras, tmp_path):
    salida = correr("restaurar", "--datos", tmp_path / "otra", respaldo, entrada=palabras)
    assert salida.exit_code == 0, salida.output
    assert re.search(r"Cabeza de la bitácora: [0-9a-f]{12}\.", salida.output)
    sin_ingles(salida.output)
    with closing(conexion.abrir(datos / "privada.db")) as a, closing(conexion.abrir(tmp_path / "otra/privada.db")) as b:
        assert eventos.listar(a) == eventos.listar(b)
        assert ajustes.leer(a, "epoca") != ajustes.leer(b, "epoca")
    assert estado.leer(tmp_path / "otra", estado.RESTAURADO)["de"]


def test_la_hoja_se_escribe_una_vez_y_cambiarla_se_pide_aparte(datos, palabras, tmp_path):
    assert (tmp_path / "hoja.pdf").stat().st_mode & 0o777 == 0o600
    assert "sigue en esta computadora" in revisadas.hoja(Instalacion(datos)).frase
    publica = (datos / "claves" / "respaldo.txt").read_bytes()
    otra = correr("respaldar", "--datos", datos, "--nueva-llave", "--hoja", tmp_path / "otra.pdf")
    assert (otra.exit_code, (tmp_path / "otra.pdf").exists()) == (1, False)
    encima = correr("respaldar", "--datos", datos, "--nueva-llave", "--cambiar", "--hoja", tmp_path / "hoja.pdf")
    assert (encima.exit_code, (datos / "claves" / "respaldo.txt").read_bytes()) == (1, publica)
    cambiada = correr("respaldar", "--datos", datos, "--nueva-llave", "--cambiar", "--en-pantalla")
    assert "AGE-SECRET-KEY-1" in cambiada.output
    assert (datos / "claves" / "respaldo.txt").read_bytes() != publica


def test_probar_la_hoja_no_levanta_nada_y_se_recuerda(datos, respaldo, palabras, tmp_path):
    assert estado.leer(datos, estado.HOJA)["probada_en"] is None
    antes = {ruta for ruta in tmp_path.rglob("*")}
    salida = correr("restaurar", "--datos", datos, respaldo, "--solo-comprobar", entrada=palabras)
    assert (salida.exit_code, "la hoja lo abre" in salida.output) == (0, True)
    assert {ruta for ruta in tmp_path.rglob("*")} == antes
    assert estado.leer(datos, estado.HOJA)["probada_en"]
    mala = correr("restaurar", "--datos", datos, respaldo, "--solo-comprobar", entrada="ábaco " * 12)
    assert mala.exit_code == 1


def test_un_respaldo_de_antes_pide_las_dos_hojas_si_la_llave_se_cambio(datos, con_nombre, palabras, respaldo, tmp_path):
    dicho = correr("respaldar", "--datos", datos, "--nueva-llave", "--cambiar", "--en-pantalla").output
    hacer.respaldar(Instalacion(datos), respaldo.parent, ahora() + timedelta(days=1))
    una, otra = tmp_path / "una.txt", tmp_path / "otra.txt"
    una.write_text(palabras)
    otra.write_text(re.search(r"AGE-SECRET-KEY-\S+", dicho)[0])
    sola = correr("restaurar", "--datos", tmp_path / "n", respaldo, "--llave", una)
    assert (sola.exit_code, "con otra hoja" in sola.output) == (1, True)
    las_dos = correr("restaurar", "--datos", tmp_path / "n", respaldo, "--llave", una, "--llave", otra)
    assert las_dos.exit_code == 0, las_dos.output


@pytest.fixture
def con_nombre(datos, elenco) -> None:
    """Una asistencia con nombre: desde entonces hay cuaderno."""
    fabrica = Fabrica(Instalacion(datos).sello, elenco.evento_id)
    with closing(conexion.abrir(datos / "privada.db")) as base:
        fabrica.mandar(base, fabrica.asistencia(nombre="Persona Prueba"))


# --- Actualizar y regresar -----------------------------------------------------------------------------------------


@pytest.fixture
def de_antes(tmp_path: Path) -> Path:
    """Una oficina de la versión anterior: le falta la última migración."""
    datos = tmp_path / "vieja"
    datos.mkdir()
    ultima = migraciones._migrations[-1].name
    base = conexion._conectar(datos / "privada.db", "rwc")
    with closing(base):
        migraciones.apply(base, stop_before=ultima)
        base.execute("INSERT INTO ajuste (clave, valor) VALUES ('oficina', 'La de antes'), ('epoca', 'una')")
    return datos


def _aplicadas(ruta: Path) -> set[str]:
    with closing(conexion.abrir(ruta, solo_lectura=True)) as base:
        return {migracion.name for migracion in migraciones.applied(base)}


def test_antes_de_actualizar_se_guarda_una_copia_y_se_puede_volver(de_antes):
    ruta, ultima = de_antes / "privada.db", migraciones._migrations[-1].name
    conexion.verificar(ruta)
    copia = copias.la_ultima(ruta)
    assert copia == de_antes / "respaldos" / f"antes-de-{ultima}.db"
    assert copia.stat().st_mode & 0o777 == 0o600
    assert _aplicadas(ruta) - _aplicadas(copia) == {ultima}
    with closing(conexion.abrir(ruta)) as base:
        ajustes.guardar(base, "oficina", "La de después")
    (de_antes / "evidencias").mkdir()
    (de_antes / "evidencias" / "de-despues.sobre").write_bytes(b"foto")
    salida = correr("restaurar", "--datos", de_antes, "--anterior")
    assert salida.exit_code == 0, salida.output
    with closing(conexion.abrir(ruta)) as base:
        assert ajustes.leer(base, "oficina") == "La de antes"
        assert ajustes.leer(base, "epoca") != "una"
    assert ultima not in _aplicadas(ruta)
    (guardada,) = (de_antes / "respaldos").glob("despues-de-*")
    with closing(conexion.abrir(guardada / "privada.db")) as base:
        assert ajustes.leer(base, "oficina") == "La de después"
    assert (guardada / "evidencias" / "de-despues.sobre").read_bytes() == b"foto"


def test_si_la_copia_no_se_puede_hacer_no_se_actualiza(de_antes):
    (de_antes / "respaldos").write_text("aquí no cabe")
    antes = _aplicadas(de_antes / "privada.db")
    salida = correr("respaldar", "--datos", de_antes)
    assert salida.exit_code == 1
    assert _aplicadas(de_antes / "privada.db") == antes


def test_una_instalacion_nueva_no_guarda_copia(datos):
    assert copias.la_ultima(datos / "privada.db") is None
    assert correr("restaurar", "--datos", datos, "--anterior").exit_code == 1
