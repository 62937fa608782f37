"""Las evidencias en el panel: avisar, subir, ver con la llave abierta, quitar; y en el disco no queda ninguna foto."""

import io
import uuid
from datetime import date
from pathlib import Path
from random import Random

import pytest

from recoleccion import fotos, sellado
from recoleccion.aplicacion import create_app
from recoleccion.consultas import actividades, evidencias, ranuras
from recoleccion.impresos.aviso import FOTOS
from recoleccion.vistas.panel import evidencias as vista
from tests.elenco import HORA
from tests.fotos import SENAS, de_telefono, pedazos
from tests.llave import FRASE, quitar_llave
from tests.recoleccion.vistas.oficina import Oficina, leer
from tests.respaldo import respaldar

TOMADA = de_telefono(900, 700)


@pytest.fixture
def titular(app) -> Oficina:
    return Oficina(app, "titular")


@pytest.fixture
def direccion(elenco) -> str:
    return f"/panel/eventos/{elenco.evento_id}/evidencias"


@pytest.fixture
def avisado(titular, direccion) -> None:
    assert titular.post(f"{direccion}/aviso").status_code == 303


def subir(quien: Oficina, direccion: str, *contenidos: bytes, clase: str = "foto", **datos):
    archivos = [(io.BytesIO(contenido), f"IMG_{n}.jpg") for n, contenido in enumerate(contenidos, 1)]
    return quien.post(direccion, fotos=archivos, clase=clase, **{"id": str(uuid.uuid4())} | datos)


def abrir_llave(quien: Oficina) -> None:
    assert quien.post("/panel/llave/apertura", razon="lista", frase=FRASE).status_code == 303


def guardadas(base, elenco) -> list[dict]:
    return evidencias.listar(base, evento_id=elenco.evento_id)


def rastros(carpeta: Path, *buscados: bytes) -> list[str]:
    """En qué archivos está alguno de esos bytes; de los ZIP también, porque lo sellado va ahí sin comprimir."""
    return sorted(
        archivo.name
        for archivo in carpeta.rglob("*")
        if archivo.is_file() and any(bytes_ in archivo.read_bytes() for bytes_ in buscados)
    )


def test_sin_que_conste_el_aviso_no_se_suben_fotos_de_la_actividad_y_una_hoja_si(titular, direccion, base, elenco):
    assert "hay que haberles avisado" in titular.texto(direccion)
    respuesta = subir(titular, direccion, TOMADA)
    assert respuesta.status_code == 422
    assert "no consta que se avisó" in leer(respuesta)
    assert guardadas(base, elenco) == []
    assert subir(titular, direccion, TOMADA, clase="hoja").status_code == 303
    titular.post(f"{direccion}/aviso")
    assert "Consta que se avisó" in titular.texto(direccion)
    assert subir(titular, direccion, TOMADA).status_code == 303
    assert [fila["clase"] for fila in guardadas(base, elenco)] == ["hoja", "foto"]
    titular.post(f"{direccion}/aviso", avisa="0")
    assert subir(titular, direccion, TOMADA + b"\0").status_code == 422


def test_donde_habra_fotos_se_dice_en_el_cartel_y_en_el_telefono_de_quien_llega(titular, cliente, direccion, elenco):
    paginas = (
        lambda: titular.texto(f"/panel/eventos/{elenco.evento_id}/cartel"),
        lambda: leer(cliente.get(f"/{elenco.clave}")),
    )
    assert [FOTOS in pagina() for pagina in paginas] == [False, False]
    titular.post(f"{direccion}/aviso")
    assert [FOTOS in pagina() for pagina in paginas] == [True, True]


@pytest.mark.usefixtures("avisado")
def test_se_ven_solo_con_la_llave_abierta_y_cada_vez_se_anota(titular, app, direccion, base, elenco):
    assert subir(titular, direccion, TOMADA, pie="El grupo").status_code == 303
    (fila,) = guardadas(base, elenco)
    imagen = f"/panel/evidencias/{fila['id']}/foto.jpg"
    cerrada = titular.get(direccion)
    assert "Las fotos están cerradas" in leer(cerrada)
    assert imagen not in cerrada.text
    assert titular.get(imagen).headers["Location"] == direccion
    abrir_llave(titular)
    abierta = titular.get(direccion)
    assert f'src="{imagen}" width="900" height="700"' in abierta.text
    assert 'alt="El grupo"' in abierta.text
    vista_ = titular.get(imagen)
    assert vista_.mimetype == "image/jpeg"
    assert vista_.headers["Cache-Control"] == "no-store"
    assert set(fotos.segmentos(vista_.data)) <= fotos.PERMITIDOS
    anotado = [tuple(fila) for fila in base.execute("SELECT accion, detalle FROM bitacora ORDER BY id")]
    assert ("guardar evidencia", "foto") in anotado
    assert anotado[-1] == ("ver evidencias", "1 evidencia")
    otra = Oficina(app, "promotora")
    assert otra.get(imagen).status_code == otra.get(direccion).status_code == 403


@pytest.mark.usefixtures("avisado")
def test_las_malas_se_dicen_una_por_una_y_las_buenas_se_guardan(titular, direccion, base, elenco):
    heic = b"\0\0\0\x18ftypheic" + bytes(400)
    respuesta = subir(titular, direccion, TOMADA, heic, TOMADA[:9000], b"%PDF-1.7")
    assert respuesta.status_code == 422
    dicho = leer(respuesta)
    for frase in (
        "Se guardó sellada 1 foto.",
        "IMG_2.jpg : La foto está en HEIC, el formato del iPhone",
        "IMG_3.jpg : La foto está dañada o llegó incompleta",
        "IMG_4.jpg : Ese archivo no es una foto JPG, PNG o WebP",
    ):
        assert frase in dicho
    assert len(guardadas(base, elenco)) == 1


@pytest.mark.usefixtures("avisado")
def test_un_envio_que_se_pasa_no_guarda_nada_y_dice_cuanto_cabe(titular, direccion, base, elenco, monkeypatch):
    assert "hasta 10 a la vez" in leer(subir(titular, direccion, *[b"x"] * 11))
    assert "Elija al menos una foto" in leer(subir(titular, direccion))
    assert "Diga de qué son" in leer(subir(titular, direccion, TOMADA, clase="otra"))
    monkeypatch.setattr(vista, "MAX_SUBIDA", 10_000)
    respuesta = subir(titular, direccion, TOMADA)
    assert respuesta.status_code == 413
    assert "Es demasiado en un solo envío" in leer(respuesta)
    assert guardadas(base, elenco) == []


@pytest.mark.usefixtures("avisado")
def test_enviar_dos_veces_la_misma_pagina_no_la_duplica(titular, direccion, base, elenco):
    pagina = str(uuid.uuid4())
    for _ in range(2):
        assert subir(titular, direccion, TOMADA, id=pagina).status_code == 303
    assert len(guardadas(base, elenco)) == 1


@pytest.mark.usefixtures("avisado")
def test_al_quitarla_su_archivo_se_borra(titular, direccion, base, elenco, instalacion):
    subir(titular, direccion, TOMADA, pie="Rosa y Juana")
    (fila,) = guardadas(base, elenco)
    assert titular.post(f"/panel/evidencias/{fila['id']}/retiro").status_code == 303
    assert guardadas(base, elenco) == []
    assert list(instalacion.evidencias.iterdir()) == []
    assert base.execute("SELECT pie FROM evidencia").fetchone()["pie"] is None
    assert titular.post(f"/panel/evidencias/{fila['id']}/retiro").status_code == 404


def test_al_arrancar_se_barre_lo_que_dejo_un_corte(titular, direccion, base, elenco, instalacion):
    assert subir(titular, direccion, TOMADA, clase="hoja").status_code == 303
    for nombre in ("a.sobre", "b.sobre.nuevo"):
        (instalacion.evidencias / nombre).write_bytes(b"a medias")
    create_app(instalacion.datos)
    (fila,) = guardadas(base, elenco)
    assert [archivo.name for archivo in instalacion.evidencias.iterdir()] == [f"{fila['id']}.sobre"]


def test_sin_llave_se_dice_que_falta_y_no_se_ofrece_subir(titular, direccion, base):
    quitar_llave(base)
    pagina = titular.get(direccion)
    assert "Crear la llave" in pagina.text
    assert 'type="file"' not in pagina.text
    assert "Falta la llave" in leer(subir(titular, direccion, TOMADA, clase="hoja"))


def test_lo_que_escriben_no_es_codigo_de_la_pagina(titular, direccion):
    subir(titular, direccion, TOMADA, clase="hoja", pie="<b>grupo</b>")
    assert "<b>grupo" not in titular.get(direccion).text
    respuesta = titular.post(direccion, fotos=[(io.BytesIO(b"x"), "<script>x.jpg")], clase="hoja")
    assert "<script>x" not in respuesta.text


def test_una_actividad_tambien_tiene_evidencias_y_pregunta_si_se_aviso(titular, base, azar):
    datos = {
        "ejercicio": 2026,
        "linea": "A7",
        "tipo": "publicacion",
        "fecha": date(2026, 11, 20).isoformat(),
        "cantidad": 1,
    }
    id = actividades.crear(base, datos, ahora=HORA, quien="titular", azar=azar)
    direccion = f"/panel/actividades/{id}/evidencias"
    assert "20/11/2026 (A7)" in titular.texto(direccion)
    respuesta = subir(titular, direccion, TOMADA)
    assert "Si salen personas, diga que se les avisó" in leer(respuesta)
    assert subir(titular, direccion, TOMADA, avisadas="1").status_code == 303
    assert subir(titular, direccion, TOMADA, clase="documento").status_code == 303
    assert len(evidencias.listar(base, actividad_id=id)) == 2


def usar_todo(titular, direccion, base, elenco, instalacion, tmp_path) -> bytes:
    """Un día con fotos: subir, ver, imprimir, quitar y respaldar; devuelve una foto como la ve la titular."""
    titular.post(f"{direccion}/aviso")
    subir(titular, direccion, TOMADA, de_telefono(1000, 640))
    subir(titular, direccion, TOMADA, clase="hoja")
    subir(titular, direccion, TOMADA[: len(TOMADA) // 2])
    abrir_llave(titular)
    titular.get(direccion)
    primera, *otras = guardadas(base, elenco)
    foto = titular.get(f"/panel/evidencias/{primera['id']}/foto.jpg").data
    assert titular.get(f"/panel/eventos/{elenco.evento_id}/hoja-de-evidencia.pdf").data.startswith(b"%PDF")
    titular.post(f"/panel/evidencias/{otras[-1]['id']}/retiro")
    respaldar(instalacion, tmp_path / "respaldos")
    return foto


def senas(foto: bytes) -> list[bytes]:
    """Con qué se reconoce una foto en el disco: sus trozos, los de la original, sus letreros y su EXIF."""
    letreros = [b"JFIF\0", b"Exif\0\0", b"xmpmeta", *(sena.encode() for sena in SENAS)]
    return [*pedazos(foto), *pedazos(TOMADA), *letreros]


def test_en_todo_el_disco_no_queda_ninguna_foto_ni_lo_que_traia(
    titular, direccion, base, elenco, instalacion, tmp_path, monkeypatch
):
    temporales = tmp_path / "temporales"
    temporales.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporales))
    monkeypatch.setattr("tempfile.tempdir", None)
    foto = usar_todo(titular, direccion, base, elenco, instalacion, tmp_path)
    assert len(foto) > 10_000
    assert rastros(tmp_path, *senas(foto)) == []


@pytest.mark.parametrize("fuga", ["sin sellar", "la original aparte", "el respaldo"])
def test_el_control_una_foto_que_se_queda_se_descubre(
    titular, direccion, base, elenco, instalacion, tmp_path, monkeypatch, fuga
):
    limpiar = fotos.limpiar

    def guardando_la_original(contenido: bytes, *como):
        (instalacion.datos / "ultima.tmp").write_bytes(contenido)
        return limpiar(contenido, *como)

    if fuga == "sin sellar":
        monkeypatch.setattr(evidencias, "sellar_evidencia", lambda _llave, _id, contenido: sellado.rellenar(contenido))
        monkeypatch.setattr(evidencias, "abrir_evidencia", lambda _sello, _id, sobre: sellado.quitar_relleno(sobre))
        for tapa in ("cubrir", "descubrir"):  # la otra capa, la del cuaderno
            monkeypatch.setattr(ranuras.Capa, tapa, lambda _capa, _id, sobre: sobre)
    elif fuga == "la original aparte":
        monkeypatch.setattr(fotos, "limpiar", guardando_la_original)
    foto = usar_todo(titular, direccion, base, elenco, instalacion, tmp_path)
    if fuga == "el respaldo":
        (tmp_path / "respaldo.tar").write_bytes(Random(1).randbytes(900) + foto)
    assert rastros(tmp_path, *senas(foto))
