"""Todo lo que le puede pasar a un teléfono, a un mensaje y a un servidor. Cada método es una cosa que pasa."""

from collections.abc import Callable
from datetime import timedelta
from random import Random

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from recoleccion import reglas
from recoleccion.sellado import b64

from . import gente, red
from .gente import Registro
from .lugar import Lugar
from .red import Mensaje
from .servidor import Plan, Respuesta
from .telefono import Telefono, firmar

LLAVE_AJENA = generate_private_key(SECP256R1())
"""La de nadie: ningún teléfono de la oficina firma con ella."""


class Sucesos(Lugar):
    """Los sucesos: los de la vida (capturar, enviar...) y los que la descomponen."""

    def _capturar(self) -> None:
        telefono, pestana = self.pestana()
        tipo = self.azar.choice(("asistencia", "asistencia", "conteo", "contestacion", "anulacion"))
        registro = self._nuevo(telefono, tipo)
        if telefono.app == "0.1.0" and self.azar.random() < 0.3:
            registro = gente.de_una_version_vieja(registro)
        toques = 2 if self.azar.random() < 0.15 else 1
        self.empezar(telefono, pestana, f"captura {registro.nombre} ({tipo})", telefono.capturar(registro, toques))

    def _nuevo(self, telefono: Telefono, tipo: str) -> Registro:
        anulables = [r for r in self.registros.values() if r.tipo in ("asistencia", "conteo") and r.bueno]
        if tipo == "anulacion" and not anulables:
            tipo = "conteo"
        anula = self.azar.choice(anulables).id if tipo == "anulacion" else None
        self.hubo["registros"] += 1
        return gente.inventar(
            self.azar,
            f"r{self.hubo['registros']}",
            self.azar.choice(self.eventos),
            telefono.hora().isoformat(timespec="milliseconds"),
            round(telefono.adelanto.total_seconds() * 1000),
            tipo,
            anula,
        )

    def _avanzar(self) -> None:
        telefono, pestana = self.pestana()
        for en in list(pestana.programas):
            for _ in range(self.azar.choice((1, 2, 4, 99))):
                if en.espera or en not in pestana.programas:
                    break
                self.paso(telefono, pestana, en)

    def _enviar(self) -> None:
        telefono, pestana = self.pestana()
        if pestana.enviando:
            return
        if pestana.motivo == "entrar":
            if not any(en.que == "entra" for en in pestana.programas):
                self.empezar(telefono, pestana, "entra", telefono.entrar(pestana))
            return
        pestana.enviando = True
        self.empezar(telefono, pestana, "envía", telefono.enviar(pestana))
        self._avanzar()

    def _descargar(self) -> None:
        telefono, pestana = self.pestana()
        self.empezar(telefono, pestana, "descarga", telefono.descargar(pestana))

    def _jornada(self) -> None:
        """Un rato sin contratiempos: una pestaña captura, envía y recibe sus acuses."""
        if not self.servidor.lleno and self.veneno is None:
            self._capturar()
            telefono, pestana = self.pestana()
            self.terminar(telefono, pestana)
            self._enviar()
            self.terminar(telefono, pestana)

    def _entregar(self, plan: Plan | None = None) -> None:
        mensaje = self.mensaje(ida=True)
        if mensaje is not None:
            self.llega(mensaje, plan)

    def _responder(self, cambio: Callable[[Respuesta, Random], Respuesta] | None = None, nombre: str = "") -> None:
        mensaje = self.mensaje(ida=False)
        if mensaje is None:
            return
        assert mensaje.respuesta is not None
        respuesta = cambio(mensaje.respuesta, self.azar) if cambio else mensaje.respuesta
        self.contesta(mensaje, respuesta, nombre)

    def _perder_ida(self) -> None:
        mensaje = self.mensaje(ida=True)
        if mensaje is not None and not mensaje.huerfano:
            self.contesta(mensaje, Respuesta(0), "se perdió de ida")

    def _perder_vuelta(self) -> None:
        self._responder(red.perder, "se perdió de vuelta")

    def _tardar(self) -> None:
        """El teléfono se cansa de esperar; el pedido sigue en camino y puede llegar después."""
        mensaje = self.mensaje(ida=True)
        if mensaje is not None and not mensaje.huerfano:
            self.contesta(mensaje, Respuesta(0), "tardó")
            self.en_el_aire.append(mensaje)
            mensaje.huerfano = True

    def _duplicar(self) -> None:
        mensaje = self.mensaje(ida=True)
        if mensaje is not None:
            copia = Mensaje(
                f"{mensaje.nombre}'", mensaje.pedido, mensaje.telefono, mensaje.pestana, mensaje.en_curso, huerfano=True
            )
            self.en_el_aire.append(copia)
            self.hubo["duplicado"] += 1
            self.anota(f"la red duplica {mensaje.nombre}")

    def _portal(self) -> None:
        mensaje = self.mensaje(ida=True)
        if mensaje is not None and not mensaje.huerfano:
            self.contesta(mensaje, red.portal(), "portal cautivo")

    def _error_http(self) -> None:
        mensaje = self.mensaje(ida=self.azar.random() < 0.7)
        if mensaje is not None and not mensaje.huerfano:
            self.contesta(mensaje, red.error(self.azar), "error de un intermediario")

    def _truncar(self) -> None:
        self._responder(red.truncar, "respuesta cortada")

    def _incompleta(self) -> None:
        self._responder(red.incompleta, "acuse incompleto")

    def _cortar_pedido(self) -> None:
        mensaje = self.mensaje(ida=True)
        if mensaje is not None and mensaje.pedido.cuerpo:
            self.hubo["pedido cortado"] += 1
            self.anota(f"la red corta {mensaje.nombre}")
            self.llega(mensaje, cuerpo=mensaje.pedido.cuerpo[: self.azar.randrange(len(mensaje.pedido.cuerpo))])

    def _veneno(self) -> None:
        """Un intermediario que no deja pasar cualquier lote que traiga cierto registro."""
        if self.registros:
            self.veneno = self.azar.choice(list(self.registros))

    def _morir_pestana(self) -> None:
        telefono = self.azar.choice(self.telefonos)
        if telefono.pestanas:
            self.matar(telefono, self.azar.choice(telefono.pestanas))

    def _morir_al_leer(self) -> None:
        """Llega la respuesta y el teléfono muere uno, dos o tres pasos después: donde más duele."""
        mensaje = self.mensaje(ida=False)
        if mensaje is None:
            return
        assert mensaje.respuesta is not None
        self.contesta(mensaje, mensaje.respuesta)
        self._morir_pronto(mensaje)

    def _morir_pronto(self, mensaje: Mensaje) -> None:
        for _ in range(self.azar.randint(0, 3)):
            if mensaje.en_curso in mensaje.pestana.programas and not mensaje.en_curso.espera:
                self.paso(mensaje.telefono, mensaje.pestana, mensaje.en_curso)
        if mensaje.pestana in mensaje.telefono.pestanas:
            self.matar(mensaje.telefono, mensaje.pestana)

    def _apagar_telefono(self) -> None:
        telefono = self.azar.choice(self.telefonos)
        for pestana in list(telefono.pestanas):
            self.matar(telefono, pestana)

    def _otra_pestana(self) -> None:
        telefono = self.azar.choice(self.telefonos)
        if len(telefono.pestanas) < 2:
            telefono.abrir_pestana()
            self.hubo["dos pestañas"] += len(telefono.pestanas) == 2
            self.anota(f"{telefono.nombre} abre otra pestaña")

    def _saltar_reloj(self) -> None:
        telefono = self.azar.choice(self.telefonos)
        telefono.adelanto = timedelta(days=self.azar.choice((-20000, -2, 0, 2, 45, 400)))
        self.hubo["reloj descompuesto"] += 1
        self.anota(f"{telefono.nombre}: su reloj queda a {telefono.adelanto.days} días")

    def _conflicto(self) -> None:
        """Otro teléfono guarda otra cosa con un id que ya existe."""
        if len(self.telefonos) < 2 or not self.registros:
            return
        descartados = [self.registros[id] for id in sorted({id for id, _ in self.juez.descartadas})]
        de_cuales = descartados if descartados and self.azar.random() < 0.8 else list(self.registros.values())
        registro = self.azar.choice(de_cuales)
        otros = [t for t in self.telefonos if registro.id not in t.almacen.cola and t.pestanas]
        if otros:
            telefono = self.azar.choice(otros)
            self.hubo["conflicto"] += 1
            programa = telefono.capturar(registro, 1)
            self.empezar(telefono, telefono.pestanas[0], f"captura {registro.nombre} otra vez", programa)

    def _malo(self) -> None:
        telefono, pestana = self.pestana()
        registro = gente.echar_a_perder(self._nuevo(telefono, "conteo"), self.azar)
        self.empezar(telefono, pestana, f"captura {registro.nombre} (malo)", telefono.capturar(registro, 1))

    def _encuestas(self) -> None:
        telefono, pestana = self.pestana()
        for _ in range(11):
            registro = self._nuevo(telefono, "contestacion")
            self.empezar(telefono, pestana, f"captura {registro.nombre} (encuesta)", telefono.capturar(registro, 1))

    def _corte_servidor(self) -> None:
        self._entregar(self.plan())

    def _disco_lleno(self) -> None:
        self.servidor.lleno = not self.servidor.lleno
        self.anota("el disco se llena" if self.servidor.lleno else "liberan espacio en el disco")

    def _respaldar(self) -> None:
        self.respaldos.append(self.servidor.respaldar())
        self.anota(f"respaldo {len(self.respaldos)}")

    def _restaurar(self) -> None:
        if self.respaldos:
            cual = self.azar.randrange(len(self.respaldos))
            self.hubo["restaurado"] += 1
            self.anota(f"se restaura el respaldo {cual + 1}")
            self.servidor.restaurar(self.respaldos[cual], self.azar)
            self.juez.al_restaurar()
            for telefono in list(self.telefonos):
                if self.azar.random() < 0.8:
                    self._enterarse_y_morir(telefono)

    def _enterarse_y_morir(self, telefono: Telefono) -> None:
        """Manda algo, sabe por la respuesta que el servidor es otro, y muere a los pocos pasos."""
        pestana = self.pestana_de(telefono)
        registro = self._nuevo(telefono, "conteo")
        self.empezar(telefono, pestana, f"captura {registro.nombre} (conteo)", telefono.capturar(registro, 1))
        self.terminar(telefono, pestana)
        if pestana not in telefono.pestanas or pestana.motivo == "entrar":
            return
        pestana.enviando = True
        self.empezar(telefono, pestana, "envía", telefono.enviar(pestana))
        en = pestana.programas[-1]
        while en in pestana.programas and not en.espera:
            self.paso(telefono, pestana, en)
        for mensaje in [m for m in self.en_el_aire if m.en_curso is en and not m.huerfano]:
            self.llega(mensaje)
            assert mensaje.respuesta is not None
            self.contesta(mensaje, *self.enredar(mensaje.respuesta))
            self._morir_pronto(mensaje)

    def _revocar(self) -> None:
        telefono = self.azar.choice(self.telefonos)
        self.hubo["revocado"] += 1
        self.anota(f"la titular revoca {telefono.nombre}")
        for id in telefono.dispositivos:
            self.servidor.revocar(id)

    def _firma_mala(self) -> None:
        """Alguien que no es ese teléfono: firma con otra llave, no firma, o pega la firma de otro registro."""
        telefono, pestana = self.pestana()
        if telefono.llave is None or any(en.que != "envía" for en in pestana.programas):
            return
        registro = self._nuevo(telefono, "asistencia")
        como = self.azar.choice(("otra_llave", "sin_firma", "de_otro"))
        otra = firmar(telefono.llave, reglas.nuevo_id(self.azar), "AAAA")
        self.hubo[f"firma mala {como}"] += 1
        self.anota(f"{telefono.nombre} captura {registro.nombre} ({como})")
        sobre = b64(self.sellar(registro))
        firma = {"otra_llave": firmar(LLAVE_AJENA, registro.id, sobre), "sin_firma": None, "de_otro": otra}[como]
        if telefono.almacen.guardar(registro.id, sobre, firma):
            self.capturado(telefono, registro, sobre)

    def _resolver(self) -> None:
        """La titular acepta o descarta parte de lo que espera, haya o no un lote con ello en camino."""
        esperan = [fila["id"] for fila in self.servidor.esperan()]
        if not esperan or self.servidor.lleno:
            return
        ids = self.azar.sample(sorted(esperan), self.azar.randint(1, len(esperan)))
        acepta = self.azar.random() < 0.6
        self.anota(f"la titular {'acepta' if acepta else 'descarta'} {len(ids)} de {len(esperan)} que esperan")
        self.hubo["la titular acepta" if acepta else "la titular descarta"] += 1
        if acepta:
            with self.juez.al_resolver([]):
                self.servidor.aceptar(ids)
        else:
            with self.juez.al_resolver(ids):
                self.servidor.descartar(ids)

    def _recuperar(self) -> None:
        if not self.servidor.lleno:
            with self.juez.al_resolver([]):
                self.hubo["la titular recupera"] += self.servidor.recuperar(self.azar)

    def _rescatar(self) -> None:
        """Lo de un teléfono pasa a otro, por archivo o por QR; a veces el primero no vuelve, a veces mandan los dos."""
        if len(self.telefonos) < 2:
            return
        de, a = self.azar.sample(self.telefonos, 2)
        if not a.pestanas:
            a.abrir_pestana()
        entregados = de.entregar()
        self.anota(f"{a.nombre} recibe {len(entregados)} de {de.nombre}")
        self.hubo["rescate"] += bool(entregados)
        pestana = self.azar.choice(a.pestanas)
        self.empezar(a, pestana, "recibe lo de otro", a.recibir(entregados))
        self.terminar(a, pestana)
        tiene = {en.id: en.sobre for en in a.almacen.cola.values()}
        if self.azar.random() < 0.5 and all(tiene.get(en.id) == en.sobre for en in de.almacen.cola.values()):
            for otra in list(de.pestanas):
                self.matar(de, otra)
            self.telefonos.remove(de)
            self.hubo["un teléfono no vuelve"] += 1
            self.anota(f"{de.nombre} no vuelve")

    def _cerrar_evento(self) -> None:
        evento = self.azar.choice(self.eventos)
        self.anota(f"la titular cierra o reabre el evento {self.eventos.index(evento) + 1}")
        self.hubo["evento cerrado o reabierto"] += 1
        self.servidor.cerrar_evento(evento, self.azar)
        self.juez.antes = None  # al cerrar se abren urnas y se vacía lo apartado de lo ya contado

    def _nuevo_evento(self) -> None:
        self.eventos.append(self.servidor.nuevo_evento(self.azar))
        self.anota(f"la titular crea el evento {len(self.eventos)}")

    def _pasar_dias(self) -> None:
        dias = self.azar.choice((1, 8, 31))
        self.servidor.reloj.avanzar(days=dias)
        self.hubo["pasaron días"] += 1
        self.anota(f"pasan {dias} días")
