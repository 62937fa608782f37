"""De qué está hecha una página del portal: lo que se pide, lo que se contesta, gráficas y cuadros."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlencode

from markupsafe import Markup

from .numeros import Parte, PorMes

Ir = Callable[[str, Mapping[str, str]], str]
"""(tabla o vista, columna -> valor) a la dirección de sus renglones en Datasette."""


class Cuenta(NamedTuple):
    """Un número publicado (``None``: no se puede mostrar) y dónde están los renglones de donde sale."""

    n: int | None
    enlace: str
    cuando_menos: bool = False
    """Cierto si es la suma de lo que sí se muestra, y pudo faltar algo."""


class Exacta(NamedTuple):
    """Un número que se publica tal cual es, y dónde están sus renglones."""

    n: int
    enlace: str


Valor = str | int | Cuenta | Exacta | Parte | PorMes | None


@dataclass(frozen=True)
class Columna:
    """``clave`` es el nombre en el CSV; ``titulo``, el que se lee."""

    clave: str
    titulo: str
    numero: bool = False


@dataclass(frozen=True)
class Cuadro:
    """Una gráfica con su tabla al lado. La tabla dice lo mismo con palabras y números."""

    titulo: str
    columnas: tuple[Columna, ...]
    filas: Sequence[tuple[Valor, ...]]
    grafica: Markup | None = None
    notas: list[str] = field(default_factory=list)
    ancho: bool = False
    """Tabla de muchas columnas: va debajo de la gráfica y en el teléfono cada renglón es una ficha."""
    mas: tuple[tuple[str, str, str], ...] = ()
    """(texto, clave de otra pregunta, consulta): por dónde seguir."""

    @property
    def _indices(self) -> list[int]:
        """Las columnas que se leen en la página: sobra la de palabras que dice lo mismo en todos los renglones."""
        return [
            n
            for n, columna in enumerate(self.columnas)
            if columna.numero or len(self.filas) < 2 or len({fila[n] for fila in self.filas}) > 1
        ]

    @property
    def a_la_vista(self) -> list[Columna]:
        return [self.columnas[n] for n in self._indices]

    def renglones(self) -> list[list["CeldaVista"]]:
        """Los renglones como van en la página: lo repetido de la primera columna se dice una sola vez."""
        indices = self._indices
        salida: list[list[CeldaVista]] = []
        for i, fila in enumerate(self.filas):
            celdas = []
            for lugar, n in enumerate(indices):
                primera = lugar == 0 and not self.columnas[n].numero
                if primera and i and self.filas[i - 1][n] == fila[n]:
                    continue
                iguales = self._iguales(i, n) if primera else 1
                encabeza = not self.columnas[n].numero and (lugar == 0 or not self.ancho)
                celdas.append(CeldaVista(self.columnas[n], fila[n], encabeza, iguales))
            salida.append(celdas)
        return salida

    def _iguales(self, desde: int, columna: int) -> int:
        hasta = desde
        while hasta < len(self.filas) and self.filas[hasta][columna] == self.filas[desde][columna]:
            hasta += 1
        return hasta - desde


class CeldaVista(NamedTuple):
    """Una celda de la tabla: ``encabeza`` si nombra su renglón; ``renglones``, cuántos abarca."""

    columna: Columna
    valor: Valor
    encabeza: bool
    renglones: int


class Filtro(NamedTuple):
    nombre: str
    etiqueta: str
    opciones: Mapping[str, str]
    elegida: str


class Pedido:
    """Lo que trae la dirección, ya revisado: un valor que no existe se dice y se cambia por el de siempre."""

    def __init__(self, argumentos: Mapping[str, str]) -> None:
        self._argumentos = argumentos
        self.filtros: list[Filtro] = []
        self.avisos: list[str] = []

    def elegir(self, nombre: str, etiqueta: str, opciones: Mapping[str, str], omision: str = "") -> str:
        """La opción pedida. Una sola opción no se ofrece como filtro."""
        pedida = self._argumentos.get(nombre) or omision
        if pedida not in opciones:
            if self._argumentos.get(nombre):
                self.avisos.append(
                    f"No hay «{pedida[:60]}» en {etiqueta.lower()}; se muestra «{opciones.get(omision, '')}»."
                )
            pedida = omision
        self.filtros.append(Filtro(nombre, etiqueta, opciones, pedida))
        return pedida

    def consulta(self, **cambios: str) -> str:
        """La dirección completa de lo que se ve (o con cambios): vale igual aunque después se publique otro periodo."""
        valores = {f.nombre: f.elegida for f in self.filtros} | cambios
        return urlencode({k: v for k, v in valores.items() if v})

    def dicho(self) -> str:
        """«octubre de 2026 · Mujeres»: lo que está elegido, con palabras."""
        return self.dicho_sin()

    def dicho_sin(self, *nombres: str) -> str:
        """Lo elegido, menos esos filtros y los que están en «cualquiera»."""
        return " · ".join(f.opciones[f.elegida] for f in self.filtros if f.elegida and f.nombre not in nombres)


@dataclass
class Pagina:
    """Lo que se muestra al contestar una pregunta."""

    respuesta: str = ""
    """Una o dos frases: la respuesta, antes que cualquier gráfica."""
    cuadros: list[Cuadro] = field(default_factory=list)
    notas: list[str] = field(default_factory=list)
    ocultas: list[str] = field(default_factory=list)
    """Lo que no se puede mostrar en lo pedido, por su nombre."""
    publicado_el: str = ""
    periodo: str = ""
    registros: tuple[tuple[str, str], ...] = ()
    """(texto, dirección) de las tablas de donde sale todo."""
    vecinas: Sequence[tuple[str, str]] = ()
    """(texto, consulta): otras formas de ver lo mismo."""

    @property
    def un_solo_csv(self) -> bool:
        """¿Todos los cuadros tienen las mismas columnas? Entonces se bajan juntos."""
        return len({cuadro.columnas for cuadro in self.cuadros}) == 1
