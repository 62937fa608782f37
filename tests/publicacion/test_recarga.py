"""Publicaciones nuevas sin reiniciar: se toman, no se mezclan, y un archivo malo deja la anterior."""

import os
import time
from pathlib import Path

import pytest
from datasette.app import Datasette
from publica_chica import construir
from republicar import Leido, Publicaciones, juzgar, republicar

from publicacion import lanzar
from publicacion.memoria_de_paginas import Memoria, hacer
from publicacion.recarga import CADA, ENTREGAS, BasePublica, Vigia
from tests.hilo import correr

VECES = int(os.environ.get("JORNADA_REPUBLICACIONES", "40"))


def test_publicar_muchas_veces_mientras_ocho_leen(tmp_path, puerto, lanzar_datasette):
    """Ni un error, ni una respuesta con partes de dos publicaciones. La corrida larga: ``make nocturna``."""
    hechas = Publicaciones.preparar(tmp_path)
    lanzar_datasette(lanzar.orden(hechas.publica, puerto))
    desde = time.monotonic()
    leido = republicar(puerto, hechas, VECES, pausa=0.06 if VECES < 100 else CADA)
    print(f"{VECES} publicaciones en {time.monotonic() - desde:.0f} s, {leido.respuestas:,} respuestas, "
          f"{len(leido.errores)} errores, {len(leido.mezclas)} mezclas, {len(leido.versiones)} versiones")  # fmt: skip
    assert leido.errores == []
    assert leido.mezclas == []
    assert len(leido.versiones) > 1
    assert leido.respuestas > VECES


@pytest.fixture
def ds(tmp_path: Path) -> Datasette:
    construir(tmp_path / "publica.db", 100)
    return Datasette(immutables=[str(tmp_path / "publica.db")])


async def _n(base: BasePublica) -> int:
    return (await base.execute("SELECT n FROM asistencia_cubo WHERE grupo = 'M'")).single_value()


def test_una_peticion_termina_con_la_publicacion_con_que_empezo(ds, tmp_path):
    async def prueba() -> tuple[int, int, int]:
        vigia = Vigia(ds)
        vigia.adoptar()
        (base,) = vigia.bases()
        ENTREGAS.set(vigia.mirar())
        antes = await _n(base)
        construir(tmp_path / "otra.db", 200)
        os.replace(tmp_path / "otra.db", base.path)
        base.renovar()
        a_medias = await _n(base)
        ENTREGAS.set({})
        return antes, a_medias, await _n(base)

    assert correr(prueba()) == (100, 100, 200)


def test_mira_de_vez_en_cuando_y_un_archivo_malo_no_se_lee_dos_veces(ds, tmp_path):
    ahora = [0.0]
    vigia = Vigia(ds, lambda: ahora[0])
    vigia.adoptar()
    (base,) = vigia.bases()
    primera = base.vigente
    (tmp_path / "mala").write_bytes(base.entrega.contenido[:20_000])
    os.replace(tmp_path / "mala", base.path)
    assert vigia.mirar()["publica"] is primera
    ahora[0] = CADA
    assert vigia.mirar()["publica"] is primera
    os.chmod(base.path, 0)  # si lo volviera a leer, fallaría distinto
    ahora[0] = 2 * CADA
    assert vigia.mirar()["publica"] is primera
    os.remove(base.path)
    ahora[0] = 3 * CADA
    assert vigia.mirar()["publica"] is primera
    construir(tmp_path / "publica.db", 300)
    ahora[0] = 3.5 * CADA
    assert vigia.mirar()["publica"] is primera
    ahora[0] = 4 * CADA
    assert vigia.mirar()["publica"] is not primera


def test_la_memoria_de_paginas_empieza_de_cero_con_cada_publicacion_y_no_crece_sin_fin():
    memoria = Memoria(tope=10_000)
    pagina = hacer([(b"content-type", b"text/html"), (b"content-length", b"9")], b"x" * 3_000)
    assert (b"content-length", b"9") not in pagina.cabeceras
    assert memoria.leer("una", ("/",)) is None
    memoria.guardar("una", ("/",), pagina)
    assert memoria.leer("una", ("/",)) is pagina
    memoria.guardar("otra", ("/b",), pagina)  # la terminó de hacer una petición de otra publicación
    assert memoria.leer("una", ("/b",)) is None
    for i in range(10):
        memoria.guardar("una", (f"/{i}",), pagina)
    assert [memoria.leer("una", (f"/{i}",)) is not None for i in (0, 9)] == [False, True]
    assert memoria.leer("otra", ("/9",)) is None
    assert memoria.leer("una", ("/9",)) is None


@pytest.mark.parametrize(
    ("ruta", "cuerpo"),
    [
        ("/publica/asistencia_cubo.json", b'[{"n": null}, {"n": 100}, {"n": 200}]'),
        ("/publica/asistencia_cubo.csv", b"grupo,n\r\nH,\r\nM,100\r\ntodas,200\r\n"),
        ("/", b"<h2>Periodo de 100</h2><strong>200</strong>"),
        ("/publica.db", b"otra"),
    ],
)
def test_una_respuesta_con_partes_de_dos_publicaciones_se_nota(tmp_path, ruta, cuerpo):
    """Control: así se vería lo que la prueba de arriba busca."""
    leido = Leido()
    hechas = Publicaciones(tmp_path / "publica.db", {"abc": (100, b"una")})
    juzgar(ruta, 200, "abc", cuerpo, hechas, leido)
    assert len(leido.mezclas) == 1
    juzgar(ruta, 200, "de otra", cuerpo, hechas, leido)
    assert len(leido.errores) == 1
