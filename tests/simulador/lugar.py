"""El lugar donde todo pasa: los teléfonos, lo que va por el aire, el servidor y quien lleva la cuenta."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from random import Random

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from recoleccion import reglas
from recoleccion.sellado import INFO_REGISTRO

from . import gente, red
from .gente import Registro, Version
from .juicio import Juez
from .protocolo import Destino
from .red import Mensaje
from .servidor import MOMENTOS, Plan, Respuesta, Servidor
from .telefono import EnCola, EnCurso, Pedido, Pestana, Programa, Telefono, punto

LLAVES = tuple(generate_private_key(SECP256R1()) for _ in range(3))
"""Con las que firman los teléfonos; cuáles sean no cambia lo que pasa."""


class Lugar:
    """Un servidor ya en marcha y los teléfonos de un itinerario.

    :param clase: el teléfono que se prueba; los defectos plantados son subclases.
    :param cuantos: de estas cantidades de teléfonos sale una al azar.
    """

    def __init__(
        self, semilla: int, servidor: Servidor, clase: type[Telefono], cuantos: tuple[int, ...] = (1, 1, 2, 3)
    ) -> None:
        self.semilla, self.servidor, self.azar = semilla, servidor, Random(semilla)
        self.traza: list[str] = []
        self.hubo: Counter[str] = Counter()
        self.registros: dict[str, Registro] = {}
        self.capturado_el: dict[str, str] = {}
        self.en_el_aire: list[Mensaje] = []
        self.mensajes = 0
        self.respaldos: list[bytes] = []
        self.veneno: str | None = None
        servidor.empezar()
        self.eventos = list(servidor.eventos_iniciales)
        self.juez = Juez(self, servidor)
        self.todos: dict[str, Telefono] = {}
        self.telefonos = [self._telefono(n, clase) for n in range(self.azar.choice(cuantos))]
        self.en_calma = False
        self.mortalidad, self.cortes, self.enredo = (self.azar.choice((0, 0, 0.03, 0.1)) for _ in range(3))
        if self.azar.random() < 0.4:
            self.respaldos.append(servidor.base_inicial)  # de antes de que se dieran de alta los teléfonos

    def _telefono(self, n: int, clase: type[Telefono]) -> Telefono:
        telefono = clase(
            f"T{n + 1}",
            maximo=self.azar.choice((2, 3, 500)),
            candados=self.azar.random() < 0.7,
            app=self.azar.choice(("0.1.0", "0.2.0")),
            llave=self.azar.choice((None, LLAVES[n])),
            testigo=self,
        )
        telefono.almacen.token = self.dar_de_alta(telefono)
        telefono.almacen.epoca = self.servidor.epoca()
        telefono.abrir_pestana()
        self.todos[telefono.nombre] = telefono
        return telefono

    def ahora(self) -> datetime:
        return self.servidor.reloj()

    def dar_de_alta(self, telefono: Telefono) -> str:
        id, token = self.servidor.alta(telefono.nombre, self.azar, telefono.llave and punto(telefono.llave))
        telefono.dispositivos.append(id)
        return token

    def sellar(self, registro: Registro) -> bytes:
        return self.servidor.instalacion.sello.sellar(gente.en_bytes(registro.contenido), INFO_REGISTRO)

    def cuerpo_de_lote(self, telefono: Telefono, lote: list[EnCola], quedan: int) -> bytes:
        return json.dumps(
            {
                "version": 1,
                "epoca": telefono.almacen.epoca,
                "enviado_en": telefono.hora().isoformat(),
                "pendientes": quedan,
                "app": telefono.app,
                "registros": [
                    {"id": en.id, "sobre": en.sobre}
                    | ({"firma": en.firma} if en.firma else {})
                    | ({"dispositivo": en.de} if en.de else {})
                    for en in lote
                ],
            }
        ).encode()

    def capturado(self, telefono: Telefono, registro: Registro, sobre: str) -> None:
        """La promotora vio «Guardado»: desde aquí es una promesa."""
        huella = reglas.huella(sobre.encode())
        registro.versiones.append(Version(huella, sobre, telefono.nombre, registro.contenido))
        self.registros.setdefault(registro.id, registro)
        self.capturado_el.setdefault(registro.id, telefono.hoy())
        self.hubo[f"capturado {registro.tipo}"] += 1

    def asentado(self, telefono: Telefono, destinos: Mapping[str, Destino], hora_servidor: str | None) -> None:
        dicho = ", ".join(f"{self.n(id)} {destino.estado}" for id, destino in destinos.items())
        self.anota(f"{telefono.nombre} asienta {dicho or 'un saludo'}")
        self.juez.al_asentar(telefono, destinos, hora_servidor)

    def borrados(self, telefono: Telefono, viejos: list[EnCola]) -> None:
        if viejos:
            self.hubo["borrado a los treinta días"] += 1
            self.anota(f"{telefono.nombre} borra {', '.join(self.n(en.id) for en in viejos)}")
            self.juez.al_borrar(telefono, viejos)

    def n(self, id: str) -> str:
        registro = self.registros.get(id)
        return registro.nombre if registro else id[:8]

    def anota(self, texto: str) -> None:
        self.traza.append(f"{self.ahora():%d %H:%M:%S}  {texto}")

    def pestana(self) -> tuple[Telefono, Pestana]:
        telefono = self.azar.choice(self.telefonos)
        return telefono, self.pestana_de(telefono)

    def pestana_de(self, telefono: Telefono) -> Pestana:
        if not telefono.pestanas:
            telefono.abrir_pestana()
            self.anota(f"{telefono.nombre} abre la aplicación")
        return self.azar.choice(telefono.pestanas)

    def empezar(self, telefono: Telefono, pestana: Pestana, que: str, programa: Programa) -> None:
        pestana.programas.append(EnCurso(que, programa))
        self.anota(f"{telefono.nombre} {que}")

    def paso(self, telefono: Telefono, pestana: Pestana, en: EnCurso, valor: Respuesta | None = None) -> None:
        """Un paso de un programa: hasta su siguiente instante, o hasta que le pida algo a la red."""
        en.espera = False
        try:
            hecho = en.programa.send(valor)
        except StopIteration:
            pestana.programas.remove(en)
            if en.que == "envía":
                pestana.enviando = False
            return
        if not self.en_calma and self.azar.random() < self.mortalidad:
            self.anota(f"({hecho})" if isinstance(hecho, str) else "(iba a pedir)")
            self.matar(telefono, pestana)
        elif isinstance(hecho, Pedido):
            self.mensajes += 1
            mensaje = Mensaje(f"m{self.mensajes}", hecho, telefono, pestana, en)
            en.espera = True
            self.en_el_aire.append(mensaje)
            self.anota(f"{telefono.nombre} pide {mensaje.nombre}: {' '.join(map(self.n, hecho.ids)) or hecho.ruta}")

    def mensaje(self, *, ida: bool) -> Mensaje | None:
        candidatos = [m for m in self.en_el_aire if (m.respuesta is None) == ida and not (m.huerfano and not ida)]
        return self.azar.choice(candidatos) if candidatos else None

    def llega(self, mensaje: Mensaje, plan: Plan | None = None, cuerpo: bytes | None = None) -> None:
        """El pedido llega al servidor. Si nadie espera la respuesta, se pierde."""
        pedido = mensaje.pedido
        if self.veneno and self.veneno in pedido.ids:
            self.hubo["veneno"] += 1
            self.anota(f"un intermediario rechaza {mensaje.nombre} por {self.n(self.veneno)}")
            self.sale(mensaje, Respuesta(413, red.HTML, "<h1>Request blocked</h1>"))
            return
        if plan is None and not self.en_calma and self.azar.random() < self.cortes:
            plan = self.plan()
        self.servidor.plan = plan
        entero = cuerpo is None
        with self.juez.mirando(pedido if entero else None) as acuse:
            respuesta = self.servidor.pedir(
                pedido.metodo, pedido.ruta, pedido.token, pedido.cuerpo if cuerpo is None else cuerpo
            )
            acuse.respuesta = respuesta
        self.hubo[f"estado {respuesta.estado}"] += 1
        if plan is not None and respuesta.estado == 0:
            self.hubo[f"corte {plan.momento}"] += 1
        self.anota(f"llega {mensaje.nombre}: {respuesta.estado} {self.juez.resumen(respuesta)}")
        self.sale(mensaje, respuesta)

    def sale(self, mensaje: Mensaje, respuesta: Respuesta) -> None:
        mensaje.respuesta = respuesta
        if mensaje.huerfano:
            self.en_el_aire.remove(mensaje)

    def contesta(self, mensaje: Mensaje, respuesta: Respuesta, nombre: str = "") -> None:
        self.en_el_aire.remove(mensaje)
        self.anota(f"{mensaje.telefono.nombre} recibe {mensaje.nombre}: {respuesta.estado} {nombre}")
        if nombre:
            self.hubo[nombre] += 1
        self.paso(mensaje.telefono, mensaje.pestana, mensaje.en_curso, respuesta)

    def matar(self, telefono: Telefono, pestana: Pestana) -> None:
        a_medias = [en.que for en in pestana.programas]
        self.hubo["murió una pestaña a medias" if a_medias else "murió una pestaña"] += 1
        self.anota(f"{telefono.nombre}: muere una pestaña a medias de {a_medias or 'nada'}")
        telefono.morir_pestana(pestana)
        for mensaje in list(self.en_el_aire):
            if mensaje.pestana is pestana:
                mensaje.huerfano = True
                if mensaje.respuesta is not None:
                    self.en_el_aire.remove(mensaje)

    def plan(self) -> Plan:
        return Plan(self.azar.choice(MOMENTOS), self.azar.randint(1, 45))

    def terminar(self, telefono: Telefono, pestana: Pestana) -> None:
        """Corre todos los programas de una pestaña, uno tras otro."""
        while pestana.programas:
            for en in list(pestana.programas):
                if en not in pestana.programas:
                    break  # murió la pestaña
                if en.espera:
                    mensaje = next(m for m in self.en_el_aire if m.en_curso is en and not m.huerfano)
                    if mensaje.respuesta is None:
                        self.llega(mensaje)
                    assert mensaje.respuesta is not None
                    self.contesta(mensaje, *self.enredar(mensaje.respuesta))
                else:
                    self.paso(telefono, pestana, en)

    def enredar(self, respuesta: Respuesta) -> tuple[Respuesta, str]:
        """Lo que de vez en cuando le pasa a una respuesta en el camino."""
        if self.en_calma or self.azar.random() >= self.enredo:
            return respuesta, ""
        cambio, nombre = self.azar.choice(red.ENREDOS)
        return cambio(respuesta, self.azar), nombre
