"""Lo que puede salir mal al publicar: cada cosa se dice en español llano, y lo publicado queda como estaba."""

import json
import shutil
from contextlib import closing
from datetime import datetime
from pathlib import Path

import elenco_publicacion as elenco
import pytest
from desgracias import ENERO, chica, nada, sin_privilegios
from sqlite_utils import Database

from publicacion import escritura, orquestar
from publicacion.errores import ErrorPublicacion
from recoleccion.consultas import conexion
from recoleccion.consultas import publicar as lotes
from recoleccion.errores import ErrorJornada
from recoleccion.instalacion import ZONA_HORARIA, Instalacion
from recoleccion.publicador import falla, publicar
from tests.recoleccion.disco import LLENO, Disco


@pytest.fixture(scope="module")
def oficina_chica(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return chica(tmp_path_factory.mktemp("chica") / "datos")


@pytest.fixture
def lugar(oficina_chica: Path, tmp_path: Path) -> Instalacion:
    """Un lote publicado en octubre (2 eventos, 60 asistencias) y otro que espera desde enero (4 eventos, 120)."""
    return Instalacion(Path(shutil.copytree(oficina_chica, tmp_path / "datos")), lambda: ENERO)


def ejecutar(lugar: Instalacion, *sentencias: str) -> None:
    with closing(Database(lugar.privada)) as db:
        db.execute("PRAGMA ignore_check_constraints = ON")
        for sentencia in sentencias:
            db.execute(sentencia)
        db.conn.commit()


def intacto(lugar: Instalacion) -> tuple[bytes, list[str], int]:
    """Lo que no debe moverse cuando no se publica: el archivo, los lotes y lo que espera."""
    with closing(Database(lugar.privada)) as db:
        esperan = db.execute("SELECT count(*) FROM asistencia WHERE lote IS NULL").fetchone()[0]
        asentados = [f[0] for f in db.execute("SELECT lote FROM lote_publicacion ORDER BY 1")]
    assert not list(lugar.datos.glob("publica.db.nuevo*"))
    return lugar.publica.read_bytes(), asentados, esperan


def no_publica(lugar: Instalacion, *frases: str, clase: type[Exception] = ErrorPublicacion) -> None:
    antes = intacto(lugar)
    with pytest.raises(clase) as error:
        publicar(lugar, quien="titular", paso=nada)
    dicho = falla(error.value)
    for frase in frases:
        assert frase in f"{dicho.mensaje} {dicho.que_hacer}", dicho
    assert dicho.que_hacer
    assert intacto(lugar) == antes


# --- la base privada ----------------------------------------------------------------------------------------------

DE_UNA = "WHERE rowid = (SELECT min(rowid) FROM asistencia WHERE lote IS NULL)"
DE_OTRA = "WHERE id = (SELECT min(id) FROM contestacion WHERE lote IS NULL)"
DE_CAMBIO = "WHERE id = (SELECT min(id) FROM cambio WHERE lote IS NULL)"


@pytest.mark.parametrize(
    ("sentencia", "frase"),
    [
        (f"UPDATE asistencia SET personas = -3 {DE_UNA}", "asistencias con las personas «-3» (1)"),
        (f"UPDATE asistencia SET personas = 100000 {DE_UNA}", "asistencias con las personas «100000» (1)"),
        (f"UPDATE asistencia SET sexo = 'X' {DE_UNA}", "asistencias con el sexo «X» (1)"),
        (f"UPDATE asistencia SET edad = '999' {DE_UNA}", "asistencias con la edad «999» (1)"),
        ("UPDATE evento SET zona = 'zona_9' WHERE fecha LIKE '2026-11%'", "eventos con la zona «zona_9» (2)"),
        ("UPDATE evento SET programa = 'otro' WHERE fecha LIKE '2026-11%'", "eventos con el programa «otro» (2)"),
        (f"UPDATE contestacion SET sexo = '?' {DE_OTRA}", "contestaciones con el sexo «?» (1)"),
        (f"UPDATE contestacion SET respuestas = '{{\"K1\": ' {DE_OTRA}", "Una contestación guardada está dañada"),
        (f"UPDATE contestacion SET respuestas = '[1]' {DE_OTRA}", "Una contestación guardada está dañada"),
        (f'UPDATE cambio SET cambios = \'{{"K1": "regular"}}\' {DE_CAMBIO}', "cambios con el valor «regular» (1)"),
        (f"UPDATE cambio SET cambios = 'nada' {DE_CAMBIO}", "Una comparación guardada está dañada"),
    ],
)
def test_un_dato_que_no_puede_ser_no_se_publica(lugar, sentencia, frase):
    ejecutar(lugar, sentencia)
    no_publica(lugar, frase, "No se publicó nada y lo de antes sigue igual.")


def test_corregido_el_dato_se_publica_entero(lugar):
    ejecutar(lugar, f"UPDATE asistencia SET sexo = 'X' {DE_UNA}")
    no_publica(lugar, "«X»")
    ejecutar(lugar, "UPDATE asistencia SET sexo = 'M' WHERE sexo = 'X'")
    assert publicar(lugar, quien="titular", paso=nada).lotes == ("2026-T4",)
    assert intacto(lugar)[2] == 0


def test_un_trimestre_sin_nada_no_da_lote_y_deja_lo_publicado(lugar):
    """Se canceló todo lo de octubre a diciembre."""
    ejecutar(lugar, "UPDATE evento SET estado = 'cancelado' WHERE fecha > '2026-10'", "DELETE FROM contestacion",
             "DELETE FROM cambio")  # fmt: skip
    antes = intacto(lugar)
    assert publicar(lugar, quien="titular", paso=nada).lotes == ()
    assert intacto(lugar) == antes


def test_un_mes_de_59_personas_espera_al_trimestre(lugar):
    del_veinte = "SELECT id FROM evento WHERE fecha = '2026-11-20'"
    en_noviembre = "WHERE evento_id IN (SELECT id FROM evento WHERE fecha LIKE '2026-11%')"
    ejecutar(
        lugar,
        f"UPDATE asistencia SET sexo = 'N' {en_noviembre}",
        "UPDATE asistencia SET sexo = 'M', edad = '30-44' WHERE rowid IN (SELECT a.rowid FROM asistencia a"
        " WHERE evento_id = (SELECT min(id) FROM evento WHERE fecha LIKE '2026-11%') LIMIT 30)",
        "UPDATE asistencia SET sexo = 'H', edad = '60+' WHERE rowid IN (SELECT a.rowid FROM asistencia a"
        " WHERE evento_id = (SELECT max(id) FROM evento WHERE fecha LIKE '2026-11%') LIMIT 29)",
        "UPDATE evento SET fecha = '2026-11-20' WHERE id = (SELECT min(id) FROM evento WHERE fecha LIKE '2026-12%')",
        "UPDATE evento SET estado = 'cancelado' WHERE fecha LIKE '2026-12%'",
        f"UPDATE asistencia SET sexo = 'N' WHERE sexo NOT IN ('M', 'H') OR evento_id IN ({del_veinte})",
        "DELETE FROM contestacion WHERE lote IS NULL",
        "DELETE FROM cambio WHERE lote IS NULL",
    )
    antes = intacto(lugar)
    en_diciembre = Instalacion(lugar.datos, lambda: datetime(2026, 12, 2, tzinfo=ZONA_HORARIA))
    with closing(conexion.abrir(lugar.privada)) as db:
        mes = lotes.lo_que_espera(db, datetime(2026, 11, 30, tzinfo=ZONA_HORARIA).date())["mes"]
    assert (mes["eventos"], mes["personas"], mes["alcanza"]) == (3, 59, False)
    assert publicar(en_diciembre, quien="titular", paso=nada).lotes == ()
    assert intacto(lugar) == antes
    assert publicar(lugar, quien="titular", paso=nada).lotes == ("2026-T4",)


def test_con_el_reloj_atrasado_no_se_publica(lugar):
    atrasado = Instalacion(lugar.datos, lambda: datetime(2026, 10, 4, tzinfo=ZONA_HORARIA))
    no_publica(atrasado, "dice que hoy es 04/10/2026, y la última publicación fue el 05/10/2026", clase=ErrorJornada)


# --- los catálogos ------------------------------------------------------------------------------------------------


def test_un_censo_sin_la_zona_ni_lo_que_la_contiene_no_deja_publicar(lugar):
    censo = lugar.carpeta_catalogos / "censo-2020.csv"
    renglones = censo.read_text("utf-8").splitlines()
    censo.write_text("\n".join([renglones[0], *(r for r in renglones if ",cabecera," in r)]) + "\n", "utf-8")
    no_publica(lugar, "El censo no dice cuánta gente vive en: Ranchos y comunidades.", "censo-2020.csv")


def test_un_censo_sin_la_zona_se_avisa_y_se_compara_con_lo_que_la_contiene(lugar):
    censo = lugar.carpeta_catalogos / "censo-2020.csv"
    renglones = censo.read_text("utf-8").splitlines()
    censo.write_text("\n".join(r for r in renglones if ",cabecera," not in r) + "\n", "utf-8")
    simulada = orquestar.simular(
        lugar.privada, "2026-T4", "2026-10-01", "2026-12-31", lugar.carpeta_catalogos, elenco.SECRETO
    )
    assert simulada.avisos == [
        "El censo no trae la zona «Cabecera municipal»: se compara con la población de todo el municipio.",
        "El censo no trae la zona «Ranchos y comunidades»: se compara con la población de otras localidades.",
    ]


# --- el libro -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sentencia",
    [
        "UPDATE libro SET valor = replace(valor, 'null', '95') WHERE tabla = 'asistencia_cubo'",
        "DELETE FROM libro WHERE tabla = 'respuesta_cubo' AND celda LIKE '%S1%'",
        "INSERT INTO libro VALUES ('2026-T3', 'asistencia_cubo', '[\"sexo\",\"Z\"]', '{\"n\":10}')",
        "UPDATE lote_publicacion SET reglas = '{}'",
    ],
)
def test_un_libro_alterado_despues_de_asentar_no_se_publica(lugar, sentencia):
    ejecutar(lugar, sentencia)
    no_publica(lugar, "El libro cambió después de asentar el lote 2026-T3", "Restaure el último respaldo")


def test_sin_archivo_publico_y_con_el_libro_alterado_se_atiende_con_uno_vacio(lugar):
    ejecutar(lugar, "DELETE FROM libro WHERE tabla = 'respuesta_cubo'")
    lugar.publica.unlink()
    with pytest.raises(ErrorPublicacion):
        escritura.escribir(lugar.privada, lugar.publica)
    assert not lugar.publica.exists()
    escritura.escribir_vacia(lugar.publica)
    with closing(Database(lugar.publica)) as db:
        assert (db["lote"].count, db["asistencia_cubo"].count) == (0, 0)
        assert db["diccionario"].count > 50


def test_cancelar_datos_de_una_persona_no_mueve_lo_publicado(lugar):
    antes = intacto(lugar)
    ejecutar(
        lugar,
        "DELETE FROM identidad",
        "INSERT INTO anulacion (id, registro_id, evento_id, recibido_en)"
        " SELECT 'x' || id, id, evento_id, '2026-12-01' FROM asistencia WHERE lote = '2026-T3' LIMIT 25",
    )
    huella = escritura.escribir(lugar.privada, lugar.publica)
    assert intacto(lugar) == antes
    assert len(huella) == 64


# --- el disco y los ataques -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("donde", ["publica.db.nuevo", "privada.db-wal"])
def test_con_el_disco_lleno_se_dice_y_al_liberarlo_se_publica(lugar, donde):
    antes = intacto(lugar)
    with Disco() as disco:
        disco.falla = lambda que, archivo: LLENO if que == "escribir" and archivo == donde else 0
        with pytest.raises((ErrorPublicacion, ErrorJornada)) as error:
            publicar(lugar, quien="titular", paso=nada)
    assert "disco" in falla(error.value).mensaje
    archivo, asentados, esperan = intacto(lugar)
    assert archivo == antes[0]
    if donde == "privada.db-wal":
        assert (asentados, esperan) == antes[1:]
    assert publicar(lugar, quien="titular", paso=nada).sha256
    assert intacto(lugar)[1:] == (["2026-T3", "2026-T4"], 0)


def test_en_una_carpeta_de_solo_lectura_se_dice(lugar, tmp_path):
    cerrada = tmp_path / "cerrada"
    cerrada.mkdir()
    (cerrada / "publica.db").write_bytes(lugar.publica.read_bytes())
    cerrada.chmod(0o555)
    with pytest.raises(ErrorPublicacion, match=r"sólo lectura|permiso de escribir") as error:
        sin_privilegios(lambda: escritura.escribir(lugar.privada, cerrada / "publica.db"))
    assert "Revise" in error.value.que_hacer
    assert (cerrada / "publica.db").read_bytes() == lugar.publica.read_bytes()


def test_en_una_carpeta_de_datos_de_solo_lectura_tampoco(lugar):
    antes = intacto(lugar)
    lugar.datos.chmod(0o555)
    with pytest.raises((OSError, ErrorPublicacion, ErrorJornada)) as error:
        sin_privilegios(lambda: publicar(lugar, quien="titular", paso=nada))
    lugar.datos.chmod(0o755)
    assert "permiso" in f"{falla(error.value).mensaje} {falla(error.value).que_hacer}"
    assert intacto(lugar) == antes


def test_si_un_ataque_consigue_algo_no_se_asienta_ni_se_publica(lugar, monkeypatch):
    """Se planta la fuga: una tabla que guarda el orden en que llegaron sus renglones."""
    antes = intacto(lugar)
    sentencias = escritura.sentencias()
    rota = [s.replace(") WITHOUT ROWID", ")") if "asistencia_cubo (" in s else s for s in sentencias]
    assert rota != sentencias
    monkeypatch.setattr(escritura, "sentencias", lambda: rota)
    no_publica(lugar, "se atacó el archivo nuevo", "asistencia_cubo", "No se publicó nada")
    monkeypatch.undo()
    assert intacto(lugar) == antes


def test_un_error_que_nadie_esperaba_no_ensena_nada_de_nadie():
    dicho = falla(RuntimeError("Petra Barba 378 123 4567"))
    assert "Petra" not in f"{dicho.mensaje} {dicho.que_hacer}"
    assert dicho.que_hacer.startswith("No se publicó nada")


def test_las_reglas_asentadas_traen_la_huella_de_sus_celdas(lugar):
    with closing(conexion.abrir(lugar.privada)) as db:
        (lote,) = lotes.listar(db)
        assert len(json.loads(lote["reglas"])["huella"]) == 64
        assert Path(lugar.publica).is_file()
