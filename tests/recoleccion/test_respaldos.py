"""Los respaldos: sellados para una llave de papel, probados al hacerse, y todo vuelve igual.

``JORNADA_ENSAYOS``: cuántas veces se respalda y se levanta una oficina distinta (``make nocturna``: 50).
"""

import io
import os
import subprocess
import tarfile
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from random import Random

import pyrage
import pytest
from fabrica import HORA, Fabrica
from hypothesis import given
from hypothesis import strategies as st

from recoleccion.consultas import ajustes, conexion, cuaderno_llaves, eventos, evidencias, sesiones
from recoleccion.errores import ErrorJornada
from recoleccion.instalacion import Instalacion
from recoleccion.respaldos import archivo, cuaderno, estado, hacer, levantar, llave, rotacion
from tests.respaldo import HOJA, SECRETA, levantar_en, respaldar, todo_lo_que_dice

ENSAYOS = int(os.environ.get("JORNADA_ENSAYOS", "2"))


def codigo(hacerlo: Callable[..., object], *como: object) -> str:
    with pytest.raises(ErrorJornada) as error:
        hacerlo(*como)
    return error.value.codigo


@pytest.fixture
def hecho(instalacion, tmp_path) -> hacer.Hecho:
    return respaldar(instalacion, tmp_path / "respaldos")


# --- La llave de papel -------------------------------------------------------------------------------------------


def test_las_doce_palabras_y_el_qr_abren_lo_mismo():
    for escrito in (" ".join(HOJA.palabras), HOJA.identidad, f"# hoja\n{HOJA.identidad.lower()}\n"):
        assert str(llave.identidad(escrito).to_public()) == HOJA.publica


@pytest.mark.parametrize("escrito", ["", "nada que ver", " ".join(HOJA.palabras[:11]), HOJA.identidad[:-1]])
def test_lo_mal_copiado_se_dice(escrito):
    assert codigo(llave.identidad, escrito) == "palabras_de_respaldo_mal"


def test_la_llave_secreta_no_queda_en_ningun_archivo(instalacion, hecho, tmp_path):
    agujas = [HOJA.secreto, HOJA.identidad.encode(), HOJA.identidad.lower().encode(), " ".join(HOJA.palabras).encode()]
    archivos = [ruta for ruta in tmp_path.rglob("*") if ruta.is_file()]
    assert [ruta for ruta in archivos for aguja in agujas if aguja in ruta.read_bytes()] == []
    (instalacion.datos / "fuga").write_text(HOJA.identidad)
    assert HOJA.identidad.encode() in (instalacion.datos / "fuga").read_bytes()  # el control


# --- Ida y vuelta ------------------------------------------------------------------------------------------------


def _vivir(lugar: Instalacion, elenco, azar: Random) -> None:
    """Un rato de oficina: asistencias con nombre, encuestas, fotos, y a veces se cierra el evento."""
    fabrica = Fabrica(lugar.sello, elenco.evento_id, azar.randrange(2**32))
    with closing(conexion.abrir(lugar.privada)) as base:
        registros = [fabrica.asistencia(nombre=f"Persona {n}") for n in range(azar.randint(1, 30))]
        registros += [fabrica.contestacion(S1="buena") for _ in range(azar.randint(0, 20))]
        fabrica.mandar(base, *registros)
        como = {"evento_id": elenco.evento_id, "clase": "hoja", "ahora": HORA, "quien": "titular", "azar": azar}
        for _ in range(azar.randint(0, 3)):
            evidencias.guardar(base, lugar.evidencias, azar.randbytes(azar.randrange(1, 200_000)), **como)
        if azar.random() < 0.4:
            eventos.cerrar(base, elenco.evento_id, HORA, lugar.sello, azar)


def _archivos(datos: Path) -> dict[str, bytes]:
    """Lo que debe volver byte por byte, además de la base."""
    carpetas = ("catalogos", "claves", "textos", "evidencias")
    return {
        ruta.relative_to(datos).as_posix(): ruta.read_bytes()
        for carpeta in carpetas
        for ruta in sorted((datos / carpeta).rglob("*"))
        if ruta.is_file() and ruta.name != cuaderno_llaves.NOMBRE  # en éste cambia la marca de arranque
    }


@pytest.mark.parametrize("semilla", range(ENSAYOS))
def test_lo_que_se_levanta_es_igual_a_lo_que_se_respaldo(instalacion, elenco, tmp_path, semilla):
    _vivir(instalacion, elenco, Random(semilla))
    hecho = respaldar(instalacion, tmp_path / "respaldos")
    otra = levantar_en(hecho.archivo, tmp_path / "otra", semilla)
    with closing(conexion.abrir(instalacion.privada)) as una, closing(conexion.abrir(otra.privada)) as dos:
        assert todo_lo_que_dice(una) == todo_lo_que_dice(dos)
        assert ajustes.leer(una, "epoca") != ajustes.leer(dos, "epoca")
        assert dos.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert sesiones.listar(dos, HORA) == []
    assert _archivos(instalacion.datos) == _archivos(otra.datos)
    assert {ruta.stat().st_mode & 0o077 for ruta in otra.datos.rglob("*") if ruta.is_file()} <= {0}


def test_el_control_un_renglon_de_menos_se_nota(instalacion, elenco, hecho, tmp_path):
    otra = levantar_en(hecho.archivo, tmp_path / "otra")
    with closing(conexion.abrir(instalacion.privada)) as una, closing(conexion.abrir(otra.privada)) as dos:
        dos.execute("UPDATE evento SET titulo = titulo || '.'")
        assert todo_lo_que_dice(una) != todo_lo_que_dice(dos)


def test_el_age_de_cualquier_linux_lo_abre(hecho, tmp_path):
    (tmp_path / "llave.txt").write_text(HOJA.identidad)
    claro = subprocess.run(["age", "-d", "-i", tmp_path / "llave.txt", hecho.archivo], capture_output=True, check=True)
    with tarfile.open(fileobj=io.BytesIO(claro.stdout), mode="r:gz") as paquete:
        assert set(paquete.getnames()) == {*hecho.huellas, archivo.MANIFIESTO}


def test_mientras_se_respalda_no_queda_nada_de_paso(instalacion, hecho):
    assert not (instalacion.datos / hacer.DE_PASO).exists()
    junto = {cuaderno.JUNTO} if hecho.con_cuaderno else set()
    assert {ruta.name for ruta in hecho.archivo.parent.iterdir()} == {hecho.archivo.name, *junto}
    assert hecho.archivo.stat().st_mode & 0o777 == 0o600


def test_un_disco_lleno_se_dice_como_lo_que_es(instalacion, tmp_path, monkeypatch):
    abrir = os.open

    def sin_lugar(ruta, *como, **mas):
        lleno = str(ruta).endswith(".age.nuevo")
        return abrir("/dev/full", os.O_WRONLY) if lleno else abrir(ruta, *como, **mas)

    monkeypatch.setattr(archivo.os, "open", sin_lugar)
    assert codigo(respaldar, instalacion, tmp_path / "respaldos") == "disco_lleno"
    assert list((tmp_path / "respaldos").iterdir()) == []
    assert not (instalacion.datos / hacer.DE_PASO).exists()


def test_dos_a_la_vez_no_se_puede(instalacion, tmp_path):
    with hacer._candado(instalacion.datos):
        assert codigo(respaldar, instalacion, tmp_path / "respaldos") == "respaldo_en_curso"


# --- Lo que no quedó bien no se queda ------------------------------------------------------------------------------


def test_si_de_prueba_no_sale_igual_se_descarta_y_se_anota(instalacion, tmp_path, monkeypatch):
    """El defecto plantado: algo cambia entre copiar y sellar."""
    de_veras = hacer.empacar

    def estropeando(lugar, copia, *como):
        huellas = de_veras(lugar, copia, *como)
        copia.write_bytes(copia.read_bytes()[:-1] + b"x")
        return huellas

    bueno = respaldar(instalacion, tmp_path / "respaldos")
    monkeypatch.setattr(hacer, "empacar", estropeando)
    despues = HORA + timedelta(days=1)
    assert codigo(respaldar, instalacion, tmp_path / "respaldos", despues) == "respaldo_fallido"
    assert rotacion.nombre(despues) not in {ruta.name for ruta in bueno.archivo.parent.iterdir()}
    assert bueno.archivo.exists()
    anotado = estado.leer(instalacion.datos, estado.RESPALDO)
    assert (anotado["fallo"], anotado["hecho_en"]) == ("respaldo_fallido", HORA.isoformat())


@pytest.mark.parametrize(
    ("danar", "dicho"),
    [
        (lambda b: b[: len(b) // 2], "respaldo_ilegible"),
        (lambda b: b[:-100], "respaldo_ilegible"),
        (lambda b: b[:5000] + bytes([b[5000] ^ 1]) + b[5001:], "respaldo_ilegible"),
        (lambda _: b"no es un respaldo", "respaldo_ilegible"),
        (lambda _: b"", "respaldo_ilegible"),
        (lambda _: pyrage.encrypt(b"hola", [SECRETA.to_public()]), "respaldo_ilegible"),
    ],
)
def test_un_respaldo_danado_no_se_levanta(hecho, tmp_path, danar, dicho):
    hecho.archivo.write_bytes(danar(hecho.archivo.read_bytes()))
    assert codigo(levantar_en, hecho.archivo, tmp_path / "otra") == dicho
    assert not (tmp_path / "otra").exists()
    assert not (tmp_path / ".restaurando-otra").exists()


def test_con_otra_hoja_no_se_abre(hecho, tmp_path):
    otra = llave.identidad(llave.LlaveDePapel(bytes(16)).identidad)
    lugar = Instalacion(tmp_path / "otra")
    assert codigo(levantar.restaurar, hecho.archivo, lugar, [otra], HORA, Random(1)) == "respaldo_de_otra_llave"


@pytest.mark.parametrize(
    "nombre", ["../fuera.db", "/tmp/fuera.db", "claves/../../fuera", "claves/.x", "claves/nombres.llaves", "otro.txt"]
)
def test_un_respaldo_hecho_a_mano_no_escribe_donde_no_debe(hecho, tmp_path, nombre):
    """Cualquiera con la mitad pública puede sellar uno: lo de adentro no se cree."""
    malo = hecho.archivo.with_name("respaldo-malo.age")
    fuente = tmp_path / "fuente"
    fuente.write_bytes(b"x")
    dicho = {"hecho_en": HORA.isoformat(), "cuaderno": False}
    archivo.escribir(malo, [(6, [("privada.db", fuente), (nombre, fuente)])], [SECRETA.to_public()], dicho)
    antes = {ruta for ruta in tmp_path.rglob("*")}
    assert codigo(levantar_en, malo, tmp_path / "otra") == "respaldo_ilegible"
    assert {ruta for ruta in tmp_path.rglob("*")} == antes


def test_no_se_levanta_encima_de_nada(hecho, tmp_path):
    (tmp_path / "otra").mkdir()
    (tmp_path / "otra" / "algo").touch()
    assert codigo(levantar_en, hecho.archivo, tmp_path / "otra") == "carpeta_ocupada"


# --- El cuaderno de los nombres viaja al lado ----------------------------------------------------------------------


@pytest.fixture
def con_nombre(instalacion, elenco) -> Instalacion:
    fabrica = Fabrica(instalacion.sello, elenco.evento_id)
    with closing(conexion.abrir(instalacion.privada)) as base:
        fabrica.mandar(base, fabrica.asistencia(nombre="Persona Prueba"))
    assert cuaderno_llaves.lugar(instalacion.datos).is_file()
    return instalacion


def test_el_cuaderno_no_va_adentro_y_su_copia_anterior_queda_en_ceros(con_nombre, tmp_path):
    hecho = respaldar(con_nombre, tmp_path / "respaldos")
    assert "claves/nombres.llaves" not in hecho.huellas
    junto = hecho.archivo.with_name(cuaderno.JUNTO)
    dice = cuaderno_llaves.lugar(con_nombre.datos).read_bytes()
    assert cuaderno.leer(junto, [SECRETA]) == dice
    os.link(junto, tmp_path / "la_de_ayer")
    respaldar(con_nombre, tmp_path / "respaldos", HORA + timedelta(days=1))
    assert set((tmp_path / "la_de_ayer").read_bytes()) == {0}
    assert cuaderno.leer(junto, [SECRETA]) == dice


def test_sin_el_cuaderno_se_pide_y_se_puede_seguir_sin_nombres(con_nombre, tmp_path):
    hecho = respaldar(con_nombre, tmp_path / "respaldos")
    hecho.archivo.with_name(cuaderno.JUNTO).unlink()
    assert codigo(levantar_en, hecho.archivo, tmp_path / "otra") == "falta_cuaderno"
    assert not (tmp_path / "otra").exists()
    lugar = Instalacion(tmp_path / "otra")
    levantar.restaurar(hecho.archivo, lugar, [SECRETA], HORA, Random(1), None, sin_nombres=True)
    assert lugar.privada.exists()


def test_un_cuaderno_mas_viejo_que_el_respaldo_se_dice(con_nombre, tmp_path):
    hecho = respaldar(con_nombre, tmp_path / "respaldos")
    entero = cuaderno.leer(hecho.archivo.with_name(cuaderno.JUNTO), [SECRETA])
    for copia, dicho in ((entero, False), (entero[:2000], True)):
        lugar = Instalacion(tmp_path / f"otra{dicho}")
        levantado = levantar.restaurar(hecho.archivo, lugar, [SECRETA], HORA, Random(1), copia)
        assert bool(levantado.cuaderno_mal) is dicho


# --- Cuáles se quedan ----------------------------------------------------------------------------------------------


def test_en_dos_anios_de_respaldos_diarios_quedan_pocos_y_bien_repartidos():
    nombres: set[str] = set()
    for dia in range(730):
        nombres.add(rotacion.nombre(HORA + timedelta(days=dia)))
        nombres -= set(rotacion.sobran(nombres, rotacion.Plan()))
    fechas = sorted(hora for nombre in nombres if (hora := rotacion.hecho_el(nombre)))
    assert len(fechas) <= 7 + 5 + 12
    ultimo = fechas[-1]
    assert [ultimo - timedelta(days=n) in fechas for n in range(7)] == [True] * 7
    assert len({(f.year, f.month) for f in fechas}) >= 12


@given(
    dias=st.sets(st.integers(0, 4000), min_size=1, max_size=60),
    plan=st.builds(rotacion.Plan, st.integers(1, 9), st.integers(0, 9), st.integers(0, 14)),
)
def test_el_ultimo_nunca_sobra_y_lo_ajeno_tampoco(dias, plan):
    nombres = [rotacion.nombre(HORA + timedelta(hours=7 * dia)) for dia in dias]
    ajenos = ["nota.txt", "respaldo-2026-99-99-000000.tar.gz.age", "respaldo-2026-01-01-000000.tar.gz.age.nuevo"]
    sobran = rotacion.sobran([*nombres, *ajenos], plan)
    assert max(nombres) not in sobran
    assert not set(sobran) & set(ajenos)
    quedan = set(nombres) - set(sobran)
    assert len({nombre[9:19] for nombre in quedan}) >= min(plan.diarios, len({nombre[9:19] for nombre in nombres}))
    assert rotacion.sobran(quedan, plan) == []
