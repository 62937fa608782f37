"""Las sesiones en cualquier orden de hechos, contra un modelo: cuál sirve, cuál está en pausa y cuál ya no existe."""

import os
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from recoleccion.consultas import conexion, cuentas, sesiones
from tests.elenco import HORA

VUELTAS = int(os.environ.get("JORNADA_SESIONES", "12"))
ROLES = ("titular", "titular", "promotora", "administra")
LAPSOS = st.sampled_from([0.5, 1, 4, 5, 6, 14, 15, 16, 60, 479, 480, 481, 960])
_LAS_DEMAS = ("cuenta_id", "marca", "metodo", "navegador", "creada_en", "vista_en", "confirmada_en")
CUAL = st.integers(0, 50)


class Sesiones(RuleBasedStateMachine):
    """``abiertas``: por número, [cuenta, creada, vista, confirmada]. ``viejos``: números que ya no deben servir."""

    def __init__(self) -> None:
        super().__init__()
        self.carpeta = tempfile.TemporaryDirectory()
        ruta = Path(self.carpeta.name) / "privada.db"
        conexion.preparar(ruta)
        self.db, self.ahora = conexion.abrir(ruta), HORA
        self.costo = cuentas._resumidor
        cuentas._resumidor = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        self.abiertas: dict[str, list] = {}
        self.viejos: set[str] = set()

    @initialize()
    def dar_cuentas(self):
        for n, rol in enumerate(ROLES):
            como = {"usuario": f"u{n}", "nombre": rol, "rol": rol, "contrasena": "una bien larga", "ahora": HORA}
            cuentas.crear(self.db, **como)
        self.cuentas = [cuenta.id for cuenta in cuentas.listar(self.db)]

    def teardown(self):
        cuentas._resumidor = self.costo
        self.db.conn.close()
        self.carpeta.cleanup()

    def _una(self, cual: int) -> str | None:
        return list(self.abiertas)[cual % len(self.abiertas)] if self.abiertas else None

    def _acabar(self, numeros: list[str]) -> None:
        for numero in numeros:
            del self.abiertas[numero]
            self.viejos.add(numero)

    @rule(cual=CUAL)
    def entrar(self, cual):
        cuenta = cuentas.leer(self.db, self.cuentas[cual % 4])
        if cuenta.activa:
            numero = sesiones.abrir(self.db, cuenta, "contrasena", "Chrome", self.ahora)
            self.abiertas[numero] = [cuenta, self.ahora, self.ahora, self.ahora]

    @rule(minutos=LAPSOS)
    def pasa_el_tiempo(self, minutos):
        self.ahora += timedelta(minutes=minutos)
        self._acabar([n for n, (c, creada, _, _) in self.abiertas.items() if self.ahora - creada >= self._total(c)])

    def _total(self, cuenta) -> timedelta:
        return timedelta(hours=16 if cuenta.rol == "promotora" else 8)

    def _pausa(self, cuenta) -> timedelta:
        return timedelta(hours=8) if cuenta.rol == "promotora" else timedelta(minutes=15)

    @rule(cual=CUAL)
    def usar(self, cual):
        if (numero := self._una(cual)) and not (leida := sesiones.leer(self.db, numero, self.ahora)).en_pausa:
            sesiones.usar(self.db, leida, self.ahora)
            if self.ahora - self.abiertas[numero][2] >= timedelta(minutes=1):
                self.abiertas[numero][2] = self.ahora

    @rule(cual=CUAL)
    def confirmar(self, cual):
        if numero := self._una(cual):
            leida = sesiones.leer(self.db, numero, self.ahora)
            cuenta, creada, _, _ = self.abiertas[numero]
            self._acabar([numero])
            nuevo = sesiones.confirmar(self.db, leida, "contrasena", self.ahora)
            self.abiertas[nuevo] = [cuenta, creada, self.ahora, self.ahora]

    @rule(cual=CUAL)
    def cerrar(self, cual):
        if numero := self._una(cual):
            assert sesiones.cerrar(self.db, sesiones.leer(self.db, numero, self.ahora).id)
            self._acabar([numero])

    @rule(cual=CUAL)
    def cerrar_las_demas(self, cual):
        if numero := self._una(cual):
            cuenta, esta = self.abiertas[numero][0], sesiones.leer(self.db, numero, self.ahora).id
            sesiones.cerrar_de(self.db, cuenta.id, menos=esta)
            self._acabar([n for n, (otra, *_) in self.abiertas.items() if otra.id == cuenta.id and n != numero])

    @rule(cual=CUAL, cambia=st.booleans())
    def cambiar_contrasena_o_desactivar(self, cual, cambia):
        id = self.cuentas[cual % 4]
        if cambia:
            cuentas.cambiar_contrasena(self.db, id, f"otra bien larga {cual}")
        elif cuentas.leer(self.db, id).rol != "titular":
            cuentas.desactivar(self.db, id)
            cuentas.reactivar(self.db, id)
        else:
            return
        self._acabar([n for n, (cuenta, *_) in self.abiertas.items() if cuenta.id == id])

    @invariant()
    def cada_numero_vale_lo_que_debe(self):
        for numero, (cuenta, _, vista, confirmada) in self.abiertas.items():
            leida = sesiones.leer(self.db, numero, self.ahora)
            assert leida is not None
            assert leida.cuenta.id == cuenta.id
            assert leida.en_pausa == (self.ahora - vista >= self._pausa(cuenta))
            assert leida.confirmada(self.ahora) == (self.ahora - confirmada < timedelta(minutes=5))
        assert not any(sesiones.leer(self.db, numero, self.ahora) for numero in self.viejos)
        assert len(sesiones.listar(self.db, self.ahora)) == len(self.abiertas)


AJUSTES = settings(max_examples=VUELTAS, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck))
Sesiones.TestCase.settings = AJUSTES
TestSesiones = Sesiones.TestCase


def test_una_que_se_confirma_sin_cambiar_de_numero_se_nota(monkeypatch):
    def mal(db, sesion, metodo, ahora):
        numero = bien(db, sesion, metodo, ahora)
        db.execute("INSERT INTO sesion SELECT ?, " + ", ".join(_LAS_DEMAS) + " FROM sesion LIMIT 1", [sesion.id])
        return numero

    bien = sesiones.confirmar
    monkeypatch.setattr(sesiones, "confirmar", mal)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Sesiones, settings=settings(AJUSTES, max_examples=200, phases=[Phase.generate]))
