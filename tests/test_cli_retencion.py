"""``jornada retencion`` y ``jornada cuaderno`` desde la consola."""

import io
import shutil
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader

from recoleccion.consultas import actas, bitacora, conexion, eventos, identidades, llave, ranuras, recepcion
from recoleccion.consultas.cuaderno_llaves import lugar
from tests.elenco import HORA, evento_de_prueba
from tests.llave import FRASE
from tests.ordenes import correr

ID = "7a1d5a4e-3d3c-4c1b-8f6e-2a2a2a2a2a2a"
NOMBRE = "Zenaida Quezada"


@pytest.fixture
def con_vencidos(datos: Path, instalacion, azar) -> Path:
    """Una persona de un evento de 2024, que a fines de 2026 ya venció."""
    with closing(conexion.abrir(datos / "privada.db")) as db:
        evento = eventos.crear(db, evento_de_prueba(fecha="2024-03-08", encuestas=[]), HORA - timedelta(days=900), azar)
        registro = {
            "v": 1, "id": ID, "tipo": "asistencia", "evento": evento, "hora": None, "sesgo_ms": None,
            "datos": {"modo": "telefono", "sexo": "M", "edad": "30-44", "procedencia": "nd", "aviso": 1,
                      "nombre": NOMBRE, "telefono": None, "credencial": None},
        }  # fmt: skip
        assert recepcion.registrar_en_linea(db, registro, sello=instalacion.sello, ahora=HORA) == "aceptado"
    return datos


def quienes(datos: Path) -> dict[str, str | None]:
    with closing(conexion.abrir(datos / "privada.db")) as db:
        filas = db.execute("SELECT asistencia_id AS id, nombre, telefono, sobre, ranura FROM identidad").fetchall()
        vistas = identidades.mostrar(identidades.con_capa(db, filas), llave.abrir(db, FRASE))
        return {v["id"]: v["nombre"] or v["identidad"] for v in vistas}


def test_primero_se_ve_y_despues_se_borra_con_acta(con_vencidos, tmp_path):
    dicho = correr("retencion", "--datos", con_vencidos)
    assert dicho.exit_code == 1
    assert "2024  1 nombre o teléfono" in dicho.output
    assert "YA VENCIÓ" in dicho.output
    ver = correr("retencion", "--datos", con_vencidos, "--borrar", "2024", "--solo-ver")
    assert (ver.exit_code, quienes(con_vencidos)) == (0, {ID: NOMBRE})
    acta = tmp_path / "acta.pdf"
    no = correr("retencion", "--datos", con_vencidos, "--borrar", "2024", "--acta", acta, entrada="n\n")
    assert (no.exit_code, quienes(con_vencidos), acta.exists()) == (1, {ID: NOMBRE}, False)
    si = correr("retencion", "--datos", con_vencidos, "--borrar", "2024", "--acta", acta, entrada="s\n")
    assert (si.exit_code, quienes(con_vencidos)) == (0, {})
    papel = " ".join(" ".join(p.extract_text() for p in PdfReader(io.BytesIO(acta.read_bytes())).pages).split())
    with closing(conexion.abrir(con_vencidos / "privada.db")) as db:
        (hecha,) = actas.listar(db, "conservacion")
        assert ranuras.revisar(db).bien
        assert bitacora.listar(db, 1)[0]["accion"] == "borrar nombres"
    assert hecha["huella"] in papel
    assert NOMBRE not in papel
    assert "Programa 2024" in papel
    assert correr("retencion", "--datos", con_vencidos).exit_code == 0


def test_lo_que_no_ha_vencido_no_se_borra(con_vencidos, tmp_path):
    mal = correr("retencion", "--datos", con_vencidos, "--borrar", "2025", "--acta", tmp_path / "a.pdf")
    assert "¿Borrarlos" not in mal.output, "ni se pregunta"
    assert mal.exit_code == 1
    assert "31 de diciembre de 2026" in mal.output
    assert not (tmp_path / "a.pdf").exists()


def test_el_cuaderno_que_falta_se_dice_y_con_una_copia_se_completa(con_vencidos, tmp_path):
    assert "1 nombre se puede leer" in correr("cuaderno", "--datos", con_vencidos).output
    copia = tmp_path / "copia.llaves"
    shutil.move(lugar(con_vencidos), copia)
    mal = correr("cuaderno", "--datos", con_vencidos)
    assert mal.exit_code == 1
    assert "--unir" in mal.output
    assert quienes(con_vencidos) == {ID: "sin_cuaderno"}
    assert correr("cuaderno", "--datos", con_vencidos, "--empezar-otro").exit_code == 1, "ése no se puede leer todavía"
    with closing(conexion.abrir(con_vencidos / "privada.db")) as db:
        assert ranuras.inservible(db) is None, "los que lleguen ya van cubiertos"
        assert ranuras.revisar(db).sin_llave == 1
    assert "no se tocó" in correr("cuaderno", "--datos", con_vencidos, "--empezar-otro").output
    assert correr("cuaderno", "--datos", con_vencidos, "--unir", copia).exit_code == 0
    assert quienes(con_vencidos) == {ID: NOMBRE}
    ajeno = tmp_path / "ajeno.llaves"
    ajeno.write_bytes(copia.read_bytes()[:32] + bytes(16) + copia.read_bytes()[48:])
    assert correr("cuaderno", "--datos", con_vencidos, "--unir", ajeno).exit_code == 1
    assert quienes(con_vencidos) == {ID: NOMBRE}
