"""Cambiar la llave de la oficina: todo queda con la nueva o todo con la de antes; lo que llega tarde se abre igual."""

import errno
import os
import shutil
from contextlib import closing
from itertools import count
from pathlib import Path
from random import Random

import pytest
from fabrica import HORA, Fabrica, contar
from giro_mortal import NUEVA, Verdugo
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from formularios import renglones
from formularios.renglones import Crudo, Hoja
from recoleccion import reglas
from recoleccion.consultas import (
    bitacora,
    conexion,
    cuarentena,
    derechos,
    evidencias,
    hojas_a_medias,
    identidades,
    llave,
    llave_giro,
    recepcion,
)
from recoleccion.errores import ErrorJornada
from recoleccion.instalacion import Instalacion
from recoleccion.sellado import Sello, SobreIlegible, abrir_identidad, b64, de_b64, leer_llave, sellar_identidad
from tests.avance import avance
from tests.llave import BARATO, FRASE, nombres

NOMBRE, TELEFONO, FOTO = "Eustolia Íñiguez Plascencia", "3787774411", bytes(range(256)) * 40
PIDE = "22222222-2222-4222-8222-222222222222"
AJENO = "11111111-1111-4111-8111-111111111111"
CADA = int(os.environ.get("JORNADA_GIRO_CADA", "9"))
"""De cada cuántos pasos se mata en uno; en la noche, en todos."""


@pytest.fixture
def guardar(base, instalacion, elenco, azar):
    def una(contenido: bytes = FOTO) -> str:
        return evidencias.guardar(
            base, instalacion.evidencias, contenido, evento_id=elenco.evento_id, clase="hoja", ahora=HORA,
            quien="titular", azar=azar,
        )  # fmt: skip

    return una


@pytest.fixture
def girar(base, instalacion):
    def con(vieja: Sello | None = None, frase: str = NUEVA, **mas) -> llave_giro.Girada:
        return llave_giro.girar(
            base, instalacion.evidencias, vieja or llave.abrir(base, FRASE), frase, sello=instalacion.sello,
            ahora=HORA, quien="titular", azar=Random(9), costo=BARATO, **mas,
        )  # fmt: skip

    return con


def sellada(fabrica, punto: str, **cambios) -> dict:
    """Una asistencia de un teléfono que se preparó cuando la llave era ``punto``."""
    registro = fabrica.asistencia(**cambios)
    datos = registro["datos"]
    datos["identidad"] = b64(
        sellar_identidad(leer_llave(punto), registro["id"], datos.pop("nombre"), datos.pop("telefono"))
    )
    return registro


def test_todo_queda_con_la_llave_nueva_y_la_de_antes_ya_no_lo_abre(base, fabrica, girar, guardar, instalacion, elenco):
    punto, vieja = identidades.punto(base), llave.abrir(base, FRASE)
    fabrica.mandar(base, *(fabrica.asistencia(nombre=f"{NOMBRE} {n}", telefono=TELEFONO) for n in range(5)))
    fabrica.mandar(base, sellada(fabrica, punto, evento=AJENO, nombre=NOMBRE))
    crudo = Crudo(fabrica.asistencia()["id"], f"{NOMBRE} borrador", "M", "40")
    a_medias = renglones.leer(Hoja(instalacion.catalogos, reglas.folio_valido), [crudo])
    hojas_a_medias.guardar(
        base, a_medias, hoja_id=AJENO, evento_id=elenco.evento_id, origen="papel", pagina="p", ahora=HORA, quien="t"
    )
    derechos.recibir(
        base, id=PIDE, derecho="acceso", via="persona", recibida_el=HORA.date(), dicho={"nombre": NOMBRE}, ahora=HORA,
        quien="titular",
    )  # fmt: skip
    foto, archivo = guardar(), set(instalacion.evidencias.iterdir())
    girada = girar(vieja)
    assert (girada.nombres, girada.fotos, girada.sin_abrir) == (5, 1, 0)
    assert identidades.punto(base) != punto
    nueva = llave.abrir(base, NUEVA)
    assert set(nombres(base, NUEVA).values()) == {(f"{NOMBRE} {n}", TELEFONO) for n in range(5)}
    assert evidencias.abrir(base, instalacion.evidencias, foto, nueva) == FOTO
    assert llave.abrir_con_codigo(base, girada.codigo) is not None
    assert llave.abrir(base, FRASE) is None
    # Con la privada de antes en la mano no se abre nada de lo que ahora hay en el disco.
    for id, sobre in identidades.guardados(base):
        with pytest.raises(SobreIlegible):
            abrir_identidad(vieja, id, sobre)
    with pytest.raises(ErrorJornada):
        evidencias.abrir(base, instalacion.evidencias, foto, vieja)
    (apartada,) = cuarentena.guardadas(base)
    dentro = recepcion.abrir_guardado(bytes(apartada["bytes"]), instalacion.sello)["datos"]["identidad"]
    (guardado,) = hojas_a_medias.sobres(base, AJENO).values()
    for id, sobre in ((apartada["registro_id"], dentro), (guardado["id"], guardado["identidad"])):
        with pytest.raises(SobreIlegible):
            abrir_identidad(vieja, id, de_b64(sobre))
        assert NOMBRE in abrir_identidad(Sello(nueva.privada), id, de_b64(sobre))[0]
    assert derechos.abrir(base, PIDE, vieja) is None
    assert derechos.abrir(base, PIDE, nueva)["nombre"] == NOMBRE
    assert not archivo & set(instalacion.evidencias.iterdir())
    assert len(list(instalacion.evidencias.iterdir())) == 1
    assert not llave_giro.aparte(instalacion.evidencias).exists()
    assert bitacora.listar(base, 1)[0]["accion"] == "cambiar la llave"


def test_lo_que_un_telefono_sello_para_la_llave_de_antes_se_abre_con_la_nueva(base, fabrica, girar):
    puntos = [identidades.punto(base)]
    girar()
    puntos.append(identidades.punto(base))
    girar(llave.abrir(base, NUEVA), "la tercera frase de la oficina")
    assert len(llave.abrir(base, "la tercera frase de la oficina").anteriores) == 2
    tarde = [sellada(fabrica, punto, nombre=f"{NOMBRE} {n}") for n, punto in enumerate(puntos)]
    assert fabrica.mandar(base, *tarde) == ["aceptado", "aceptado"]
    vistos = nombres(base, "la tercera frase de la oficina")
    assert {nombre for nombre, _ in vistos.values()} == {f"{NOMBRE} 0", f"{NOMBRE} 1"}
    assert llave.abrir(base, FRASE) is None
    assert llave.abrir(base, NUEVA) is None


def test_al_abrir_lo_que_llego_tarde_se_sella_para_la_de_ahora(base, fabrica, girar):
    punto, vieja = identidades.punto(base), llave.abrir(base, FRASE)
    fabrica.mandar(base, fabrica.asistencia(nombre=f"{NOMBRE} antes"))
    girar(vieja)
    nueva = llave.abrir(base, NUEVA)
    assert llave_giro.alcanzar(base, nueva) == 0
    fabrica.mandar(base, sellada(fabrica, punto, nombre=NOMBRE), fabrica.asistencia(nombre=f"{NOMBRE} hoy"))
    assert llave_giro.alcanzar(base, nueva) == 1
    assert llave_giro.alcanzar(base, nueva) == 0
    for id, sobre in identidades.guardados(base):
        with pytest.raises(SobreIlegible):
            abrir_identidad(vieja, id, sobre)
        abrir_identidad(Sello(nueva.privada), id, sobre)
    fabrica.mandar(base, sellada(fabrica, punto, nombre=NOMBRE))
    assert llave_giro.alcanzar(base, nueva) == 1
    assert len(nombres(base, NUEVA)) == 4


def test_la_privada_de_una_llave_retirada_no_sirve_en_el_lugar_de_otra(base, fabrica, girar):
    punto = identidades.punto(base)
    girar()
    base.execute("UPDATE llave_oficina SET id = 'cambiado' WHERE retirada_en IS NOT NULL")
    fabrica.mandar(base, sellada(fabrica, punto, nombre=NOMBRE))
    sello = llave.abrir(base, NUEVA)
    assert sello.anteriores == ()
    assert identidades.mostrar(identidades.con_capa(base, _crudas(base)), sello)[0]["identidad"] == "ilegible"


def _crudas(base) -> list:
    return base.execute("SELECT asistencia_id AS id, nombre, telefono, sobre, ranura FROM identidad").fetchall()


def test_lo_que_llega_mientras_se_prepara_tambien_queda_con_la_nueva(base, datos, fabrica, girar, guardar, instalacion):
    fabrica.mandar(base, fabrica.asistencia(nombre=NOMBRE))
    quitada, fotos, vieja = guardar(), [], llave.abrir(base, FRASE)

    def llega(hechos: int, total: int) -> None:
        if hechos == total and not fotos:
            with closing(conexion.abrir(datos / "privada.db")) as otra:
                fabrica.mandar(otra, fabrica.asistencia(nombre=f"{NOMBRE} tarde"))
                fotos.append(guardar(FOTO[::-1]))
                evidencias.quitar(otra, instalacion.evidencias, quitada, ahora=HORA)

    girada = girar(vieja, avisar=llega)
    assert (girada.nombres, girada.fotos) == (2, 1)
    sello = llave.abrir(base, NUEVA)
    assert {nombre for nombre, _ in nombres(base, NUEVA).values()} == {NOMBRE, f"{NOMBRE} tarde"}
    assert evidencias.abrir(base, instalacion.evidencias, fotos[0], sello) == FOTO[::-1]
    assert len(list(instalacion.evidencias.iterdir())) == 1


def test_si_algo_falla_a_la_mitad_no_cambio_nada(base, fabrica, girar, guardar, instalacion):
    fabrica.mandar(base, fabrica.asistencia(nombre=NOMBRE))
    foto, punto = guardar(), identidades.punto(base)

    def falla(hechos: int, total: int) -> None:
        if hechos == total:
            raise OSError("se fue la luz")

    with pytest.raises(OSError, match="luz"):
        girar(avisar=falla)
    assert identidades.punto(base) == punto
    assert list(nombres(base).values()) == [(NOMBRE, None)]
    assert evidencias.abrir(base, instalacion.evidencias, foto, llave.abrir(base, FRASE)) == FOTO
    assert not llave_giro.aparte(instalacion.evidencias).exists()


def test_una_foto_que_falta_no_lo_detiene_y_un_disco_lleno_si(base, girar, guardar, instalacion, monkeypatch):
    perdida, foto = guardar(), guardar(FOTO[::-1])
    evidencias.ruta(instalacion.evidencias, perdida).unlink()
    punto = identidades.punto(base)

    def lleno(*_: object) -> None:
        raise OSError(errno.ENOSPC, "lleno")

    with monkeypatch.context() as disco:
        disco.setattr(os, "fsync", lleno)
        with pytest.raises(OSError, match="lleno"):
            girar()
    assert identidades.punto(base) == punto
    girada = girar()
    assert (girada.fotos, girada.sin_abrir) == (1, 1)
    assert evidencias.abrir(base, instalacion.evidencias, foto, llave.abrir(base, NUEVA)) == FOTO[::-1]


def test_no_se_gira_con_una_llave_que_ya_no_es_ni_con_una_frase_corta(base, girar, elenco):
    vieja = llave.abrir(base, FRASE)
    with pytest.raises(ErrorJornada) as corta:
        girar(vieja, "corta")
    assert corta.value.codigo == "frase_corta"
    girar(vieja)
    with pytest.raises(ErrorJornada) as ya:
        girar(vieja)
    assert ya.value.codigo == "llave_no_existe"
    assert contar(base, "llave_oficina", "retirada_en IS NULL") == 1


def test_de_lo_que_abria_antes_no_queda_la_envoltura_en_el_disco(base, datos, girar, elenco):
    llave.dar(base, llave.abrir(base, FRASE), elenco.promotora.id, "la frase de la segunda", ahora=HORA, costo=BARATO)
    antes = [bytes(fila["cifrada"]) for fila in base.execute("SELECT cifrada FROM llave_envoltura")]
    assert len(antes) == 3
    girar()
    assert not [f.name for f in datos.glob("privada.db*") for cifrada in antes if cifrada in f.read_bytes()]


# --- En cualquier orden ---

FRASES = ("una frase de dieciséis letras", "otra frase que también alcanza", "la tercera, por si hacía falta")


class Oficina(RuleBasedStateMachine):
    """Nombres que entran por donde sea mientras la llave cambia de frase, de dueña y de llave."""

    copia: Path
    evento: str
    cuentas: tuple[str, str]

    def __init__(self) -> None:
        super().__init__()
        self.datos = Path(shutil.copytree(self.copia, self.copia.with_name(str(reglas.nuevo_id(Random())))))
        self.instalacion = Instalacion(self.datos)
        self.base = conexion.abrir(self.instalacion.privada)
        self.fabrica = Fabrica(self.instalacion.sello, type(self).evento)
        self.puntos = [identidades.punto(self.base)]
        self.dichos: dict[str, str] = {}
        self.frases: dict[str | None, str] = {None: FRASE}
        self.codigo = llave.otro_codigo(self.base, self.sello(), ahora=HORA, azar=Random(1), costo=BARATO)

    def teardown(self) -> None:
        self.base.conn.close()
        shutil.rmtree(self.datos)

    def sello(self) -> Sello:
        cuenta, frase = next(iter(self.frases.items()))
        sello = llave.abrir(self.base, frase, cuenta)
        assert sello is not None
        return sello

    @rule(cual=st.integers(0, 9))
    def llega_de_un_telefono(self, cual: int) -> None:
        """Preparado hoy o cuando fuera: con la llave de entonces."""
        nombre = f"{NOMBRE} {len(self.dichos)}"
        registro = sellada(self.fabrica, self.puntos[cual % len(self.puntos)], nombre=nombre)
        assert self.fabrica.mandar(self.base, registro) == ["aceptado"]
        self.dichos[registro["id"]] = nombre

    @rule()
    def llega_de_una_pagina(self) -> None:
        registro = self.fabrica.asistencia(modo="telefono", nombre=f"{NOMBRE} {len(self.dichos)}")
        recepcion.registrar_en_linea(self.base, registro, sello=self.instalacion.sello, ahora=HORA)
        self.dichos[registro["id"]] = registro["datos"]["nombre"]

    @rule(frase=st.sampled_from(FRASES), cual=st.integers(0, 1))
    def se_cambia_la_llave(self, frase: str, cual: int) -> None:
        cuenta = list(self.frases)[cual % len(self.frases)]
        vieja = llave.abrir(self.base, self.frases[cuenta], cuenta)
        girada = llave_giro.girar(
            self.base, self.instalacion.evidencias, vieja, frase, sello=self.instalacion.sello, ahora=HORA,
            quien="titular", azar=Random(len(self.puntos)), cuenta_id=cuenta, costo=BARATO,
        )  # fmt: skip
        self.frases, self.codigo = {cuenta: frase}, girada.codigo
        self.puntos.append(identidades.punto(self.base))

    @rule(frase=st.sampled_from(FRASES), cual=st.integers(0, 1))
    def se_le_da_a_otra(self, frase: str, cual: int) -> None:
        llave.dar(self.base, self.sello(), self.cuentas[cual], frase, ahora=HORA, costo=BARATO)
        self.frases[self.cuentas[cual]] = frase

    @rule()
    def se_abren(self) -> None:
        llave_giro.alcanzar(self.base, self.sello())

    @precondition(lambda self: len(self.frases) > 1)
    @rule(cual=st.integers(0, 2))
    def se_le_quita(self, cual: int) -> None:
        cuenta = list(self.frases)[cual % len(self.frases)]
        assert llave.retirar(self.base, "frase" if cuenta is None else f"frase:{cuenta}")
        del self.frases[cuenta]

    @rule(frase=st.sampled_from(FRASES), cual=st.integers(0, 2))
    def cambia_su_frase(self, frase: str, cual: int) -> None:
        cuenta = list(self.frases)[cual % len(self.frases)]
        sello = llave.abrir(self.base, self.frases[cuenta], cuenta)
        llave.cambiar_frase(self.base, sello, frase, ahora=HORA, costo=BARATO, cuenta_id=cuenta)
        self.frases[cuenta] = frase

    @rule()
    def se_pide_otro_codigo(self) -> None:
        viejo = self.codigo
        azar = Random(viejo)
        self.codigo = llave.otro_codigo(self.base, self.sello(), ahora=HORA, azar=azar, costo=BARATO)
        assert llave.abrir_con_codigo(self.base, viejo) is None

    @invariant()
    def todo_se_abre_con_cada_secreto_vigente_y_con_ningun_otro(self) -> None:
        abren = [llave.abrir(self.base, frase, cuenta) for cuenta, frase in self.frases.items()]
        for sello in (*abren, llave.abrir_con_codigo(self.base, self.codigo)):
            vistos = identidades.mostrar(identidades.con_capa(self.base, _crudas(self.base)), sello)
            assert {visto["id"]: visto["nombre"] for visto in vistos} == self.dichos
        for ajena in {FRASE, *FRASES} - set(self.frases.values()):
            assert llave.abrir(self.base, ajena) is None


def test_en_cualquier_orden_todo_nombre_se_abre_con_cada_secreto_vigente_y_con_ningun_otro(base, datos, elenco):
    conexion.vaciar_bitacora(base)
    Oficina.copia, Oficina.evento = datos, elenco.evento_id
    Oficina.cuentas = (elenco.titular.id, elenco.promotora.id)
    run_state_machine_as_test(
        Oficina,
        settings=settings(
            max_examples=int(os.environ.get("JORNADA_GIROS", "3")), stateful_step_count=10, deadline=None
        ),
    )


# --- Muertes ---


def _preparada(datos: Path, fabrica, base, guardar) -> Sello:
    fabrica.mandar(base, *(fabrica.asistencia(nombre=f"{NOMBRE} {n}") for n in range(4)))
    guardar()
    guardar(FOTO[::-1])
    conexion.vaciar_bitacora(base)
    return llave.abrir(base, FRASE)


def _abre_todo(datos: Path, *, espera: str | None = None) -> str:
    """Con qué frase se abre, después de ver que con ella se abre todo."""
    with closing(conexion.abrir(datos / "privada.db")) as base:
        assert contar(base, "llave_oficina", "retirada_en IS NULL") == 1
        assert contar(base, "llave_envoltura") == 2
        (frase,) = [frase for frase in (FRASE, NUEVA) if llave.abrir(base, frase)]
        sello = llave.abrir(base, frase)
        assert sorted(nombre for nombre, _ in nombres(base, frase).values()) == [f"{NOMBRE} {n}" for n in range(4)]
        for id in evidencias.listar(base, evento_id=base.execute("SELECT id FROM evento").fetchone()[0]):
            assert evidencias.abrir(base, datos / "evidencias", id["id"], sello)[:1] in (FOTO[:1], FOTO[-1:])
        evidencias.barrer(base, datos / "evidencias")
        assert len(list((datos / "evidencias").iterdir())) == 2
    return frase


def _muertes(datos: Path, tmp_path: Path, vieja: Sello, cada: int, **como) -> list[str]:
    with Verdugo() as verdugo:
        quedo = []
        for paso in avance("pasos de cambiar la llave", count(0, cada)):
            copia = Path(shutil.copytree(datos, tmp_path / f"muerte-{paso}"))
            murio = verdugo.girar_y_morir(copia, vieja, paso, **como)
            quedo.append(_abre_todo(copia))
            shutil.rmtree(copia)
            if not murio:
                break
    return quedo


def test_quien_muera_a_la_mitad_deja_la_de_antes_entera_o_la_nueva_entera(base, datos, fabrica, guardar, tmp_path):
    quedo = _muertes(datos, tmp_path, _preparada(datos, fabrica, base, guardar), CADA)
    print(f"cambio de llave: {len(quedo) - 1} muertes, {quedo.count(FRASE)} con la de antes y las demás con la nueva")
    assert quedo[0] == FRASE
    assert quedo[-1] == NUEVA
    assert quedo == sorted(quedo, key=(FRASE, NUEVA).index), "una vez cambiada no se descambia"


def test_el_control_por_partes_una_muerte_lo_deja_a_medias(base, datos, fabrica, guardar, tmp_path):
    vieja = _preparada(datos, fabrica, base, guardar)
    with pytest.raises((AssertionError, ValueError)):
        _muertes(datos, tmp_path, vieja, 12, por_partes=True)
