"""Donde se cruzan dos piezas: la cuarentena y las ranuras, el cuaderno y el respaldo, la llave nueva y un corte."""

import errno
from contextlib import closing
from random import Random

import pytest
from fabrica import HORA

from recoleccion.consultas import (
    conexion,
    copias,
    cuaderno_llaves,
    cuarentena,
    derechos,
    derechos_datos,
    evidencias,
    identidades,
    llave,
    llave_giro,
    sesiones,
    versiones,
)
from recoleccion.errores import ErrorJornada
from recoleccion.respaldos import anterior, archivo, levantar
from recoleccion.sellado import b64, sellar_identidad
from tests.llave import BARATO, FRASE, nombres
from tests.respaldo import SECRETA, respaldar

NOMBRE, NUEVA = "Eustolia Íñiguez Plascencia", "mesa larga y nubes de camino"


def girar(base, instalacion) -> llave_giro.Girada:
    return llave_giro.girar(
        base, instalacion.evidencias, llave.abrir(base, FRASE), NUEVA, sello=instalacion.sello, ahora=HORA,
        quien="titular", azar=Random(9), costo=BARATO,
    )  # fmt: skip


def test_una_encuesta_apartada_no_dice_despues_de_quien_llego(base, fabrica):
    """Las ranuras se dan en orden: la de una encuesta apartada la pondría entre dos nombres."""
    mala = fabrica.contestacion()
    mala["datos"]["version"] = 99
    fabrica.mandar(base, fabrica.asistencia(nombre=NOMBRE), mala, fabrica.asistencia(nombre="Petra Barba"))
    apartadas = base.execute("SELECT rowid AS lugar, ranura FROM cuarentena").fetchall()
    assert [fila["ranura"] for fila in apartadas] == [None]


def test_ni_el_orden_de_la_cuarentena_dice_cual_llego_primero(base, fabrica):
    registros = [fabrica.asistencia(evento="11111111-1111-4111-8111-111111111111") for _ in range(12)]
    fabrica.mandar(base, *registros)
    filas = base.execute("SELECT registro_id FROM cuarentena ORDER BY rowid").fetchall()
    llegaron = [registro["id"] for registro in registros]
    assert sorted(fila["registro_id"] for fila in filas) == sorted(llegaron)
    assert [fila["registro_id"] for fila in filas] != llegaron


@pytest.mark.parametrize("cola", ["", ".mal", ".nuevo"])
def test_ni_lo_que_quede_junto_al_cuaderno_va_en_un_respaldo(cola):
    assert not archivo.admitido(f"claves/{cuaderno_llaves.NOMBRE}{cola}")


def tarde(fabrica, vieja):
    """Un nombre que un teléfono selló para la llave de antes."""
    registro = fabrica.asistencia()
    registro["datos"]["identidad"] = b64(sellar_identidad(vieja.privada.public_key(), registro["id"], NOMBRE, None))
    return registro


def test_lo_que_llega_tarde_se_alcanza_aunque_se_borre_el_ultimo_nombre(base, fabrica, instalacion):
    """Borrado el último renglón, el siguiente toma su lugar: no por eso ya se había visto."""
    vieja, ultimo = llave.abrir(base, FRASE), fabrica.asistencia(nombre="Petra Barba")
    fabrica.mandar(base, fabrica.asistencia(nombre="Juana"), ultimo)
    girar(base, instalacion)
    with conexion.escritura(base):
        identidades.borrar(base, [ultimo["id"]])
    fabrica.mandar(base, tarde(fabrica, vieja))
    assert llave_giro.alcanzar(base, llave.abrir(base, NUEVA)) == 1


def test_si_al_final_no_se_pueden_borrar_las_fotos_de_antes_el_codigo_nuevo_se_ve(base, instalacion, monkeypatch):
    """La llave ya es otra: decir que no se cambió dejaría a la titular escribiendo la frase de antes."""

    def lleno(*_):
        raise OSError(errno.EIO, "el disco no deja")

    monkeypatch.setattr(evidencias, "barrer", lleno)
    assert girar(base, instalacion).codigo
    assert llave.abrir(base, NUEVA) is not None


def test_corregir_sin_el_cuaderno_no_dice_que_si(base, fabrica, instalacion):
    registro, pide = fabrica.asistencia(nombre=NOMBRE), "22222222-2222-4222-8222-222222222222"
    fabrica.mandar(base, registro)
    derechos.recibir(
        base, id=pide, derecho="rectificacion", via="persona", recibida_el=HORA.date(), dicho={}, ahora=HORA, quien="t"
    )
    derechos_datos.ligar(base, pide, [registro["id"]])
    cuaderno_llaves.lugar(instalacion.datos).unlink()
    with pytest.raises(ErrorJornada):
        derechos_datos.corregir(base, pide, registro["id"], nombre="Otra", telefono=None, hoy=HORA.date())
    assert derechos_datos.suyos(base, pide, None, instalacion.sello)[0]["hecho"] is None


def test_comprobar_un_respaldo_no_deja_las_llaves_del_servidor_en_la_memoria(instalacion, tmp_path, monkeypatch):
    """Se comprueba junto al archivo, que suele estar en una memoria USB: ahí lo borrado se recupera."""
    hecho, visto = respaldar(instalacion, tmp_path / "usb"), []
    revisar = levantar._revisar

    def mirar(ruta):
        visto.extend(otra.name for otra in ruta.parent.rglob("*") if otra.is_file())
        revisar(ruta)

    monkeypatch.setattr(levantar, "_revisar", mirar)
    levantar.comprobar(hecho.archivo, [SECRETA], tmp_path / "usb" / ".comprobando")
    assert visto == ["privada.db"]
    assert "claves/servidor.pem" in hecho.huellas


def test_cambiar_de_version_sin_el_cuaderno_no_pierde_el_nombre(base, fabrica, instalacion):
    """Con el cuaderno fuera de lugar el nombre no se lee, pero sigue: quitar su renglón lo perdería para siempre."""
    contado = fabrica.asistencia(nombre=NOMBRE)
    fabrica.mandar(base, contado)
    libreta = cuaderno_llaves.lugar(instalacion.datos)
    libreta.rename(libreta.with_name("aparte"))
    fabrica.mandar(base, {**contado, "datos": {**contado["datos"], "edad": "60+"}})
    (espera,) = cuarentena.listar(base)
    assert not versiones.cambiar(base, espera["id"], motivo="", sello=instalacion.sello, ahora=HORA)
    libreta.with_name("aparte").rename(libreta)
    assert {nombre for nombre, _ in nombres(base).values()} == {NOMBRE}
    assert versiones.cambiar(base, espera["id"], motivo="", sello=instalacion.sello, ahora=HORA)


def test_regresar_de_una_actualizacion_no_revive_las_sesiones_cerradas(base, instalacion, elenco):
    numero = sesiones.abrir(base, elenco.titular, "contrasena", "Chrome", HORA)
    copias.antes_de(base.conn, instalacion.privada, "m999")
    sesiones.cerrar_de(base, elenco.titular.id)
    base.conn.close()
    anterior.volver_a_la_anterior(instalacion, HORA, Random(1))
    with closing(conexion.abrir(instalacion.privada)) as vuelta:
        assert sesiones.leer(vuelta, numero, HORA) is None
