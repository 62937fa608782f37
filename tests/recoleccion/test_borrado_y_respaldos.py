"""De punta a punta, con respaldos de verdad: lo que se borró hoy no lo abre el respaldo de ayer, y lo demás sí."""

import shutil
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from fabrica import Fabrica

from recoleccion.consultas import conexion, cuaderno_llaves, evidencias, identidades, llave, ranuras
from recoleccion.errores import ErrorJornada
from recoleccion.instalacion import Instalacion
from recoleccion.respaldos import cuaderno
from tests.elenco import HORA
from tests.llave import FRASE, crear_llave, quitar_llave
from tests.respaldo import levantar_en, respaldar

ELLA, OTRA = ("Zenaida Quezada", "3467140099"), ("Petra Barba", None)
FOTO = bytes(range(256)) * 99


def leidos(datos: Path, codigo: str | None = None) -> dict[str, object]:
    with closing(conexion.abrir(datos / "privada.db")) as base:
        oficina = llave.abrir_con_codigo(base, codigo) if codigo else llave.abrir(base, FRASE)
        filas = base.execute("SELECT asistencia_id AS id, nombre, telefono, sobre, ranura FROM identidad").fetchall()
        vistas = identidades.mostrar(identidades.con_capa(base, filas), oficina)
        return {
            v["id"]: (v["nombre"], v["telefono"]) if v["identidad"] == "abierta" else v["identidad"] for v in vistas
        }


def test_el_respaldo_de_ayer_no_abre_lo_que_se_borro_hoy_y_lo_demas_si(
    instalacion: Instalacion, elenco, azar, tmp_path
):
    fabrica = Fabrica(instalacion.sello, elenco.evento_id)
    with closing(conexion.abrir(instalacion.privada)) as base:
        quitar_llave(base)
        codigo = crear_llave(base, instalacion.sello).codigo
        registros = [fabrica.asistencia(nombre=nombre, telefono=telefono) for nombre, telefono in (ELLA, OTRA)]
        fabrica.recibir(base, *map(fabrica.sellar, registros))
        foto = evidencias.guardar(
            base, instalacion.evidencias, FOTO, evento_id=elenco.evento_id, clase="hoja", ahora=HORA, quien="titular",
            azar=azar,
        )  # fmt: skip
    ella, otra = (registro["id"] for registro in registros)
    ayer = respaldar(instalacion, tmp_path / "respaldos").archivo
    robado = tmp_path / "robado"
    robado.mkdir()
    for suelto in (ayer, ayer.with_name(cuaderno.JUNTO)):
        shutil.copy(suelto, robado)
    with closing(conexion.abrir(instalacion.privada)) as base:
        evidencias.quitar(base, instalacion.evidencias, foto, ahora=HORA)
        with conexion.escritura(base):
            identidades.borrar(base, [ella])
        ranuras.rematar(base)
    respaldar(instalacion, tmp_path / "respaldos", HORA + timedelta(days=1))  # el de hoy encima la copia del cuaderno
    levantar_en(ayer, tmp_path / "levantada")
    for secreto in (None, codigo):
        assert leidos(tmp_path / "levantada", secreto) == {ella: "borrada", otra: OTRA}
    with closing(conexion.abrir(tmp_path / "levantada" / "privada.db")) as base:
        oficina = llave.abrir(base, FRASE)
        with pytest.raises(ErrorJornada) as error:
            evidencias.abrir(base, tmp_path / "levantada" / "evidencias", foto, oficina)
        assert error.value.codigo == "evidencia_danada"
    # El control: quien se llevó también la copia de ayer del cuaderno sí la abre (SEGURIDAD.md lo dice).
    levantar_en(robado / ayer.name, tmp_path / "robada")
    assert leidos(tmp_path / "robada") == {ella: ELLA, otra: OTRA}
    assert cuaderno_llaves.lugar(tmp_path / "robada").is_file()
