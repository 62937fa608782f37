"""Lo borrado no lo abre nadie, ni con un respaldo viejo y la frase; y por el cuaderno no se pierde ningún nombre."""

import errno
import os
import shutil
from contextlib import closing, suppress
from pathlib import Path
from random import Random

import pytest

from formularios.renglones import Crudo, Renglon
from recoleccion.consultas import conexion, cuaderno_llaves, cuarentena, hojas_a_medias, identidades, llave, ranuras
from recoleccion.consultas import respaldo as respaldos
from recoleccion.consultas.cuaderno_llaves import BLOQUE, CABEZA, LARGO, RESERVA, lugar, unir
from tests.elenco import HORA
from tests.llave import FRASE, crear_llave, quitar_llave

QUIEN = ("Zenaida Quezada Íñiguez", "3467140099")
OTRA = ("Petra Barba", "3461112233")


def registrar(base, fabrica, *gente) -> list[str]:
    registros = [fabrica.asistencia(nombre=nombre, telefono=telefono) for nombre, telefono in gente]
    acuses = fabrica.recibir(base, *map(fabrica.sellar, registros))
    assert {acuse["estado"] for acuse in acuses} == {"aceptado"}
    return [registro["id"] for registro in registros]


def leidos(base, oficina) -> dict[str, tuple]:
    """Por registro: cómo está y qué dice."""
    filas = base.execute("SELECT asistencia_id AS id, nombre, telefono, sobre, ranura FROM identidad").fetchall()
    vistas = identidades.mostrar(identidades.con_capa(base, filas), oficina)
    return {v["id"]: (v["nombre"], v["telefono"]) if v["identidad"] == "abierta" else v["identidad"] for v in vistas}


def borrar(base, *ids: str, rematar: bool = True) -> None:
    with conexion.escritura(base):
        assert identidades.borrar(base, ids) == len(ids)
    if rematar:
        ranuras.rematar(base)


def respaldar(base, datos: Path, destino: Path) -> Path:
    """Lo que lleva un respaldo: la base y las llaves, menos el cuaderno."""
    destino.mkdir()
    respaldos.copiar(base, destino / "privada.db")
    shutil.copytree(datos / "claves", destino / "claves", ignore=shutil.ignore_patterns(cuaderno_llaves.NOMBRE))
    return destino


def llevar(datos: Path, destino: Path) -> None:
    """La copia del cuaderno de ahora, que es la que hay al lado de los respaldos."""
    shutil.copyfile(lugar(datos), destino)


def llave_de(base, datos: Path, id: str) -> bytes:
    """Los 32 bytes de su ranura, mirados por fuera."""
    ranura = base.execute("SELECT ranura FROM identidad WHERE asistencia_id = ?", [id]).fetchone()[0]
    return lugar(datos).read_bytes()[CABEZA + LARGO * ranura :][:LARGO]


def aparece(aguja: bytes, *carpetas: Path) -> bool:
    return any(aguja in r.read_bytes() for c in carpetas for r in c.rglob("*") if r.is_file())


@pytest.fixture
def oficina(base):
    return llave.abrir(base, FRASE)


def test_un_respaldo_viejo_con_la_frase_y_el_codigo_no_abre_lo_borrado(base, datos, fabrica, tmp_path):
    quitar_llave(base)
    codigo = crear_llave(base, fabrica.sello).codigo
    ella, otra = registrar(base, fabrica, QUIEN, OTRA)
    viejo = respaldar(base, datos, tmp_path / "viejo")
    cuaderno_robado = lugar(datos).read_bytes()
    su_llave = llave_de(base, datos, ella)
    assert aparece(su_llave, datos), "el control: antes de borrar, su llave está en el cuaderno"
    borrar(base, ella)
    assert not aparece(su_llave, datos, viejo)
    for formas in (QUIEN[0], QUIEN[1]):
        assert not aparece(formas.encode(), datos, viejo)
    # Se levanta el respaldo viejo con el cuaderno de hoy, que es el que hay al lado.
    llevar(datos, lugar(viejo))
    with closing(conexion.abrir(viejo / "privada.db")) as levantada:
        for abierta in (llave.abrir(levantada, FRASE), llave.abrir_con_codigo(levantada, codigo)):
            assert abierta is not None
            assert leidos(levantada, abierta) == {ella: "borrada", otra: OTRA}
    # El control: a quien se guardó el cuaderno de antes sí le abre. Por eso no va en los respaldos.
    lugar(viejo).write_bytes(cuaderno_robado)
    with closing(conexion.abrir(viejo / "privada.db")) as levantada:
        assert leidos(levantada, llave.abrir(levantada, FRASE)) == {ella: QUIEN, otra: OTRA}


def test_lo_borrado_no_vuelve_si_un_telefono_lo_ofrece_tras_restaurar(base, datos, fabrica, oficina, tmp_path):
    registro, otro = fabrica.asistencia(nombre=QUIEN[0]), fabrica.asistencia(nombre=OTRA[0])
    ayer = respaldar(base, datos, tmp_path / "ayer")
    sobres = [fabrica.sellar(registro), fabrica.sellar(otro)]
    fabrica.recibir(base, *sobres)
    borrar(base, registro["id"])
    llevar(datos, lugar(ayer))
    with closing(conexion.abrir(ayer / "privada.db")) as base_de_ayer:
        respaldos.nueva_epoca(base_de_ayer, Random(3))
        ranuras.al_empezar(base_de_ayer)
        assert [a["estado"] for a in fabrica.recibir(base_de_ayer, *sobres)] == ["aceptado", "aceptado"]
        assert leidos(base_de_ayer, oficina) == {otro["id"]: (OTRA[0], None)}
        assert base_de_ayer.execute("SELECT count(*) FROM asistencia").fetchone()[0] == 2


def test_sin_cuaderno_lo_repetido_no_se_rellena_porque_ahi_lo_borrado_se_ve_igual(
    base, datos, fabrica, oficina, tmp_path
):
    """Quien se borró después del respaldo sólo constaba en el disco que se perdió: rellenar la traería de vuelta."""
    registros = [fabrica.asistencia(nombre=QUIEN[0]), fabrica.asistencia(nombre=OTRA[0])]
    sobres = [fabrica.sellar(registro) for registro in registros]
    fabrica.recibir(base, *sobres)
    ella, otra = (registro["id"] for registro in registros)
    ayer = respaldar(base, datos, tmp_path / "ayer")
    borrar(base, ella)
    with closing(conexion.abrir(ayer / "privada.db")) as levantada:
        respaldos.nueva_epoca(levantada, Random(3))
        ranuras.al_empezar(levantada)
        assert [a["estado"] for a in fabrica.recibir(levantada, *sobres)] == ["repetido", "repetido"]
        assert ranuras.no_vuelven(levantada, [ella, otra]) == set(), "nada en este disco las distingue"
        assert leidos(levantada, oficina) == {ella: "sin_cuaderno", otra: "sin_cuaderno"}
        llevar(datos, lugar(ayer))  # y si el cuaderno aparece, se lee la que no se borró
        ranuras.al_empezar(levantada)
        assert leidos(levantada, oficina) == {ella: "borrada", otra: (OTRA[0], None)}


def test_tras_restaurar_lo_nuevo_va_en_ranuras_sin_usar(base, datos, fabrica, oficina, tmp_path):
    registrar(base, fabrica, QUIEN)
    ayer = respaldar(base, datos, tmp_path / "ayer")
    (perdida,) = registrar(base, fabrica, OTRA)
    suya = base.execute("SELECT ranura FROM identidad WHERE asistencia_id = ?", [perdida]).fetchone()[0]
    for a_mano in (False, True):
        otra = Path(shutil.copytree(ayer, tmp_path / f"levantada-{a_mano}"))
        llevar(datos, lugar(otra))
        if a_mano:  # alguien puso el archivo viejo en su lugar sin «jornada restaurar», y después se arrancó
            ranuras.al_empezar(base, marcar=True)
            llevar(datos, lugar(otra))
        with closing(conexion.abrir(otra / "privada.db")) as levantada:
            if a_mano:
                ranuras.al_empezar(levantada, marcar=True)
            else:
                respaldos.nueva_epoca(levantada, Random(3))
            (nueva,) = registrar(levantada, fabrica, OTRA)
            usada = levantada.execute("SELECT ranura FROM identidad WHERE asistencia_id = ?", [nueva]).fetchone()[0]
            assert usada > suya
            assert leidos(levantada, oficina)[nueva] == OTRA


@pytest.mark.parametrize("como", ["falta", "ajeno", "vacio"])
def test_sin_el_cuaderno_se_recibe_igual_se_dice_y_al_volver_se_cubre(base, datos, fabrica, oficina, como):
    (antes,) = registrar(base, fabrica, QUIEN)
    assert ranuras.revisar(base).bien
    bueno = lugar(datos).read_bytes()
    if como == "falta":
        lugar(datos).unlink()
    else:
        lugar(datos).write_bytes(b"" if como == "vacio" else bueno[:32] + bytes(16) + bueno[48:])
    (mientras,) = registrar(base, fabrica, OTRA)
    vista = ranuras.revisar(base)
    assert (bool(vista.inservible), vista.sin_llave, vista.descubiertos, vista.bien) == (True, 1, 1, False)
    assert ranuras.inservible(base)
    assert leidos(base, oficina) == {antes: "sin_cuaderno", mientras: OTRA}
    ranuras.al_empezar(base)  # arrancar así no hace otro encima ni pierde nada
    identidades.cubrir_las_descubiertas(base)
    assert ranuras.inservible(base)
    lugar(datos).write_bytes(bueno)
    ranuras.al_empezar(base)
    assert identidades.cubrir_las_descubiertas(base) == 1
    assert leidos(base, oficina) == {antes: QUIEN, mientras: OTRA}
    assert ranuras.revisar(base).bien


def test_con_un_cuaderno_mas_corto_se_dice_nada_se_encima_y_el_bueno_se_une(base, datos, fabrica, oficina):
    (primera,) = registrar(base, fabrica, QUIEN)
    corto = lugar(datos).read_bytes()
    with conexion.escritura(base):
        ranuras.nuevas(base, BLOQUE + RESERVA)  # se acabaron las que había
    (segunda,) = registrar(base, fabrica, OTRA)
    largo = lugar(datos).read_bytes()
    lugar(datos).write_bytes(corto)
    assert ranuras.inservible(base) == "el archivo es más corto de lo que debe"
    assert ranuras.revisar(base).sin_llave == 1
    (tercera,) = registrar(base, fabrica, OTRA)
    assert leidos(base, oficina) == {primera: QUIEN, segunda: "sin_cuaderno", tercera: OTRA}
    lugar(datos).write_bytes(unir(lugar(datos).read_bytes(), largo))
    assert leidos(base, oficina) == {primera: QUIEN, segunda: OTRA, tercera: OTRA}
    with pytest.raises(cuaderno_llaves.CuadernoInservible):
        unir(largo, b"x" * len(largo))


def test_unir_dos_copias_no_revive_lo_borrado(base, datos, fabrica, oficina):
    ella, otra = registrar(base, fabrica, QUIEN, OTRA)
    antes = lugar(datos).read_bytes()
    borrar(base, ella)
    hoy = lugar(datos).read_bytes()
    for uno, otro in ((antes, hoy), (hoy, antes)):
        assert unir(uno, otro) == hoy
    assert leidos(base, oficina) == {otra: OTRA}


@pytest.mark.parametrize("falla", ["borrar", "crear", "agregar"])
def test_el_disco_que_falla_no_pierde_un_nombre_ni_deja_a_medias_un_borrado(
    base, datos, fabrica, oficina, monkeypatch, falla
):
    def no_hay_lugar(*_como, **_otros):
        raise OSError(errno.ENOSPC, "No hay lugar")

    if falla != "crear":
        (ella,) = registrar(base, fabrica, QUIEN)
        su_llave = llave_de(base, datos, ella)
        with conexion.escritura(base):
            base.execute("UPDATE cuaderno SET siguiente = hechas")
    monkeypatch.setattr(ranuras if falla == "crear" else cuaderno_llaves.Cuaderno, falla, no_hay_lugar)
    (otra,) = registrar(base, fabrica, OTRA)
    assert leidos(base, oficina)[otra] == OTRA
    if falla == "borrar":
        borrar(base, ella)  # ya no está en la base; en el cuaderno, todavía
        assert ranuras.revisar(base).por_rematar == 1
    monkeypatch.undo()
    ranuras.al_empezar(base)
    identidades.cubrir_las_descubiertas(base)
    assert ranuras.revisar(base).bien
    assert leidos(base, oficina)[otra] == OTRA
    if falla == "borrar":
        assert not aparece(su_llave, datos)


def test_morir_entre_la_base_y_el_cuaderno_termina_al_arrancar(base, datos, fabrica, oficina):
    ella, otra = registrar(base, fabrica, QUIEN, OTRA)
    su_llave = llave_de(base, datos, ella)
    borrar(base, ella, rematar=False)
    assert aparece(su_llave, datos), "el control: aquí se fue la luz"
    ranuras.al_empezar(base)
    assert not aparece(su_llave, datos)
    assert leidos(base, oficina) == {otra: OTRA}
    # Si la base no llegó a confirmarse, no se borra nada.
    with suppress(InterruptedError), conexion.escritura(base):
        identidades.borrar(base, [otra])
        raise InterruptedError
    ranuras.al_empezar(base)
    assert leidos(base, oficina) == {otra: OTRA}


def test_un_bloque_cortado_a_la_mitad_no_da_llaves_malas(base, datos, fabrica, oficina):
    (ella,) = registrar(base, fabrica, QUIEN)
    bueno = lugar(datos).read_bytes()
    # Se fue la luz al hacer el bloque que sigue: el archivo creció y lo escrito no llegó, ni hasta una ranura entera.
    for basura in (bytes(LARGO * 5), b"\x07" * 13):
        lugar(datos).write_bytes(bueno + basura)
        with conexion.escritura(base):
            capas = ranuras.nuevas(base, BLOQUE + RESERVA)
        assert all(cuaderno_llaves.es_llave(capa.llave) for capa in capas)
        assert len({capa.llave for capa in capas}) == BLOQUE + RESERVA
    assert leidos(base, oficina) == {ella: QUIEN}


def test_la_copia_de_anoche_abre_los_nombres_de_hoy(base, datos, fabrica, oficina):
    registrar(base, fabrica, QUIEN)
    anoche = lugar(datos).read_bytes()
    with conexion.escritura(base):
        ranuras.nuevas(base, RESERVA - 9)
    (hoy,) = registrar(base, fabrica, OTRA)
    lugar(datos).write_bytes(anoche)  # la base volvió de una réplica; el cuaderno, de la copia
    assert leidos(base, oficina)[hoy] == OTRA


def test_un_renglon_vivo_protege_su_ranura(base, datos, fabrica, oficina):
    (ella,) = registrar(base, fabrica, QUIEN)
    ranura = base.execute("SELECT ranura FROM identidad").fetchone()[0]
    base.execute("INSERT INTO ranura_borrada (ranura, huella) VALUES (?, zeroblob(24))", [ranura])
    assert ranuras.rematar(base) == 0
    assert leidos(base, oficina) == {ella: QUIEN}
    assert ranuras.revisar(base).bien


def test_un_cuaderno_viejo_puesto_en_su_lugar_no_revive_lo_borrado(base, datos, fabrica, oficina):
    ella, otra = registrar(base, fabrica, QUIEN, OTRA)
    su_llave, antes = llave_de(base, datos, ella), lugar(datos).read_bytes()
    borrar(base, ella)
    lugar(datos).write_bytes(antes)
    assert aparece(su_llave, datos)
    ranuras.al_empezar(base)
    assert not aparece(su_llave, datos)
    assert leidos(base, oficina) == {otra: OTRA}


def test_recibir_no_espera_al_disco_por_el_cuaderno(base, fabrica, monkeypatch):
    registrar(base, fabrica, QUIEN)
    veces, fsync = [], os.fsync
    monkeypatch.setattr(os, "fsync", lambda descriptor: (veces.append(descriptor), fsync(descriptor))[1])
    for _ in range(3):
        registrar(base, fabrica, *[QUIEN] * 60)
    assert veces == []
    with conexion.escritura(base):
        ranuras.nuevas(base, BLOQUE)
    assert len(veces) == 1, "el control: se cuenta cuando se hace un bloque"


def test_la_llave_de_la_oficina_no_basta_si_se_borra_una_hoja_a_medias(base, datos, elenco, oficina):
    id = "0b9f7f5e-8f0e-4a52-9d0e-1f1f1f1f1f1f"
    crudo = Crudo("7a1d5a4e-3d3c-4c1b-8f6e-2a2a2a2a2a2a", QUIEN[0], "M", "30-44", "nd")
    renglon = Renglon(1, crudo, "M", "30-44", "nd", QUIEN[0], None, None)
    como = {"hoja_id": id, "evento_id": elenco.evento_id, "origen": "papel", "pagina": "p", "quien": "t"}
    assert hojas_a_medias.guardar(base, [renglon], ahora=HORA, **como)
    guardado = base.execute("SELECT renglones, ranura FROM hoja_borrador").fetchone()
    assert guardado["ranura"] is not None
    su_llave = lugar(datos).read_bytes()[CABEZA + LARGO * guardado["ranura"] :][:LARGO]
    assert hojas_a_medias.leer(base, id, oficina)[1][0].nombre == QUIEN[0]
    assert "identidad" in hojas_a_medias.sobres(base, id)[crudo.id]
    bueno = lugar(datos).read_bytes()
    lugar(datos).unlink()
    assert hojas_a_medias.leer(base, id, oficina)[1][0].guardado, "sin cuaderno se queda cerrado"
    assert hojas_a_medias.sobres(base, id) == {}
    lugar(datos).write_bytes(bueno)
    hojas_a_medias.olvidar(base, id)
    ranuras.al_empezar(base)
    assert aparece(su_llave, datos), "si se levanta el respaldo de ayer, lo tecleado sigue ahí"
    borrar(base)  # pero cualquier borrado llega también a los borradores viejos
    assert not aparece(su_llave, datos)


MINIMO = int(os.environ.get("JORNADA_CUADERNO_PASOS", "40"))


@pytest.mark.parametrize("semilla", range(int(os.environ.get("JORNADA_CUADERNO_SEMILLAS", "1"))))
def test_al_azar_nada_acusado_se_pierde_y_nada_borrado_se_abre(base, datos, fabrica, oficina, tmp_path, semilla):
    """Registrar, borrar (a veces sin rematar), arrancar, respaldar, y al final levantar cada respaldo con lo de hoy."""
    azar, vivos, muertos, copias = Random(semilla), {}, set(), []
    for n in range(MINIMO):
        que = azar.choice(["registrar", "registrar", "borrar", "borrar a medias", "arrancar", "respaldar", "acabar"])
        if que == "registrar":
            gente = [(f"Persona {n}-{i}", None) for i in range(azar.randint(1, 9))]
            vivos |= dict(zip(registrar(base, fabrica, *gente), gente, strict=True))
        elif que.startswith("borrar") and vivos:
            ids = azar.sample(sorted(vivos), min(len(vivos), azar.randint(1, 3)))
            borrar(base, *ids, rematar=que == "borrar")
            muertos |= {id for id in ids if vivos.pop(id)}
        elif que == "arrancar":
            ranuras.al_empezar(base, marcar=azar.random() < 0.5)
        elif que == "respaldar" and len(copias) < 5:
            copias.append(respaldar(base, datos, tmp_path / f"copia-{n}"))
        elif que == "acabar":
            with conexion.escritura(base):
                ranuras.nuevas(base, azar.choice([1, BLOQUE - 3]))
        assert leidos(base, oficina) == vivos
    ranuras.al_empezar(base)
    assert muertos
    for copia in copias:
        llevar(datos, lugar(copia))
        with closing(conexion.abrir(copia / "privada.db")) as levantada:
            ranuras.al_empezar(levantada)
            vistos = leidos(levantada, llave.abrir(levantada, FRASE))
        assert {id for id, dicho in vistos.items() if dicho == "borrada"} == vistos.keys() & muertos
        assert all(vistos[id] == vivos[id] for id in vistos.keys() & vivos.keys())


def test_lo_resuelto_de_la_cuarentena_se_vacia_al_borrar_a_su_persona(base, fabrica, oficina):
    (ella,) = registrar(base, fabrica, QUIEN)
    for id, resuelta in (("a", "2026-11-25"), ("b", None)):
        base["cuarentena"].insert(
            {"id": id, "registro_id": ella, "huella": id, "bytes": b"algo", "codigo": "otro_contenido",
             "recibido_el": "2026-11-25", "resuelta_en": resuelta}
        )  # fmt: skip
    borrar(base, ella)
    assert {fila["id"]: bytes(fila["bytes"]) for fila in cuarentena.guardadas(base)} == {"a": b"", "b": b"algo"}
