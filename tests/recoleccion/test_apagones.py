"""Se va la luz, se llena el disco o falla ``fsync``: lo acusado sigue ahí y lo que no se acusó se puede reenviar."""

import os
import random
from contextlib import closing
from pathlib import Path

import pytest
from disco import FALLA_ESCRIBIR, FALLA_SINCRONIZAR, LLENO, Disco, Hecho, apagon
from fabrica import HORA, Fabrica, contar

from recoleccion.consultas import conexion, dispositivos
from recoleccion.sellado import Sello
from tests.avance import avance

APAGONES = int(os.environ.get("JORNADA_APAGONES", "150"))
LOTES, PAGINAS_POR_VACIADO = 40, 30


def _trabajar(datos: Path, evento_id: str, synchronous: str) -> tuple[dict[str, bytes], list[Hecho]]:
    """Recibe lotes con el disco anotado; la bitácora se vacía seguido, para que también haya cortes a medio vaciado."""
    ruta = datos / "privada.db"
    fabrica = Fabrica(Sello.leer((datos / "claves" / "servidor.pem").read_bytes()), evento_id)
    with closing(conexion.abrir(ruta)) as base:
        conexion.vaciar_bitacora(base)
    iniciales = {ruta.name: ruta.read_bytes()}
    with Disco() as disco, closing(conexion.abrir(ruta)) as base:
        base.execute(f"PRAGMA synchronous = {synchronous}")
        base.execute(f"PRAGMA wal_autocheckpoint = {PAGINAS_POR_VACIADO}")
        for n in range(LOTES):
            registros = [fabrica.asistencia(nombre="Ana"), fabrica.contestacion(S1="buena"), fabrica.conteo()]
            acuses = fabrica.recibir(base, *map(fabrica.sellar, registros[: n % 3 + 1]))
            assert {acuse["estado"] for acuse in acuses} == {"aceptado"}
            disco.acusar([acuse["id"] for acuse in acuses])
    return iniciales, disco.hechos


def _perdidos(carpeta: Path, iniciales: dict[str, bytes], hechos: list[Hecho], azar: random.Random) -> tuple[int, int]:
    """Un apagón: cuántos acusados se perdieron y cuántos había. La base que queda abre, está sana y sin mitades."""
    carpeta.mkdir()
    for nombre, contenido in apagon(iniciales, hechos, azar).items():
        (carpeta / nombre).write_bytes(contenido)
    with closing(conexion.abrir(carpeta / "privada.db")) as base:
        assert base.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        recibidos = {fila["id"] for fila in base.execute("SELECT id FROM recibido")}
        assert len(recibidos) == sum(contar(base, tabla) for tabla in ("asistencia", "anulacion", "urna"))
    acusados = [hecho.ids for hecho in hechos if hecho.que == "acusar"]
    for lote in acusados:
        assert len(recibidos & set(lote)) in (0, len(lote)), "quedó medio lote"
    return sum(len(set(lote) - recibidos) for lote in acusados), sum(map(len, acusados))


def _apagones(datos: Path, evento_id: str, tmp_path: Path, synchronous: str, cuantos: int) -> tuple[int, int]:
    iniciales, hechos = _trabajar(datos, evento_id, synchronous)
    vaciados = [h for h in hechos if (h.que, h.archivo) == ("escribir", "privada.db")]
    assert vaciados, "nunca se vació la bitácora: la prueba no dice nada de los vaciados"
    azar, perdidos, acusados = random.Random(1), 0, 0
    for n in avance(f"apagones, {synchronous}", range(cuantos)):
        hasta = azar.randrange(len(hechos) + 1)
        suyos = _perdidos(tmp_path / f"apagon-{n}", iniciales, hechos[:hasta], azar)
        perdidos, acusados = perdidos + suyos[0], acusados + suyos[1]
    return perdidos, acusados


def test_un_apagon_en_cualquier_instante_no_pierde_nada_acusado(datos, elenco, tmp_path):
    perdidos, acusados = _apagones(datos, elenco.evento_id, tmp_path, "FULL", APAGONES)
    print(f"\nFULL: {perdidos} perdidos de {acusados} acusados en {APAGONES} apagones")
    assert perdidos == 0
    assert acusados > 10 * APAGONES


def test_el_control_con_synchronous_normal_los_apagones_si_pierden(datos, elenco, tmp_path):
    """Si esta prueba no viera pérdidas, la de arriba no querría decir nada."""
    perdidos, acusados = _apagones(datos, elenco.evento_id, tmp_path, "NORMAL", APAGONES)
    print(f"\nNORMAL: {perdidos} perdidos de {acusados} acusados en {APAGONES} apagones")
    assert perdidos > 0


def test_las_conexiones_del_programa_confirman_con_full(base):
    assert base.execute("PRAGMA synchronous").fetchone()[0] == 2
    assert base.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


@pytest.mark.parametrize(
    ("que", "codigo", "estado"),
    [
        ("escribir", LLENO, 507),
        ("escribir", FALLA_ESCRIBIR, 503),
        ("sincronizar", FALLA_SINCRONIZAR, 503),
    ],
)
def test_un_disco_que_falla_en_cualquier_paso_no_acusa_y_el_reenvio_guarda_una_vez(
    app, datos, elenco, instalacion, azar, que, codigo, estado
):
    """La falla cae en cada escritura (o ``fsync``) de las que hace un lote, una por vuelta, hasta que ya no hay más."""
    fabrica = Fabrica(instalacion.sello, elenco.evento_id)
    with closing(conexion.abrir(datos / "privada.db")) as base:
        token = dispositivos.alta(base, "T", elenco.promotora.id, HORA, azar)[1]
    cabeceras = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    mandados, fallas = 0, 0
    with Disco() as disco:
        for paso in range(200):
            registros = [fabrica.asistencia(nombre="Ana"), fabrica.conteo(), fabrica.contestacion(S1="buena")]
            cuerpo = fabrica.lote(*map(fabrica.sellar, registros))
            faltan = [paso]

            def falla(hecho: str, _archivo: str, faltan: list[int] = faltan) -> int:
                if hecho != que:
                    return 0
                faltan[0] -= 1
                return codigo if faltan[0] < 0 else 0

            disco.falla = falla
            respuesta = app.test_client().post("/api/v1/lote", data=cuerpo, headers=cabeceras)
            disco.falla = lambda _que, _archivo: 0
            mandados += len(registros)
            if respuesta.status_code != 200:
                assert respuesta.status_code == estado
                assert set(respuesta.get_json()) == {"version", "error"}
                fallas += 1
            reenvio = app.test_client().post("/api/v1/lote", data=cuerpo, headers=cabeceras)
            assert {acuse["estado"] for acuse in reenvio.get_json()["acuses"]} <= {"aceptado", "repetido"}
            with closing(conexion.abrir(datos / "privada.db")) as base:
                assert contar(base, "recibido") == mandados
                assert contar(base, "asistencia") + contar(base, "urna") == mandados
            if respuesta.status_code == 200 and faltan[0] >= 0:
                break
    assert fallas > 0
    with closing(conexion.abrir(datos / "privada.db")) as base:
        assert base.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
