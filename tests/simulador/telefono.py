"""El teléfono de la promotora, paso a paso: lo mismo que ``cola.js``, ``sincronizar.js`` y ``telefono.js``.

Cada programa es un generador y cada ``yield`` un instante en que el navegador puede morir: lo que está en
:class:`Almacen` sobrevive, lo demás no. ``yield Pedido(...)`` espera a la red. Un defecto plantado es una subclase
(``defectos.py``).
"""

from collections import Counter
from collections.abc import Callable, Collection, Generator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from recoleccion.sellado import b64, por_firmar

from . import protocolo
from .protocolo import Destino, Dicho
from .servidor import Respuesta, leer_json

DIAS = 30
FALLAS_SOLO = 3
VUELTAS = 3
LOCALES = ("muy_grande", "no_es_lote", "lote_ilegible", "lote_grande", "servidor_falla")
"""Códigos con que se aparta un registro que la red no dejó pasar: la promotora lo reintenta a mano."""


@dataclass(frozen=True)
class EnCola:
    """Un renglón de la cola. ``intentos``: veces que se empezó a mandar. ``de``: el teléfono del que se rescató."""

    id: str
    sobre: str
    firma: str | None = None
    estado: str = "guardado"
    de: str | None = None
    intentos: int = 0
    codigo: str | None = None
    enviado_el: str | None = None


@dataclass
class Almacen:
    """IndexedDB: cada método que escribe es una transacción, y al volver ya está en el disco."""

    cola: dict[str, EnCola] = field(default_factory=dict)
    token: str | None = None
    epoca: str | None = None
    visto_el: str | None = None

    def guardar(self, id: str, sobre: str, firma: str | None, de: str | None = None) -> bool:
        if id in self.cola:
            return False
        self.cola[id] = EnCola(id, sobre, firma, de=de)
        return True

    def los(self, estado: str) -> list[EnCola]:
        return [en for en in self.cola.values() if en.estado == estado]

    def marcar(self, ids: Collection[str]) -> None:
        """El estado pesimista: «pudo haber llegado» queda escrito antes de mandar."""
        self.cambiar(lambda en: replace(en, intentos=en.intentos + 1) if en.id in ids else en)

    def asentar(self, destinos: Mapping[str, Destino], epoca: str | None, dia_servidor: str | None, dia: str) -> bool:
        """Todo lo que dijo una respuesta, junto; devuelve si el servidor es de otra época."""
        otra = epoca is not None and self.epoca is not None and epoca != self.epoca
        if otra:
            self.volver_a_ofrecer()
        self.epoca = epoca or self.epoca
        self.visto_el = dia if dia_servidor else self.visto_el
        for id, destino in destinos.items():
            en = self.cola.get(id)
            if en is not None and en.estado != "enviado":
                cuando = max(dia, dia_servidor or "") if destino.estado == "enviado" else dia
                intentos = 0 if destino.estado == "enviado" else en.intentos
                self.cola[id] = replace(
                    en, estado=destino.estado, codigo=destino.codigo, enviado_el=cuando, intentos=intentos
                )
        return otra

    def volver_a_ofrecer(self) -> None:
        """Todo lo suyo: también lo que allá estaba en cuarentena, que el respaldo pudo no traer."""
        self.cambiar(lambda en: replace(en, estado="guardado", codigo=None, enviado_el=None, intentos=0))

    def viejos(self, hoy: str) -> list[EnCola]:
        limite = (date.fromisoformat(hoy) - timedelta(days=DIAS)).isoformat()
        return [en for en in self.los("enviado") if (en.enviado_el or "9") < limite]

    def borrar(self, cuales: Collection[EnCola]) -> None:
        for en in cuales:
            del self.cola[en.id]

    def cambiar(self, cambio: Callable[[EnCola], EnCola]) -> None:
        self.cola = {id: cambio(en) for id, en in self.cola.items()}


@dataclass(frozen=True)
class Pedido:
    """Lo que un programa le pide a la red."""

    metodo: str
    ruta: str
    token: str | None
    cuerpo: bytes = b""
    ids: tuple[str, ...] = ()


Programa = Generator[str | Pedido, Respuesta | None, None]


@dataclass(eq=False)
class Pestana:
    """Una pestaña: su memoria. Al morir se pierde entera."""

    token: str | None
    programas: list["EnCurso"] = field(default_factory=list)
    enviando: bool = False
    motivo: str = ""
    tope: int = 500
    fallas: Counter[str] = field(default_factory=Counter)


@dataclass(eq=False)
class EnCurso:
    """Un programa a medias; ``espera``: la red todavía no le contesta."""

    que: str
    programa: Programa
    espera: bool = False


class Telefono:
    """Un teléfono, con una o más pestañas.

    :param maximo: registros por lote. :param candados: si su navegador tiene Web Locks.
    :param llave: con la que firma; nula en los que entraron antes de que hubiera firmas.
    :param testigo: el mundo: le da la hora, y a él le cuenta lo que guardó, lo que asentó y lo que borró.
    """

    def __init__(
        self, nombre: str, *, maximo: int, candados: bool, app: str, llave: EllipticCurvePrivateKey | None, testigo: Any
    ) -> None:
        self.nombre, self.maximo, self.candados, self.app = nombre, maximo, candados, app
        self.llave, self.testigo = llave, testigo
        self.almacen = Almacen()
        self.pestanas: list[Pestana] = []
        self.adelanto = timedelta()
        self.candado: Pestana | None = None
        self.dispositivos: list[str] = []

    def hora(self) -> datetime:
        """La del teléfono, que puede estar mal."""
        return self.testigo.ahora() + self.adelanto

    def hoy(self) -> str:
        return self.hora().date().isoformat()

    # --- Vida ---------------------------------------------------------------------------------------------------

    def abrir_pestana(self) -> None:
        self.pestanas.append(Pestana(self.almacen.token))

    def morir_pestana(self, pestana: Pestana) -> None:
        """Los candados del navegador los suelta la muerte."""
        self.pestanas.remove(pestana)
        for en in pestana.programas:
            en.programa.close()
        pestana.programas.clear()
        if self.candado is pestana:
            self.candado = None

    def entrar(self, pestana: Pestana) -> Programa:
        """Vuelve a darse de alta; los registros no se tocan."""
        yield "la promotora entra otra vez"
        self.almacen.token = token = self.testigo.dar_de_alta(self)
        yield "guardó su permiso"
        pestana.token, pestana.motivo = token, ""

    # --- Capturar -------------------------------------------------------------------------------------------------

    def capturar(self, registro: Any, toques: int) -> Programa:
        """El id ya nació con el formulario: dos toques en «Guardar» son un registro."""
        for _ in range(toques):
            yield f"sella {registro.nombre}"
            sobre = b64(self.testigo.sellar(registro))
            yield from self.guardar(registro, sobre)

    def guardar(self, registro: Any, sobre: str) -> Programa:
        if self.almacen.guardar(registro.id, sobre, self.firmar(registro.id, sobre)):
            self.testigo.capturado(self, registro, sobre)
        yield f"dice «Guardado» de {registro.nombre}"

    def firmar(self, id: str, sobre: str) -> str | None:
        return None if self.llave is None else firmar(self.llave, id, sobre)

    # --- Rescatar -----------------------------------------------------------------------------------------------------

    def entregar(self) -> list[EnCola]:
        """Lo que va en su archivo de rescate, o en los QR que enseña: todo, con su firma y diciendo de quién es."""
        return [replace(en, de=en.de or self.dispositivos[-1]) for en in self.almacen.cola.values()]

    def recibir(self, entregados: list[EnCola]) -> Programa:
        """Guarda lo de otro teléfono tal como venía; lo que ya tenía, no lo toca. Puede morir entre uno y otro."""
        for en in entregados:
            self.almacen.guardar(en.id, en.sobre, en.firma, en.de)
            yield "guardó uno de otro teléfono"

    # --- Enviar -----------------------------------------------------------------------------------------------------

    def enviar(self, pestana: Pestana) -> Programa:
        """Un intento: lote tras lote, hasta acabar o hasta que algo pida esperar."""
        if self.candados and self.candado is not None:
            return
        self.candado = pestana
        try:
            if pestana.token is None:
                pestana.motivo = "entrar"
                return
            for _ in range(VUELTAS):
                self.otra_epoca = False
                yield from self._una_vuelta(pestana)
                if not self.otra_epoca:
                    return
        finally:
            if self.candado is pestana:
                self.candado = None

    def por_mandar(self) -> list[list[EnCola]]:
        """Lo guardado, primero lo menos intentado; al final y una vez al día, lo apartado; o un saludo, si toca."""
        guardados = sorted(self.almacen.los("guardado"), key=lambda en: en.intentos)
        apartados = [en for en in self.almacen.los("apartado") if en.enviado_el != self.hoy()]
        lotes = protocolo.armar_lotes(guardados, self.maximo) + protocolo.armar_lotes(apartados, self.maximo)
        saluda = not lotes and self.almacen.cola and self.almacen.visto_el != self.hoy()
        return [[]] if saluda else lotes

    def _una_vuelta(self, pestana: Pestana) -> Programa:
        lotes = self.por_mandar()
        quedan = sum(map(len, lotes))
        while lotes:
            lote = lotes.pop(0)
            if len(lote) > pestana.tope:
                lotes.insert(0, lote[pestana.tope :])
                lote = lote[: pestana.tope]
            yield from self.antes_de_mandar(lote)
            respuesta = yield self.pedido(pestana, lote, quedan)
            assert respuesta is not None
            dicho = self.leer(respuesta, lote)
            pestana.motivo = dicho.motivo
            self._aprender(pestana, dicho, respuesta, lote)
            yield "leyó la respuesta"
            yield from self.al_leer(pestana, dicho, lote)
            quedan -= len(dicho.destinos)
            if dicho.partir:
                mitad = (len(lote) + 1) // 2
                lotes[:0] = [lote[:mitad], lote[mitad:]]
            elif not dicho.destinos:
                return

    def _aprender(self, pestana: Pestana, dicho: Dicho, respuesta: Respuesta, lote: list[EnCola]) -> None:
        """Un 500 parte los lotes; el registro solo con el que falla tres veces se aparta a la vista."""
        if dicho.motivo == "acuse":
            pestana.tope = 500
        elif respuesta.estado == 500 and len(lote) > 1:
            pestana.tope = max(1, len(lote) // 2)
        elif respuesta.estado == 500 and lote:
            pestana.fallas[lote[0].id] += 1
            if pestana.fallas[lote[0].id] >= FALLAS_SOLO:
                dicho.destinos[lote[0].id] = Destino("apartado", "servidor_falla")

    def antes_de_mandar(self, lote: list[EnCola]) -> Programa:
        """Anota el intento; mientras no haya acuse, se vuelve a mandar igual."""
        self.almacen.marcar([en.id for en in lote])
        yield "anotó el intento"

    def pedido(self, pestana: Pestana, lote: list[EnCola], quedan: int) -> Pedido:
        cuerpo = self.testigo.cuerpo_de_lote(self, lote, quedan)
        return Pedido("POST", protocolo.LOTE, pestana.token, cuerpo, tuple(en.id for en in lote))

    def leer(self, respuesta: Respuesta, lote: list[EnCola]) -> Dicho:
        return protocolo.interpretar(respuesta.estado, respuesta.tipo, respuesta.cuerpo, [en.id for en in lote])

    def al_leer(self, pestana: Pestana, dicho: Dicho, lote: list[EnCola]) -> Programa:
        if dicho.destinos or dicho.motivo == "acuse":
            yield from self.asentar(dicho.destinos, dicho.epoca, dicho.hora_servidor)

    def asentar(self, destinos: Mapping[str, Destino], epoca: str | None, hora_servidor: str | None) -> Programa:
        """En una sola transacción: la época, los acuses y el borrado de lo viejo por los dos relojes."""
        dia_servidor = hora_servidor[:10] if hora_servidor else None
        self.otra_epoca = self.almacen.asentar(destinos, epoca, dia_servidor, self.hoy())
        self.testigo.asentado(self, destinos, hora_servidor)
        if dia_servidor:
            self.borrar_viejos(min(self.hoy(), dia_servidor))
        yield "asentó los acuses"

    def borrar_viejos(self, hoy: str) -> None:
        viejos = self.almacen.viejos(hoy)
        self.testigo.borrados(self, viejos)
        self.almacen.borrar(viejos)

    def reintentar(self) -> None:
        """La promotora toca «Reintentar» en lo que la red no dejó pasar."""
        self.almacen.cambiar(
            lambda en: (
                replace(en, estado="guardado", codigo=None, enviado_el=None)
                if en.estado == "apartado" and en.codigo in LOCALES
                else en
            )
        )

    def descargar(self, pestana: Pestana) -> Programa:
        """Baja el paquete del día; de paso nota la época."""
        if pestana.token is None:
            pestana.motivo = "entrar"
            return
        respuesta = yield Pedido("GET", protocolo.PAQUETE, pestana.token)
        assert respuesta is not None
        datos = leer_json(respuesta)
        if respuesta.estado == 401 and datos:
            self.almacen.token = None
            yield "olvidó su permiso"
            pestana.token, pestana.motivo = None, "entrar"
        elif respuesta.estado == 200 and datos and isinstance(datos.get("eventos"), list):
            yield from self.asentar({}, datos["epoca"], datos["hora_servidor"])


def punto(llave: EllipticCurvePrivateKey) -> str:
    """La llave pública, como la manda el navegador al darse de alta."""
    return b64(llave.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def firmar(llave: EllipticCurvePrivateKey, id: str, sobre: str) -> str:
    """Como firma WebCrypto: r y s, de 32 bytes cada uno, en base64 url."""
    r, s = decode_dss_signature(llave.sign(por_firmar(id, sobre), ECDSA(SHA256())))
    return b64(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
