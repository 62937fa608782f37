"""Pase lo que pase con los envíos de una hoja de papel, cada renglón es una persona: ni se dobla ni se pierde."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule, run_state_machine_as_test

from formularios import renglones
from formularios.renglones import Crudo, Hoja
from recoleccion import reglas
from recoleccion.consultas import asistencias, conexion, cuarentena, eventos, hojas_a_medias, llave, papel
from recoleccion.consultas.papel import PorGuardar
from recoleccion.errores import ErrorJornada
from tests.elenco import HORA
from tests.llave import FRASE, nombres

NOMBRES = st.sampled_from(["Ana López", "Luz", "Eva Ruiz", None])


class Mostrador(RuleBasedStateMachine):
    """Páginas de una hoja que se mandan enteras, por partes, en desorden, otra vez y desde su borrador."""

    paginas = Bundle("paginas")
    copia: Callable[[], Path]
    evento: str
    instalacion: object

    def __init__(self) -> None:
        super().__init__()
        self.base = conexion.abrir(type(self).copia())
        self.azar = Random(4)
        self.entraron: dict[str, PorGuardar] = {}
        self.anulados: set[str] = set()

    def teardown(self) -> None:
        self.base.conn.close()

    def _mandar(self, hoja: str, filas: list[PorGuardar]) -> papel.Resultado:
        resultado = papel.guardar(
            self.base, filas, hoja_id=hoja, evento_id=self.evento, origen="papel", sello=self.instalacion.sello,
            ahora=HORA, quien="titular",
        )  # fmt: skip
        nuevas = {fila.id: fila for fila in filas if fila.id not in self.entraron}
        assert resultado == papel.Resultado(len(nuevas), len(filas) - len(nuevas), 0)
        self.entraron |= nuevas
        return resultado

    @rule(target=paginas, sexos=st.lists(st.tuples(st.sampled_from("MHN"), NOMBRES), min_size=1, max_size=4))
    def abrir(self, sexos):
        return reglas.nuevo_id(self.azar), tuple(
            PorGuardar(reglas.nuevo_id(self.azar), sexo, "30-44", "rancho", nombre) for sexo, nombre in sexos
        )

    @rule(pagina=paginas, azar=st.randoms(use_true_random=False), veces=st.integers(1, 3))
    def mandar_en_desorden_y_otra_vez(self, pagina, azar, veces):
        hoja, filas = pagina
        for _ in range(veces):
            self._mandar(hoja, azar.sample(filas, azar.randint(1, len(filas))))

    @rule(target=paginas, pagina=consumes(paginas), sexo=st.sampled_from("MH"), nombre=NOMBRES)
    def agregar_un_renglon(self, pagina, sexo, nombre):
        hoja, filas = pagina
        return hoja, (*filas, PorGuardar(reglas.nuevo_id(self.azar), sexo, "18-29", "otro", nombre))

    @rule(pagina=consumes(paginas))
    def recargar_y_mandar_desde_el_borrador(self, pagina):
        """Con los nombres cerrados. De una hoja que ya entró no hay borrador: se enseña la hoja guardada."""
        hoja, filas = pagina
        if papel.leer(self.base, hoja) is not None:
            return
        crudos = [
            Crudo(f.id, f.nombre or "", f.sexo, "34" if f.edad == "30-44" else "20", f.procedencia) for f in filas
        ]
        leidos = renglones.leer(Hoja(self.instalacion.catalogos, reglas.folio_valido), crudos)
        comun = {"hoja_id": hoja, "evento_id": self.evento, "pagina": hoja, "ahora": HORA, "quien": "titular"}
        for _ in range(2):
            assert hojas_a_medias.guardar(self.base, leidos, origen="papel", **comun)
        _, vueltos = hojas_a_medias.leer(self.base, hoja, None)
        sobres = hojas_a_medias.sobres(self.base, hoja)
        cerradas = [
            replace(fila, nombre=None, identidad=sobres.get(fila.id, {}).get("identidad", papel.CERRADO))
            if crudo.guardado
            else replace(fila, nombre=crudo.nombre or None)
            for fila, crudo in zip(filas, vueltos, strict=True)
        ]
        self._mandar(hoja, cerradas)
        self._mandar(hoja, [replace(f, identidad=papel.CERRADO) if f.identidad else f for f in cerradas])
        self.entraron |= {fila.id: fila for fila in filas}

    @rule(pagina=paginas, azar=st.randoms(use_true_random=False))
    def quitar_un_renglon(self, pagina, azar):
        hoja, filas = pagina
        fila = azar.choice(filas)
        id = reglas.nuevo_id(self.azar)
        for _ in range(2):
            hecho = papel.quitar(self.base, hoja, fila.id, id=id, sello=self.instalacion.sello, ahora=HORA)
            assert hecho == (fila.id in self.entraron and fila.id not in self.anulados)
            if hecho:
                self.anulados.add(fila.id)

    @rule(cerrado=st.booleans())
    def cerrar_o_reabrir(self, cerrado):
        if cerrado:
            eventos.cerrar(self.base, self.evento, HORA, self.instalacion.sello, self.azar)
        elif eventos.leer(self.base, self.evento)["estado"] == "cerrado":
            eventos.reabrir(self.base, self.evento, HORA)

    @invariant()
    def cada_renglon_es_una_persona(self):
        filas = self.base.execute("SELECT id, sexo, hoja_id FROM asistencia").fetchall()
        assert {fila["id"]: fila["sexo"] for fila in filas} == {id: f.sexo for id, f in self.entraron.items()}
        assert all(fila["hoja_id"] for fila in filas)
        assert asistencias.vivo(self.base, self.evento)["total"] == len(self.entraron.keys() - self.anulados)
        assert cuarentena.contar(self.base) == 0

    @invariant()
    def ningun_nombre_se_pierde_ni_cambia_de_renglon(self):
        dichos = {id: (fila.nombre, None) for id, fila in self.entraron.items() if fila.nombre}
        assert nombres(self.base, FRASE) == dichos


@pytest.fixture
def mostrador(base, elenco, instalacion, tmp_path) -> type[Mostrador]:
    conexion.vaciar_bitacora(base)
    vueltas = iter(range(100_000))

    def copia() -> Path:
        return Path(shutil.copy(instalacion.privada, tmp_path / f"copia-{next(vueltas)}.db"))

    return type(
        "Mostrador",
        (Mostrador,),
        {"copia": staticmethod(copia), "evento": elenco.evento_id, "instalacion": instalacion},
    )


def _correr(mostrador: type[Mostrador], ejemplos: int, *fases: Phase) -> None:
    run_state_machine_as_test(
        mostrador,
        settings=settings(
            max_examples=ejemplos, stateful_step_count=12, deadline=None, database=None, phases=fases or tuple(Phase),
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


def test_mandar_otra_vez_en_desorden_o_desde_el_borrador_nunca_dobla_ni_pierde(mostrador):
    _correr(mostrador, 25)


def _ids_nuevos_en_cada_envio(monkeypatch):
    de_veras, azar = papel._registro, Random(8)
    monkeypatch.setattr(papel, "_registro", lambda fila, *mas: de_veras(replace(fila, id=reglas.nuevo_id(azar)), *mas))


def _el_borrador_olvida_el_nombre(monkeypatch):
    monkeypatch.setattr(hojas_a_medias, "sellar_identidad", lambda llave, id, nombre, telefono: b"")


def _el_sobre_es_del_renglon_de_al_lado(monkeypatch):
    de_veras = hojas_a_medias.sellar_identidad
    monkeypatch.setattr(hojas_a_medias, "sellar_identidad", lambda llave, id, *mas: de_veras(llave, id[::-1], *mas))


def _solo_se_guarda_el_primer_envio(monkeypatch):
    de_veras = papel.guardar

    def guardar(base, filas, *, hoja_id, **mas):
        return de_veras(base, [] if papel.leer(base, hoja_id) else filas, hoja_id=hoja_id, **mas)

    monkeypatch.setattr(papel, "guardar", guardar)


@pytest.mark.parametrize(
    "plantar",
    [_ids_nuevos_en_cada_envio, _el_borrador_olvida_el_nombre, _el_sobre_es_del_renglon_de_al_lado,
     _solo_se_guarda_el_primer_envio],
)  # fmt: skip
def test_el_control_un_defecto_plantado_salta(mostrador, monkeypatch, plantar):
    plantar(monkeypatch)
    with pytest.raises((AssertionError, ExceptionGroup, KeyError)):
        _correr(mostrador, 40, Phase.generate)


def test_una_hoja_que_falla_a_medias_no_deja_nada(base, elenco, instalacion, azar, monkeypatch):
    filas = [PorGuardar(reglas.nuevo_id(azar), "M", "30-44", "rancho", "Ana") for _ in range(3)]
    hoja = reglas.nuevo_id(azar)
    datos = {"hoja_id": hoja, "evento_id": elenco.evento_id, "origen": "papel", "sello": instalacion.sello}

    def lleno(*_):
        raise ErrorJornada("disco_lleno")

    with monkeypatch.context() as parche:
        parche.setattr(hojas_a_medias, "olvidar", lleno)
        with pytest.raises(ErrorJornada):
            papel.guardar(base, filas, **datos, ahora=HORA, quien="titular")
    assert base.execute("SELECT count(*) FROM asistencia").fetchone()[0] == 0
    assert papel.leer(base, hoja) is None
    assert papel.guardar(base, filas, **datos, ahora=HORA, quien="titular").nuevas == 3


def test_ni_el_borrador_ni_su_hueco_dicen_un_nombre_en_el_disco(base, elenco, instalacion, azar):
    assert llave.hay(base)
    hoja = Hoja(instalacion.catalogos, reglas.folio_valido)
    leidos = renglones.leer(hoja, [Crudo(reglas.nuevo_id(azar), "Zoraida Inconfundible", "M", "34")])
    id = reglas.nuevo_id(azar)
    hojas_a_medias.guardar(
        base, leidos, hoja_id=id, evento_id=elenco.evento_id, origen="papel", pagina=id, ahora=HORA, quien="t"
    )
    conexion.vaciar_bitacora(base)
    assert b"Zoraida" not in instalacion.privada.read_bytes()
    hojas_a_medias.olvidar(base, id)
    conexion.vaciar_bitacora(base)
    assert b"Zoraida" not in instalacion.privada.read_bytes()
