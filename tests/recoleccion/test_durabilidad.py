"""Lo acusado está guardado, pase lo que pase: cortes, disco lleno, orden, repeticiones."""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from fabrica import HORA, Fabrica, contar
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from recoleccion.consultas import conexion, recepcion
from recoleccion.errores import ErrorJornada
from recoleccion.sellado import Sello

RAIZ = Path(__file__).resolve().parents[2]

MANDAR_SIN_PARAR = """
import sys
from pathlib import Path
from fabrica import Fabrica
from recoleccion.consultas import conexion
from recoleccion.sellado import Sello

ruta, llave, evento, semilla = sys.argv[1:]
db = conexion.abrir(Path(ruta))
fabrica = Fabrica(Sello.leer(Path(llave).read_bytes()), evento, int(semilla))
while True:
    registros = [fabrica.asistencia(nombre="Persona Prueba"), fabrica.conteo(), fabrica.contestacion(S1="buena")]
    for registro, estado in zip(registros, fabrica.mandar(db, *registros)):
        print(estado, registro["id"], registro["tipo"], flush=True)
"""


@pytest.mark.parametrize("semilla", [1, 2, 3])
def test_un_corte_a_media_escritura_no_pierde_nada_acusado(base, datos, elenco, semilla):
    llave = datos / "claves" / "servidor.pem"
    orden = [sys.executable, "-c", MANDAR_SIN_PARAR, str(datos / "privada.db"), str(llave), elenco.evento_id]
    entorno = os.environ | {"PYTHONPATH": os.pathsep.join([str(RAIZ), str(RAIZ / "tests" / "recoleccion")])}
    acusados = []
    with subprocess.Popen([*orden, str(semilla)], stdout=subprocess.PIPE, text=True, env=entorno) as proceso:
        for renglon in proceso.stdout:
            acusados.append(renglon.split())
            if len(acusados) >= 40 * semilla + 1:
                proceso.send_signal(signal.SIGKILL)
                acusados += [resto.split() for resto in proceso.stdout if resto.endswith("\n")]
                break
    assert {estado for estado, _, _ in acusados} == {"aceptado"}
    conexion.verificar(datos / "privada.db")
    assert base.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    recibidos = {fila["id"] for fila in base.execute("SELECT id FROM recibido")}
    assert {id for _, id, _ in acusados} <= recibidos
    asistencias = {fila["id"] for fila in base.execute("SELECT id FROM asistencia")}
    assert {id for _, id, tipo in acusados if tipo != "contestacion"} <= asistencias
    # Un lote entra entero o no entra: los tres de cada uno van juntos.
    assert len(recibidos) % 3 == 0
    assert contar(base, "urna") == len(recibidos) // 3


class Sincronizacion(RuleBasedStateMachine):
    """Un servidor y una cola: se manda en cualquier orden, repetido y en pedazos, y a veces el disco se llena."""

    preparada: Path
    evento_id: str
    fallas: list[str]

    def __init__(self) -> None:
        super().__init__()
        self.carpeta = Path(tempfile.mkdtemp(prefix="jornada-"))
        self.datos = Path(shutil.copytree(self.preparada, self.carpeta / "datos"))
        self.base = conexion.abrir(self.datos / "privada.db")
        sello = Sello.leer((self.datos / "claves" / "servidor.pem").read_bytes())
        self.fabrica = Fabrica(sello, self.evento_id)
        self.sobres: dict[str, dict] = {}
        self.tipos: dict[str, str] = {}
        self.acusados: set[str] = set()
        self.malos: set[str] = set()

    def teardown(self) -> None:
        self.base.close()
        shutil.rmtree(self.carpeta)

    @rule(tipo=st.sampled_from(["asistencia", "conteo", "contestacion", "anulacion", "malo"]))
    def capturar(self, tipo: str) -> None:
        fabrica = self.fabrica
        registro = {
            "asistencia": lambda: fabrica.asistencia(nombre="Persona Prueba"),
            "conteo": fabrica.conteo,
            "contestacion": lambda: fabrica.contestacion(S1="buena", S7="sin duda"),
            "anulacion": lambda: fabrica.anulacion(next(iter(self.sobres), fabrica.conteo()["id"])),
            "malo": lambda: fabrica.asistencia(sexo="?"),
        }[tipo]()
        self.sobres[registro["id"]] = fabrica.sellar(registro)
        self.tipos[registro["id"]] = tipo
        if tipo == "malo":
            self.malos.add(registro["id"])

    @rule(azar=st.randoms(use_true_random=False), cuantos=st.integers(1, 8), lleno=st.booleans(), reabrir=st.booleans())
    def mandar(self, azar: random.Random, cuantos: int, lleno: bool, reabrir: bool) -> None:
        if not self.sobres:
            return
        if reabrir:
            self.base.close()
            self.base = conexion.abrir(self.datos / "privada.db")
        elegidos = azar.choices(list(self.sobres.values()), k=cuantos)
        cuerpo = self.fabrica.lote(*elegidos)
        limite = self.base.execute("PRAGMA page_count").fetchone()[0] if lleno else 2**30
        self.base.execute(f"PRAGMA max_page_count = {limite}")
        try:
            acuse = recepcion.recibir_lote(self.base, cuerpo, dispositivo_id=None, sello=self.fabrica.sello, ahora=HORA)
        except ErrorJornada as error:
            self.fallas.append(error.codigo)
            return
        assert [a["id"] for a in acuse["acuses"]] == [s["id"] for s in elegidos]
        vistos: set[str] = set()
        for a in acuse["acuses"]:
            if a["id"] in self.malos:
                assert a["estado"] == "retenido"
            else:
                ya = a["id"] in self.acusados or a["id"] in vistos
                assert a["estado"] == ("repetido" if ya else "aceptado")
                vistos.add(a["id"])
        self.acusados |= vistos

    @invariant()
    def solo_falla_por_disco_lleno(self) -> None:
        assert set(self.fallas) <= {"disco_lleno"}

    @invariant()
    def cada_acusado_esta_una_vez_y_lo_no_acusado_no_esta(self) -> None:
        assert {f["id"] for f in self.base.execute("SELECT id FROM recibido")} == self.acusados
        for tabla, tipos in (("asistencia", ("asistencia", "conteo")), ("anulacion", ("anulacion",))):
            esperados = {id for id in self.acusados if self.tipos[id] in tipos}
            assert sorted(f["id"] for f in self.base.execute(f"SELECT id FROM {tabla}")) == sorted(esperados)
        assert contar(self.base, "urna") == sum(self.tipos[id] == "contestacion" for id in self.acusados)
        assert {f[0] for f in self.base.execute("SELECT registro_id FROM cuarentena")} <= self.malos


AJUSTES = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)


def _maquina(datos, elenco) -> type[Sincronizacion]:
    propias = {"preparada": datos, "evento_id": elenco.evento_id, "fallas": []}
    return type("Maquina", (Sincronizacion,), propias)


def test_en_cualquier_orden_y_repetido_cada_registro_se_guarda_una_vez(datos, elenco):
    maquina = _maquina(datos, elenco)
    run_state_machine_as_test(maquina, settings=AJUSTES)
    assert maquina.fallas  # el disco sí se llenó alguna vez


def test_el_control_un_acuse_sin_guardar_se_descubre(datos, elenco, monkeypatch):
    """Un servidor que acusa antes de guardar: la máquina tiene que darse cuenta."""
    original = recepcion._Entrada._escribir

    def sin_los_conteos(self, insercion, fila):
        if fila.get("modo") != "conteo":
            original(self, insercion, fila)

    monkeypatch.setattr(recepcion._Entrada, "_escribir", sin_los_conteos)
    maquina = _maquina(datos, elenco)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(maquina, settings=AJUSTES)
