"""Las evidencias: selladas en su archivo, con su renglón, y ni un renglón sin archivo aunque se vaya la luz."""

import shutil
from pathlib import Path

import pytest
from evidencia_mortal import FOTO, Verdugo
from fabrica import HORA

from recoleccion import sellado
from recoleccion.consultas import conexion, eventos, evidencias, llave
from recoleccion.errores import ErrorJornada
from recoleccion.respaldos import hacer
from tests.llave import FRASE, quitar_llave
from tests.respaldo import levantar_en, respaldar


@pytest.fixture
def carpeta(instalacion) -> Path:
    return instalacion.evidencias


@pytest.fixture
def oficina(base) -> sellado.Sello:
    """La llave de la oficina, abierta."""
    return llave.abrir(base, FRASE)


@pytest.fixture
def guardar(base, carpeta, elenco, azar):
    """Guarda :data:`FOTO` como hoja del evento del elenco, o como se diga."""

    def con(**cambios):
        como = {"evento_id": elenco.evento_id, "clase": "hoja", "ahora": HORA, "quien": "titular", "azar": azar}
        return evidencias.guardar(base, carpeta, FOTO, **como | cambios)

    return con


def archivos(carpeta: Path) -> set[str]:
    return {archivo.name for archivo in carpeta.iterdir()} if carpeta.is_dir() else set()


def test_se_guarda_sellada_y_solo_la_llave_de_la_oficina_la_abre(guardar, base, carpeta, elenco, oficina, sello):
    id = guardar(pie="  La lista firmada ", ancho=1600, alto=1200)
    (fila,) = evidencias.listar(base, evento_id=elenco.evento_id)
    assert (fila["id"], fila["clase"], fila["pie"], fila["ancho"]) == (id, "hoja", "La lista firmada", 1600)
    assert evidencias.cuantas(base, [elenco.evento_id, "otro"]) == {elenco.evento_id: 1}
    sobre = evidencias.ruta(carpeta, id).read_bytes()
    assert FOTO[:64] not in sobre
    assert (
        len(sobre) - 109
    ) % sellado.PASO_EVIDENCIA == 0  # llave efímera (65), dos etiquetas (16) y un nonce (12): no dice cuál es
    assert evidencias.ruta(carpeta, id).stat().st_mode & 0o777 == 0o600
    assert carpeta.stat().st_mode & 0o777 == 0o700
    assert evidencias.abrir(base, carpeta, id, oficina) == FOTO
    with pytest.raises(ErrorJornada):
        evidencias.abrir(base, carpeta, id, sello)  # la del servidor no


def test_sin_llave_de_la_oficina_no_se_guarda_nada(guardar, base, carpeta):
    quitar_llave(base)
    with pytest.raises(ErrorJornada) as error:
        guardar()
    assert error.value.codigo == "falta_llave"
    assert archivos(carpeta) == set()


def test_una_foto_de_personas_pide_que_conste_el_aviso_y_una_hoja_no(guardar, base, carpeta, elenco):
    with pytest.raises(ErrorJornada) as error:
        guardar(clase="foto")
    assert error.value.codigo == "fotos_sin_aviso"
    assert archivos(carpeta) == set()
    guardar(clase="hoja")
    guardar(clase="documento")
    eventos.actualizar(base, elenco.evento_id, {"avisa_fotos": True})
    guardar(clase="foto")
    assert evidencias.cuantas(base, [elenco.evento_id]) == {elenco.evento_id: 3}


def test_hay_un_tope_por_evento_y_lo_quitado_deja_lugar(guardar, base, carpeta, elenco, monkeypatch):
    monkeypatch.setattr(evidencias, "MAXIMO", 2)
    primera, _ = guardar(), guardar()
    with pytest.raises(ErrorJornada) as error:
        guardar()
    assert error.value.codigo == "evidencias_completas"
    evidencias.quitar(base, carpeta, primera, ahora=HORA)
    guardar()
    assert len(archivos(carpeta)) == 2


def test_el_mismo_id_dos_veces_es_la_misma_y_lo_quitado_no_vuelve(guardar, base, carpeta, elenco):
    id = guardar(id="0a1b2c3d-0000-4000-8000-000000000001")
    assert guardar(id=id) == id
    assert len(evidencias.listar(base, evento_id=elenco.evento_id)) == 1
    evidencias.quitar(base, carpeta, id, ahora=HORA)
    assert archivos(carpeta) == set()
    with pytest.raises(ErrorJornada):
        guardar(id=id)
    with pytest.raises(ErrorJornada):
        evidencias.quitar(base, carpeta, id, ahora=HORA)


def test_un_id_que_no_lo_es_no_llega_a_ser_un_nombre_de_archivo(guardar, carpeta):
    id = guardar(id="../../claves/servidor")
    assert archivos(carpeta) == {f"{id}.sobre"}


@pytest.mark.parametrize("dano", ["cambiada por otra", "alterada", "sin archivo"])
def test_un_archivo_que_no_es_el_suyo_se_dice(guardar, base, carpeta, oficina, dano):
    id, otra = guardar(), guardar()
    archivo = evidencias.ruta(carpeta, id)
    if dano == "cambiada por otra":
        shutil.copy(evidencias.ruta(carpeta, otra), archivo)
    elif dano == "alterada":
        contenido = archivo.read_bytes()
        archivo.write_bytes(contenido[:-1] + bytes([contenido[-1] ^ 1]))
    else:
        archivo.unlink()
    with pytest.raises(ErrorJornada) as error:
        evidencias.abrir(base, carpeta, id, oficina)
    assert error.value.codigo == "evidencia_danada"


def test_lo_que_se_deshace_no_deja_renglon_y_su_archivo_se_barre(guardar, base, carpeta, elenco):
    def quitar_y_fallar() -> None:
        with conexion.escritura(base):
            guardar()
            evidencias.quitar(base, carpeta, id, ahora=HORA)
            raise RuntimeError

    id = guardar()
    with pytest.raises(RuntimeError):
        quitar_y_fallar()
    assert [fila["id"] for fila in evidencias.listar(base, evento_id=elenco.evento_id)] == [id]
    assert len(archivos(carpeta)) == 2  # el suyo, y el que no llegó a tener renglón
    assert evidencias.barrer(base, carpeta) == 1
    assert archivos(carpeta) == {f"{id}.sobre"}
    assert evidencias.barrer(base, carpeta) == 0


def test_muerta_en_cualquier_paso_ningun_renglon_queda_sin_su_archivo(guardar, base, datos, carpeta, elenco, oficina):
    guardar()
    muertes = 0
    with Verdugo() as verdugo:
        while verdugo.guardar_y_morir(datos, elenco.evento_id, muertes):
            muertes += 1
            for fila in evidencias.listar(base, evento_id=elenco.evento_id):
                assert evidencias.abrir(base, carpeta, fila["id"], oficina) == FOTO
    assert muertes > 8
    vigentes = {f"{fila['id']}.sobre" for fila in evidencias.listar(base, evento_id=elenco.evento_id)}
    assert archivos(carpeta) > vigentes, "el control: alguna muerte dejó un archivo suelto"
    evidencias.barrer(base, carpeta)
    assert archivos(carpeta) == vigentes


def test_el_control_con_el_renglon_primero_una_muerte_lo_deja_sin_archivo(
    guardar, base, datos, carpeta, elenco, oficina
):
    guardar()
    with Verdugo() as verdugo:
        paso = 0
        while verdugo.guardar_y_morir(datos, elenco.evento_id, paso, al_reves=True):
            paso += 1
    nombrados = {f"{fila['id']}.sobre" for fila in evidencias.listar(base, evento_id=elenco.evento_id)}
    assert nombrados - archivos(carpeta)


# --- Respaldos -----------------------------------------------------------------------------------------------------


def test_el_respaldo_lleva_las_evidencias_y_al_restaurar_se_abren(guardar, base, instalacion, elenco, tmp_path):
    id, suelta = guardar(), instalacion.evidencias / "suelta.sobre"
    suelta.write_bytes(b"sin renglon")
    hecho = respaldar(instalacion, tmp_path / "respaldos")
    assert f"evidencias/{id}.sobre" in hecho.huellas
    assert "evidencias/suelta.sobre" not in hecho.huellas
    otra = levantar_en(hecho.archivo, tmp_path / "otra")
    assert archivos(otra.evidencias) == {f"{id}.sobre"}
    assert evidencias.ruta(otra.evidencias, id).stat().st_mode & 0o777 == 0o600
    levantada = conexion.abrir(otra.privada)
    assert evidencias.abrir(levantada, otra.evidencias, id, llave.abrir(levantada, FRASE)) == FOTO
    levantada.conn.close()


def test_una_evidencia_danada_se_dice_y_no_detiene_el_respaldo(guardar, instalacion, tmp_path):
    mala, falta, _buena = guardar(), guardar(), guardar()
    evidencias.ruta(instalacion.evidencias, mala).write_bytes(b"otra cosa")
    evidencias.ruta(instalacion.evidencias, falta).unlink()
    hecho = respaldar(instalacion, tmp_path / "respaldos")
    assert hecho.danadas == 2
    assert sum(nombre.startswith("evidencias/") for nombre in hecho.huellas) == 2
    levantar_en(hecho.archivo, tmp_path / "otra")


def test_si_se_quita_una_mientras_se_respalda_no_queda_nombrada(guardar, base, instalacion, tmp_path, monkeypatch):
    id, de_veras = guardar(), hacer.empacar

    def quitandola(*como):
        if evidencias.leer(base, id):
            evidencias.quitar(base, instalacion.evidencias, id, ahora=HORA)
        return de_veras(*como)

    monkeypatch.setattr(hacer, "empacar", quitandola)
    hecho = respaldar(instalacion, tmp_path / "respaldos")
    assert f"evidencias/{id}.sobre" not in hecho.huellas
    assert hecho.danadas == 0
    otra = levantar_en(hecho.archivo, tmp_path / "otra")
    levantada = conexion.abrir(otra.privada)
    assert evidencias.leer(levantada, id) is None
    levantada.conn.close()
