"""El itinerario: una semilla decide qué pasa, en qué orden y qué se rompe; siempre lo mismo con la misma semilla.

Cada semilla elige además cuáles fallas existen y qué tan seguido: así unas corridas son de mucha red mala y otras
de muchos respaldos, y no todas el promedio de todo.
"""

from .juicio import Violacion
from .servidor import Servidor
from .sucesos import Sucesos
from .telefono import Telefono

VIDA = {"capturar": 8, "avanzar": 14, "enviar": 6, "entregar": 10, "responder": 10, "jornada": 4, "descargar": 0.3}
FALLAS = {
    "perder_ida": 2, "perder_vuelta": 3, "tardar": 2, "duplicar": 2, "portal": 2, "error_http": 2, "truncar": 1.5,
    "cortar_pedido": 1, "incompleta": 2, "morir_pestana": 2, "apagar_telefono": 1, "otra_pestana": 1.5,
    "morir_al_leer": 2, "corte_servidor": 2.5, "disco_lleno": 1, "respaldar": 1.5, "restaurar": 2.5, "revocar": 0.4,
    "cerrar_evento": 1, "nuevo_evento": 0.5, "saltar_reloj": 1, "pasar_dias": 0.7, "conflicto": 1, "malo": 1,
    "encuestas": 0.1, "veneno": 0.7, "firma_mala": 1.5, "resolver": 2, "recuperar": 0.5, "rescatar": 1,
}  # fmt: skip
DE_RESPALDOS = {"jornada": 16, "respaldar": 3, "restaurar": 4, "malo": 2}
"""Uno de cada cuatro itinerarios es de respaldos y teléfonos que se apagan: ahí estaban los errores de verdad."""
DE_CUARENTENA = {
    "jornada": 10, "revocar": 2, "firma_mala": 5, "conflicto": 6, "malo": 3, "resolver": 12, "recuperar": 3,
    "rescatar": 4,
}  # fmt: skip
"""Otro de cada cuatro es de la oficina: teléfonos dados de baja, firmas malas, rescates y una titular que decide."""
DE_CALENDARIO = {"jornada": 10, "pasar_dias": 3, "saltar_reloj": 3, "respaldar": 1, "restaurar": 1, "perder_ida": 3}
"""Uno de cada ocho es de semanas: días sin señal, relojes descompuestos y lo que se borra a los treinta días."""
VUELTAS = 40
"""Rondas de calma antes de decir que algo no se asienta."""


class Mundo(Sucesos):
    """Un itinerario completo."""

    def __init__(self, semilla: int, servidor: Servidor, clase: type[Telefono] = Telefono) -> None:
        super().__init__(semilla, servidor, clase, (2, 2, 3) if semilla % 4 == 1 else (1, 1, 2, 3))
        elegidas = [falla for falla in FALLAS if self.azar.random() < 0.35]
        self.pesos = VIDA | {falla: FALLAS[falla] * self.azar.choice((1, 2, 4)) for falla in elegidas}
        if semilla % 4 == 0:
            self.pesos |= DE_RESPALDOS
            self.mortalidad = 0.1
        elif semilla % 4 == 1:
            self.pesos |= DE_CUARENTENA
        elif semilla % 8 == 2:
            self.pesos |= DE_CALENDARIO

    def correr(self) -> None:
        """Todo el itinerario, la calma y el juicio. :raises Violacion: con lo que se rompió."""
        acciones, pesos = list(self.pesos), list(self.pesos.values())
        for _ in range(self.azar.randint(20, 65)):
            self.servidor.reloj.avanzar(seconds=self.azar.randint(1, 90))
            accion = self.azar.choices(acciones, pesos)[0]
            getattr(self, f"_{accion}")()
        self._calma()
        self.juez.al_final()

    def _calma(self) -> None:
        """Ya no falla nada: llega lo que venía en camino y, cada día, se abre cada teléfono."""
        self.anota("--- calma ---")
        self.en_calma = True
        self.servidor.lleno, self.veneno = False, None
        for mensaje in list(self.en_el_aire):
            if mensaje.respuesta is None:
                self.llega(mensaje)
        for dia in range(VUELTAS):
            for telefono in self.telefonos:
                self._atender(telefono)
            if dia and self._asentado():
                break
            self.servidor.reloj.avanzar(days=1)
        else:
            quedan = [self.n(en.id) for t in self.telefonos for en in t.almacen.los("guardado")]
            raise Violacion(f"después de {VUELTAS} días en calma siguen pendientes: {', '.join(quedan)}")
        self.anota("la titular acepta lo que espera por su teléfono")
        esperan = self.servidor.esperan(("dispositivo_revocado", "firma_invalida"))
        with self.juez.al_resolver([]):
            self.servidor.aceptar([fila["id"] for fila in esperan])
        self.servidor.reloj.avanzar(days=1)
        for telefono in self.telefonos:
            self._atender(telefono)

    def _asentado(self) -> bool:
        epoca = self.servidor.epoca()
        return all(t.almacen.epoca == epoca and not t.almacen.los("guardado") for t in self.telefonos if t.almacen.cola)

    def _atender(self, telefono: Telefono) -> None:
        if not telefono.pestanas:
            telefono.abrir_pestana()
        telefono.reintentar()
        for pestana in telefono.pestanas:
            self.terminar(telefono, pestana)
            if pestana.motivo == "entrar":
                self.empezar(telefono, pestana, "entra", telefono.entrar(pestana))
                self.terminar(telefono, pestana)
            pestana.enviando = True
            self.empezar(telefono, pestana, "envía", telefono.enviar(pestana))
            self.terminar(telefono, pestana)
