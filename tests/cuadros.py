"""Cuadros de cámara difíciles, hechos aquí: credenciales de verdad, mal alumbradas, movidas, chicas, dobladas.

Cada cuadro lleva un apuro principal, por turno, la mitad un segundo, y todos un poco de lo demás. Los rangos son de lo
que pasa en una puerta, medidos en módulos del código, y no de lo que aguanta nuestro lector: ``DUREZA`` se fijó una
sola vez y con jsQR, para que ese lector leyera la mitad (60 de 120). Todo sale de la semilla.
"""

import io
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from recoleccion import reglas
from recoleccion.impresos import qr

TAMANOS = ((640, 480), (1280, 720))
APUROS = ("girado", "inclinado", "desenfocado", "movido", "oscuro", "reflejo", "chico", "curvo", "ruido", "jpeg")
AJENOS = ("texto", "textura", "barras", "cuadrícula", "tres esquinas", "roto", "tablero", "pared")
DUREZA = 0.7
"""Hasta dónde del rango se llega: 1 es el extremo."""

_PUNTOS_POR_MODULO = 12  # con que se dibuja la tarjeta antes de «fotografiarla»
_BILINEAL = Image.Resampling.BILINEAR
_DOBLE = 2  # se dibuja al doble y se reduce, como integra un sensor


@dataclass(frozen=True)
class Toma:
    """Todo lo que decide un cuadro. Ángulos en grados; ``modulo`` en pixeles del cuadro; borrones en módulos."""

    modulo: float
    giro: float
    ladeo: float
    rumbo: float
    centro: tuple[float, float]
    foco: float
    movido: float
    hacia: float
    luz: float
    tinta: float
    pendiente: float
    reflejo: float
    curva: float
    ruido: float
    calidad: int


@dataclass(frozen=True)
class Cuadro:
    """Un cuadro ya en JPEG. ``texto`` es lo que dice su código; nulo, si no trae ninguno."""

    nombre: str
    ancho: int
    alto: int
    texto: str | None
    jpeg: bytes


def dificiles(cuantos: int, semilla: int = 2026, *, toma: int = 0, cuales: set[str] | None = None) -> Iterator[Cuadro]:
    """``cuantos`` cuadros con código. ``toma`` 1, 2…: los mismos un instante después (el pulso y el ruido cambian)."""
    for numero in range(cuantos):
        azar = Random(f"{semilla}/{numero}")
        tamano = TAMANOS[numero % len(TAMANOS)]
        primero = numero // len(TAMANOS) % len(APUROS)
        segundo = (primero + 1 + azar.randrange(len(APUROS) - 1)) % len(APUROS)
        apuros = (APUROS[primero], APUROS[segundo])[: azar.choice((1, 2))]
        nombre = f"{numero:03d} {' y '.join(apuros)} {tamano[0]}x{tamano[1]}"
        token = reglas.nuevo_token(azar)
        datos = _tirar(azar, tamano, set(apuros))
        if cuales is not None and nombre not in cuales:
            continue
        if toma:
            datos = _pulso(datos, Random(f"{semilla}/{numero}/{toma}"))
        ruido = np.random.default_rng([semilla, numero, toma])
        yield Cuadro(nombre, *tamano, token, _fotografiar(_tarjeta(token, azar), datos, tamano, azar, ruido))


def negativos(cuantos: int, semilla: int = 2026) -> Iterator[Cuadro]:
    """``cuantos`` cuadros sin ningún código legible: texto, texturas, barras, códigos falsos y códigos rotos."""
    for numero in range(cuantos):
        azar = Random(f"{semilla}/ajeno/{numero}")
        tamano, tipo = TAMANOS[numero % len(TAMANOS)], AJENOS[numero // len(TAMANOS) % len(AJENOS)]
        datos = replace(_tirar(azar, tamano, set()), modulo=tamano[1] / 60)
        ruido = np.random.default_rng([semilla, 10_000 + numero])
        jpeg = _fotografiar(_ajeno(tipo, azar), datos, tamano, azar, ruido)
        yield Cuadro(f"{numero:03d} {tipo} {tamano[0]}x{tamano[1]}", *tamano, None, jpeg)


def _tirar(azar: Random, tamano: tuple[int, int], apuros: set[str]) -> Toma:
    """Un valor dentro del rango leve o, si es apuro principal, de donde éste acaba hacia el extremo."""

    def entre(apuro: str, leve: tuple[float, float], extremo: float) -> float:
        desde, hasta = leve
        if apuro not in apuros:
            return azar.uniform(desde, hasta)
        return azar.uniform(hasta, hasta + (extremo - hasta) * DUREZA)

    ancho, alto = tamano
    # Lo leve: el código ocupa de la mitad a la cuarta parte del alto. Por debajo de 3.6 pixeles ya no llega a 90.
    modulo = entre("chico", (alto / 55, alto / 110), 2.2)
    return Toma(
        modulo=modulo,
        giro=entre("girado", (-12, 12), 340),
        ladeo=entre("inclinado", (0, 15), 58),
        rumbo=azar.uniform(0, 360),
        centro=(ancho * azar.uniform(0.38, 0.62), alto * azar.uniform(0.4, 0.6)),
        foco=entre("desenfocado", (0.1, 0.3), 0.75),
        movido=entre("movido", (0, 0.4), 2.2),
        hacia=azar.uniform(0, 180),
        luz=entre("oscuro", (1.0, 0.6), 0.08),
        tinta=azar.uniform(0.05, 0.3),
        pendiente=azar.uniform(0, 0.5),
        reflejo=entre("reflejo", (0, 0.15), 1.3),
        curva=entre("curvo", (0, 0.25), 1.5),
        ruido=entre("ruido", (0.005, 0.02), 0.14),
        calidad=round(entre("jpeg", (92, 70), 8)),
    )


def _pulso(toma: Toma, azar: Random) -> Toma:
    """La misma mano un tercio de segundo después."""
    x, y = toma.centro
    return replace(
        toma,
        giro=toma.giro + azar.uniform(-3, 3),
        ladeo=max(0.0, toma.ladeo + azar.uniform(-4, 4)),
        centro=(x + azar.uniform(-9, 9), y + azar.uniform(-9, 9)),
        modulo=toma.modulo * azar.uniform(0.95, 1.05),
        foco=toma.foco * azar.uniform(0.75, 1.15),
        movido=toma.movido * azar.uniform(0.3, 1.3),
        hacia=toma.hacia + azar.uniform(-30, 30),
    )


def _tarjeta(token: str, azar: Random) -> Image.Image:
    """La credencial impresa: el código a la izquierda, con su margen, y letras a la derecha (88 x 50 mm)."""
    codigo = _dibujar(qr.matriz(token, "M"))
    lado = codigo.width
    carta = Image.new("L", (round(lado * 88 / 40), round(lado * 50 / 40)), 255)
    carta.paste(codigo, (round(lado * 0.1), (carta.height - lado) // 2))
    pluma = ImageDraw.Draw(carta)
    for renglon, texto in enumerate(("Credencial", "Folio", reglas.nuevo_folio(azar), "Muéstrela al llegar.")):
        pluma.text((lado * 1.15, carta.height * (0.15 + 0.18 * renglon)), texto, fill=20, font=_letra(lado // 10))
    return carta


def _dibujar(cuadricula: qr.Matriz) -> Image.Image:
    modulos = np.pad(np.asarray(cuadricula, bool), qr.MARGEN)
    return Image.fromarray(np.where(modulos, 0, 255).astype(np.uint8)).resize(
        (modulos.shape[1] * _PUNTOS_POR_MODULO,) * 2, Image.Resampling.NEAREST
    )


@lru_cache
def _letra(puntos: int) -> ImageFont.FreeTypeFont:
    letra = ImageFont.load_default(puntos)
    assert isinstance(letra, ImageFont.FreeTypeFont)
    return letra


def _ajeno(tipo: str, azar: Random) -> Image.Image:
    """Un papel sin código legible."""
    papel = Image.new("L", (600, 400), 245)
    pluma = ImageDraw.Draw(papel)
    if tipo == "texto":
        for renglon in range(12):
            letras = "".join(azar.choices("aeiorstnlcmdpubg    ", k=44))
            pluma.text((20, 14 + renglon * 31), letras, fill=30, font=_letra(24))
    elif tipo == "barras":
        x = 40
        while x < 550:
            grueso = azar.choice((4, 4, 8, 12))
            pluma.rectangle((x, 60, x + grueso - 1, 330), fill=0)
            x += grueso + azar.choice((4, 8, 12))
    elif tipo == "textura":
        for _ in range(900):
            x, y, r = azar.randrange(600), azar.randrange(400), azar.randrange(3, 22)
            pluma.ellipse((x, y, x + r, y + r), fill=azar.randrange(256))
    elif tipo == "tablero":
        for fila in range(10):
            for columna in range(15):
                if (fila + columna) % 2:
                    pluma.rectangle((columna * 40, fila * 40, columna * 40 + 39, fila * 40 + 39), fill=10)
    elif tipo != "pared":
        papel.paste(_dibujar(_falso(tipo, azar)).resize((360, 360)), (30, 20))
    return papel


def _falso(tipo: str, azar: Random) -> qr.Matriz:
    """Parece un código y no lo es: sin esquinas, con esquinas y relleno al azar, o con la mitad borrada."""
    modulos = np.asarray(qr.matriz(reglas.nuevo_token(azar), "M"), bool)
    lado = len(modulos)
    revuelto = np.array([[azar.random() < 0.5 for _ in range(lado)] for _ in range(lado)])
    if tipo == "cuadrícula":
        return revuelto.tolist()
    if tipo == "tres esquinas":
        for fila, columna in ((0, 0), (0, lado - 8), (lado - 8, 0)):
            revuelto[fila : fila + 8, columna : columna + 8] = modulos[fila : fila + 8, columna : columna + 8]
        return revuelto.tolist()
    modulos = modulos.copy()
    modulos[9:, 9 : lado - 3] = revuelto[9:, 9 : lado - 3]
    return modulos.tolist()


def _fotografiar(
    papel: Image.Image, toma: Toma, tamano: tuple[int, int], azar: Random, ruido: np.random.Generator
) -> bytes:
    """Del papel al JPEG: se dobla, se proyecta, se alumbra, se desenfoca, se mueve, se ensucia y se comprime."""
    ancho, alto = tamano
    doblado = _doblar(papel, toma.curva)
    fondo = _fondo(tamano, azar)
    tinta = toma.tinta + (0.92 - toma.tinta) * np.asarray(doblado, np.float32) / 255
    coeficientes = _perspectiva(papel.size, toma)
    grande = (ancho * _DOBLE, alto * _DOBLE)
    visto = _reducir(Image.fromarray(tinta).transform(grande, Image.Transform.PERSPECTIVE, coeficientes, _BILINEAL))
    mascara = Image.new("F", papel.size, 1.0).transform(grande, Image.Transform.PERSPECTIVE, coeficientes, _BILINEAL)
    cubre = _reducir(mascara)
    escena = visto * np.minimum(cubre, 1) + fondo * (1 - np.minimum(cubre, 1))

    x, y = np.meshgrid(np.linspace(-1, 1, ancho, dtype=np.float32), np.linspace(-1, 1, alto, dtype=np.float32))
    rumbo = math.radians(toma.rumbo)
    escena *= 1 - toma.pendiente * (0.5 + 0.5 * (x * math.cos(rumbo) + y * math.sin(rumbo)))
    if toma.reflejo > 0.01:
        lado = 25 * toma.modulo
        dx = (x * ancho / 2 + ancho / 2 - toma.centro[0]) / lado - azar.uniform(-0.4, 0.4)
        dy = (y * alto / 2 + alto / 2 - toma.centro[1]) / lado - azar.uniform(-0.4, 0.4)
        largo = dx * math.cos(rumbo) + dy * math.sin(rumbo)
        grueso = -dx * math.sin(rumbo) + dy * math.cos(rumbo)
        escena += toma.reflejo * np.exp(-((largo / 0.6) ** 2 + (grueso / 0.22) ** 2))
    escena = _mover(_desenfocar(escena, toma.foco * toma.modulo), toma.movido * toma.modulo, toma.hacia)
    escena = np.clip(escena, 0, 1) * toma.luz
    # Con poca luz la cámara sube la ganancia a la mitad: el ruido del sensor pesa más.
    ganancia = 1 / math.sqrt(toma.luz)
    escena += ruido.standard_normal(escena.shape, np.float32) * (toma.ruido * toma.luz * ganancia + 0.004)
    imagen = Image.fromarray(np.clip(escena * ganancia * 255, 0, 255).astype(np.uint8))
    bytes_ = io.BytesIO()
    imagen.save(bytes_, "JPEG", quality=toma.calidad)
    return bytes_.getvalue()


def _fondo(tamano: tuple[int, int], azar: Random) -> np.ndarray:
    """Lo que hay detrás: ropa, mesas, letreros."""
    imagen = Image.new("L", tamano, azar.randrange(40, 200))
    pluma = ImageDraw.Draw(imagen)
    for _ in range(azar.randrange(6, 20)):
        x, y = azar.randrange(tamano[0]), azar.randrange(tamano[1])
        pluma.rectangle((x, y, x + azar.randrange(20, 300), y + azar.randrange(10, 200)), fill=azar.randrange(20, 235))
    for _ in range(4):
        lugar = azar.randrange(tamano[0]), azar.randrange(tamano[1])
        pluma.text(lugar, "BIENVENIDAS 2026", fill=azar.randrange(256), font=_letra(azar.choice((18, 30, 44))))
    return np.asarray(imagen.filter(ImageFilter.GaussianBlur(1.5)), np.float32) / 255


def _doblar(papel: Image.Image, curva: float) -> Image.Image:
    """Como sobre un vaso: las columnas se juntan hacia las orillas. ``curva``: radianes que abarca medio papel."""
    if curva < 0.02:
        return papel
    ancho, alto = papel.size
    radio = ancho / 2 / curva
    ojo = ancho * 2.5
    destino = np.arange(ancho) - ancho / 2
    arco = np.arcsin(np.clip(destino / radio, -1, 1)) * radio
    hondo = radio - np.sqrt(np.maximum(radio**2 - destino**2, 0))
    columnas = np.where(np.abs(destino) < radio * math.sin(min(curva, math.pi / 2)), arco + ancho / 2, -1)
    filas = (np.arange(alto)[:, None] - alto / 2) * (1 + hondo / ojo)[None, :] + alto / 2
    pixeles = np.asarray(papel)
    fuera = (columnas[None, :] < 0) | (columnas[None, :] >= ancho) | (filas < 0) | (filas >= alto)
    tomados = pixeles[
        np.clip(filas, 0, alto - 1).astype(int),
        np.broadcast_to(np.clip(columnas, 0, ancho - 1).astype(int)[None, :], (alto, ancho)),
    ]
    return Image.fromarray(np.where(fuera, 150, tomados).astype(np.uint8))


def _perspectiva(papel: tuple[int, int], toma: Toma) -> tuple[float, ...]:
    """Coeficientes que van del cuadro (al doble) al papel."""
    giro, ladeo, rumbo = (math.radians(g) for g in (toma.giro, toma.ladeo, toma.rumbo))
    escala = toma.modulo / _PUNTOS_POR_MODULO * _DOBLE
    # El código queda en el centro del cuadro; el papel se inclina alrededor de un eje con dirección ``rumbo``.
    cx, cy = papel[0] * 0.28, papel[1] / 2
    ojo = 900 * _DOBLE
    puntos = []
    for px, py in ((0, 0), (papel[0], 0), (papel[0], papel[1]), (0, papel[1])):
        x, y = (px - cx) * escala, (py - cy) * escala
        x, y = x * math.cos(giro) - y * math.sin(giro), x * math.sin(giro) + y * math.cos(giro)
        u, v = x * math.cos(rumbo) + y * math.sin(rumbo), -x * math.sin(rumbo) + y * math.cos(rumbo)
        v, z = v * math.cos(ladeo), v * math.sin(ladeo)
        x, y = u * math.cos(rumbo) - v * math.sin(rumbo), u * math.sin(rumbo) + v * math.cos(rumbo)
        f = ojo / (ojo + z)
        puntos.append(((x * f + toma.centro[0] * _DOBLE, y * f + toma.centro[1] * _DOBLE), (px, py)))
    filas, lados = [], []
    for (x, y), (px, py) in puntos:
        filas += [[x, y, 1, 0, 0, 0, -px * x, -px * y], [0, 0, 0, x, y, 1, -py * x, -py * y]]
        lados += [px, py]
    return tuple(np.linalg.solve(np.array(filas), np.array(lados)).tolist())


def _reducir(imagen: Image.Image) -> np.ndarray:
    return np.asarray(imagen.reduce(_DOBLE), np.float32)


def _desenfocar(escena: np.ndarray, sigma: float) -> np.ndarray:
    """Tres pasadas de caja dan casi una campana; ``sigma`` en pixeles."""
    if sigma < 0.25:
        return escena
    entero = Image.fromarray(np.clip(escena * 128, 0, 255).astype(np.uint8))  # hasta 2 veces el blanco: el reflejo
    return np.asarray(entero.filter(ImageFilter.GaussianBlur(sigma)), np.float32) / 128


def _mover(escena: np.ndarray, pixeles: float, hacia: float) -> np.ndarray:
    """Promedio de la escena a lo largo de una recta."""
    pasos = max(1, math.ceil(pixeles))
    if pixeles < 0.75:
        return escena
    dx, dy = math.cos(math.radians(hacia)), math.sin(math.radians(hacia))
    suma = np.zeros_like(escena)
    for paso in range(pasos + 1):
        donde = (paso / pasos - 0.5) * pixeles
        suma += np.roll(escena, (round(dy * donde), round(dx * donde)), (0, 1))
    return suma / (pasos + 1)
