"""Cuánto cabe por la puerta de las asistentes y qué se hace con lo demás. Puro: la hora llega como argumento.

Nunca se mira de qué dirección viene: una sala entera sale por una sola y quien ataca trae mil. Se mira la página. Cada
una nace con su id y un sello que sólo este servidor sabe hacer; mandar otro id con él, o ninguno, se nota.

- **Pasa** lo que salió de una página nuestra y cabe en el ritmo de su evento.
- **Se aparta** lo que no parece de una persona o sobra: queda en la cuarentena, a la vista y fuera de las cuentas.
- **Espera** lo que ahora no cabe: se devuelve en una página que lleva lo contestado y un pase. Con el pase vuelve a
  intentarlo quien hizo una cuenta que a su teléfono le toma un segundo o, sin JavaScript, quien esperó un poco.

A un robot que abre la página, espera y hace la cuenta no se le distingue de una persona por lo que manda, sino por lo
que no sabe: el **número de la sala**, que sólo tiene la oficina y que se pide nada más mientras a un evento le llegan
más de los que caben. Quien lo escribe pasa; lo que llega sin él se aparta.

Los ritmos viven en la memoria: un solo proceso atiende (``servir.candado``) y reiniciar los olvida. Si un día
atendieran varios, cada uno llevaría los suyos y el tope sería tantas veces mayor; sellos y pases valdrían en todos,
porque salen del secreto de la carpeta, y lo guardado se cuenta en la base. Ni el sello ni el pase se guardan: de cuándo
se abrió una página no queda nada.
"""

import hashlib
import hmac
import struct
import threading
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Literal
from zlib import crc32

DURA = 2 * 86_400
"""Segundos que vale una página abierta."""
ESPERA = 20
"""Segundos que espera quien no tiene JavaScript, antes de volver a intentar."""
DURA_PASE = 3_600
BITS, BITS_MUCHOS = 15, 18
"""Ceros que debe traer la cuenta: en un teléfono sencillo, menos de un segundo; si hay quien las haga, unos tres."""
DE_MAS, SOSPECHOSO, SIN_NUMERO = APARTADOS = ("de_mas", "sospechoso", "sin_numero")
"""Códigos de la cuarentena: sobra para lo que cabe en ese evento; no parece de una persona; no sabe el de la sala."""
PIDE_NUMERO = 600
"""Segundos que se sigue pidiendo el número de la sala desde la última vez que no cupieron todos."""
Prueba = Literal["trabajo", "tiempo", "falta"]
Estado = Literal["pasa", "aparta", "espera"]


@dataclass(frozen=True)
class Ritmo:
    """Tantos de golpe, y luego tantos por segundo."""

    de_golpe: float
    por_segundo: float


@dataclass(frozen=True)
class Limites:
    """Entra de golpe un auditorio de 600. Si atacan su evento, sin el número una sala de 40, y con él los 600."""

    hoja: Ritmo = Ritmo(600, 1)
    """La asistencia de un evento, o una de sus encuestas."""
    hoja_atacada: Ritmo = Ritmo(40, 1)
    hoja_con_numero: Ritmo = Ritmo(600, 5)
    hoja_con_pase: Ritmo = Ritmo(40, 0.5)
    ataque: Ritmo = Ritmo(50, 5)
    """Sospechosas de un evento: cuando pasan de aquí, lo están atacando."""
    rapidas: Ritmo = Ritmo(40, 0.2)
    """Contestadas antes de lo que toma leerlas: pasa quien se equivocó de botón; más seguido, no es una persona."""
    todas: Ritmo = Ritmo(700, 50)
    con_trabajo: Ritmo = Ritmo(60, 30)
    con_tiempo: Ritmo = Ritmo(20, 5)
    sospechosas: Ritmo = Ritmo(20, 5)
    veces: int = 4
    """De un mismo id en diez segundos: insistir cuando no hay señal son dos."""
    cupo: int = 600
    """Registros por su cuenta, de un evento, antes de que sobren; o el triple de lo que contó la oficina. Con el
    número, otro tanto."""
    apartados: int = 5_000
    apartados_bytes: int = 64 * 1_048_576


_SIN = Ritmo(1e9, 1e9)
SIN_LIMITES = Limites(_SIN, _SIN, _SIN, _SIN, _SIN, _SIN, _SIN, _SIN, _SIN, _SIN, 10**9, 10**9, 10**9, 10**12)
"""Para medir el servidor sin la puerta."""


@dataclass(frozen=True)
class Envio:
    """Lo que se sabe de un envío sin leer qué contestó.

    :ivar hoja: evento y qué se manda: ``K7MD2Q/r``, ``K7MD2Q/e/1``.
    :ivar edad: segundos desde que nació su página; ``None`` si no es nuestra.
    :ivar minimo: segundos que toma, a lo menos, contestarla.
    :ivar trampa: llenó el campo que no se ve.
    :ivar numero: escribió el de la sala; ``sin_numero``: dijo que no lo tiene.
    """

    hoja: str
    id: str
    edad: int | None
    minimo: int = 0
    trampa: bool = False
    prueba: Prueba | None = None
    numero: bool = False
    sin_numero: bool = False

    @property
    def evento(self) -> str:
        return self.hoja.split("/", 1)[0]


@dataclass(frozen=True)
class Paso:
    estado: Estado
    codigo: str | None = None

    @property
    def pide_numero(self) -> bool:
        """Si espera a que se escriba el de la sala."""
        return self.estado == "espera" and self.codigo == SIN_NUMERO


PASA, ESPERE, PIDE = Paso("pasa"), Paso("espera"), Paso("espera", SIN_NUMERO)


class Sellos:
    """Los que van en las páginas, atados a un evento y a un id. Sirven para un registro y nada se anota de ellos."""

    def __init__(self, secreto: bytes) -> None:
        self._llave = hmac.digest(secreto, b"jornada/avalancha/v1", "sha256")

    def nacimiento(self, clave: str, id: str, ahora: int) -> str:
        """El sello de una página: 20 letras."""
        return self._escribir("nace", clave, id, ahora, 0)

    def edad(self, texto: str, clave: str, id: str, ahora: int) -> int | None:
        """Segundos desde que nació la página de ese sello; ``None`` si no es nuestro, es de otro id o ya venció."""
        leido = self._leer("nace", texto, clave, id)
        edad = ahora - leido[0] if leido else None
        return edad if edad is not None and edad < DURA else None

    def pase(self, clave: str, id: str, ahora: int, bits: int) -> str:
        return self._escribir("pase", clave, id, ahora, bits)

    def probar(self, pase: str, cuenta: str, clave: str, id: str, ahora: int) -> Prueba | None:
        """Si el pase ya vale; ``falta``: es bueno y todavía no. ``None``: no es nuestro, es de otro id o ya venció."""
        leido = self._leer("pase", pase, clave, id)
        if leido is None or not 0 <= ahora - leido[0] < DURA_PASE:
            return None
        if cuenta and ceros(pase, cuenta) >= leido[1]:
            return "trabajo"
        return "tiempo" if ahora - leido[0] >= ESPERA else "falta"

    def faltan(self, pase: str, clave: str, id: str, ahora: int) -> int:
        """Segundos para que valga un pase que ``falta``."""
        leido = self._leer("pase", pase, clave, id)
        return max(1, leido[0] + ESPERA - ahora) if leido else ESPERA

    @staticmethod
    def bits(pase: str) -> int:
        """Los ceros que pide un pase nuestro."""
        return urlsafe_b64decode(pase)[4]

    def numero(self, clave: str) -> str:
        """El de la sala: ocho cifras, otras si cambia el código del evento. A 500 por segundo, hallarlas toma días."""
        return f"{int.from_bytes(self._firma('sala', clave, '', b'')) % 10**8:08}"

    def leer_numero(self, escrito: str, clave: str) -> tuple[bool, bool]:
        """Si es el de la sala, y si puso 0 porque no lo tiene. Con espacios o guiones, como lo haya escrito."""
        cifras = "".join(letra for letra in escrito[:40] if letra in "0123456789")
        if not cifras:  # casi todos: en una avalancha no se firma nada por ellos
            return False, False
        return hmac.compare_digest(cifras, self.numero(clave)), not cifras.strip("0")

    def _escribir(self, para: str, clave: str, id: str, cuando: int, bits: int) -> str:
        crudo = struct.pack(">Q", (cuando << 8) | bits)[3:]  # 5 bytes: 32 bits de hora y 8 de ceros
        return urlsafe_b64encode(crudo + self._firma(para, clave, id, crudo)).decode()

    def _leer(self, para: str, texto: str, clave: str, id: str) -> tuple[int, int] | None:
        if len(texto) != 20 or not texto.isascii():
            return None
        try:
            crudo = urlsafe_b64decode(texto)
        except ValueError:
            return None
        if len(crudo) != 15 or not hmac.compare_digest(crudo[5:], self._firma(para, clave, id, crudo[:5])):
            return None
        junto = int.from_bytes(crudo[:5])
        return junto >> 8, junto & 255

    def _firma(self, para: str, clave: str, id: str, crudo: bytes) -> bytes:
        dicho = f"{para} {clave} {id} ".encode("utf-8", "surrogatepass")
        return hmac.digest(self._llave, dicho + crudo, "sha256")[:10]


def ceros(pase: str, cuenta: str) -> int:
    """Con cuántos bits en cero empieza SHA-256 de «pase.cuenta»."""
    resumen = hashlib.sha256(f"{pase}.{cuenta}".encode("utf-8", "surrogatepass")).digest()
    return 256 - int.from_bytes(resumen).bit_length()


class _Cubeta:
    """Se llena a su ritmo; cada envío saca uno."""

    def __init__(self, ritmo: Ritmo, t: float) -> None:
        self.ritmo, self.hay, self.t = ritmo, ritmo.de_golpe, t

    def mirar(self, t: float) -> float:
        self.hay = min(self.ritmo.de_golpe, self.hay + max(0.0, t - self.t) * self.ritmo.por_segundo)
        self.t = t
        return self.hay


_VENTANA = 10.0
_HOJAS = 4_096
_IDS = 50_000


class Avalancha:
    """Los ritmos de un proceso. Varios hilos pueden usarla a la vez.

    :param llave: al azar, de este proceso: en la memoria tampoco hay ids.
    """

    def __init__(self, llave: bytes, limites: Limites = Limites()) -> None:
        self.limites = limites
        self._llave = llave
        self._comunes: dict[str, _Cubeta] = {}
        self._de_hojas: dict[str, _Cubeta] = {}
        self._piden: dict[str, float] = {}
        self._veces: dict[bytes, int] = {}
        self._desde = 0.0
        self._candado = threading.Lock()

    def juzgar(self, envio: Envio, t: float) -> Paso:
        """Qué se hace con un envío.

        :param t: segundos de un reloj que no se atrasa.
        """
        with self._candado:
            if self._insiste(envio.id, t) > self.limites.veces:
                return ESPERE
            con_pase = envio.prueba in ("trabajo", "tiempo")
            if envio.numero and not envio.trampa and (con_pase or envio.edad is not None):
                if self._sacar(t, self._de(f"hoja_con_numero {envio.hoja}", t)):
                    return PASA
                if not con_pase:
                    return ESPERE
            if con_pase:
                return self._con_pase(envio, t)
            if envio.trampa or envio.edad is None:
                return self._sospechoso(envio, t)
            if envio.edad < envio.minimo and not self._sacar(t, self._de(f"rapidas {envio.hoja}", t)):
                return self._sospechoso(envio, t)
            if not self._cabe_sin_numero(envio, t):
                return ESPERE if envio.sin_numero else PIDE
            return PASA if self._sacar(t, self._de("todas", t)) else ESPERE

    def pedir_numero(self, evento: str, t: float) -> None:
        """Desde ahora, en ese evento hace falta."""
        with self._candado:
            self._pedir(evento, t)

    def pide_numero(self, evento: str, t: float) -> bool:
        """Si en ese evento, ahora, hace falta el de la sala."""
        with self._candado:
            return self._se_pide(evento, t)

    def dificultad(self, hoja: str, t: float) -> int:
        """Los ceros del siguiente pase: más si ya se van acabando los lugares de quien los hace."""
        with self._candado:
            cubeta = self._de_hojas.get(f"hoja_con_pase {hoja}")
            hay_lugar = cubeta is None or cubeta.mirar(t) * 2 > cubeta.ritmo.de_golpe
            return BITS if hay_lugar else BITS_MUCHOS

    def _con_pase(self, envio: Envio, t: float) -> Paso:
        """Quien cumplió entra; si sobra para ese evento, se aparta. Aquí ya no se mira cómo llegó la primera vez."""
        cual = "con_trabajo" if envio.prueba == "trabajo" else "con_tiempo"
        if not self._sacar(t, self._de(cual, t)):
            return ESPERE
        if envio.trampa:
            return Paso("aparta", SOSPECHOSO)
        if envio.numero or not self._se_pide(envio.evento, t):
            if self._sacar(t, self._de(f"hoja_con_pase {envio.hoja}", t)):
                return PASA
            self._pedir(envio.evento, t)
        if envio.numero:
            return Paso("aparta", DE_MAS)
        return Paso("aparta", SIN_NUMERO) if envio.sin_numero else PIDE

    def _cabe_sin_numero(self, envio: Envio, t: float) -> bool:
        """Lo primero que ya no cabe hace que se pida el número. Lo que llena una sala cuenta desde antes del ataque."""
        cabe = self._sacar(t, self._de(f"hoja {envio.hoja}", t))
        apretada = self._sacar(t, self._de(f"hoja_atacada {envio.hoja}", t))
        pedido = self._se_pide(envio.evento, t)
        if not cabe or (not apretada and (pedido or self._atacado(envio, t).mirar(t) < 1)):
            self._pedir(envio.evento, t)
            return False
        return not pedido

    def _se_pide(self, evento: str, t: float) -> bool:
        return 0 <= t - self._piden.get(evento, -2 * PIDE_NUMERO) < PIDE_NUMERO

    def _pedir(self, evento: str, t: float) -> None:
        """Sólo llega aquí lo que salió de una página nuestra: inventar claves no llena la memoria."""
        if len(self._piden) >= _HOJAS:
            self._piden.clear()
        self._piden[evento] = t

    def _atacado(self, envio: Envio, t: float) -> _Cubeta:
        """La de su evento. Van en mil lugares: inventar claves no llena la memoria ni borra lo que otras llevan."""
        return self._de(f"ataque {crc32(envio.evento.encode()) % 1024}", t)

    def _sospechoso(self, envio: Envio, t: float) -> Paso:
        ataque = self._atacado(envio, t)
        ataque.hay = max(0, ataque.mirar(t) - 1)
        return Paso("aparta", SOSPECHOSO) if self._sacar(t, self._de("sospechosas", t)) else ESPERE

    def _de(self, cual: str, t: float) -> _Cubeta:
        ritmo, _, hoja = cual.partition(" ")
        cubetas = self._de_hojas if hoja else self._comunes
        if cual not in cubetas:
            if len(cubetas) >= _HOJAS:  # sólo páginas nuestras abren más: la primera es de hace meses
                del cubetas[next(iter(cubetas))]
            cubetas[cual] = _Cubeta(getattr(self.limites, ritmo), t)
        return cubetas[cual]

    def _sacar(self, t: float, *cubetas: _Cubeta) -> bool:
        """Uno de cada una, o de ninguna."""
        if min(cubeta.mirar(t) for cubeta in cubetas) < 1:
            return False
        for cubeta in cubetas:
            cubeta.hay -= 1
        return True

    def _insiste(self, id: str, t: float) -> int:
        """Cuántas veces va este id en la ventana."""
        if not 0 <= t - self._desde < _VENTANA or len(self._veces) >= _IDS:
            self._veces, self._desde = {}, t
        lugar = hashlib.blake2b(id.encode("utf-8", "surrogatepass"), key=self._llave, digest_size=8).digest()
        self._veces[lugar] = self._veces.get(lugar, 0) + 1
        return self._veces[lugar]
