"""Lo que el panel sabe de publicar: qué le puede pedir a quien publica y en qué forma le contesta.

Quien publica de verdad está en ``recoleccion/publicador.py``, del otro lado del muro; aquí sólo está su contrato.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol


@dataclass(frozen=True)
class Renglon:
    """Una celda de lo que se publicaría. ``real`` no sale de la oficina; ``antes``: lo que dice el último lote."""

    tabla: str
    que: str
    quienes: str
    real: int | None
    publicada: int | None
    antes: int | None
    motivo: str

    @property
    def se_muestra(self) -> bool:
        return self.publicada is not None


@dataclass(frozen=True)
class Tabla:
    """Una tabla pública: cuántas celdas se muestran y cuántas se esconden por cada motivo."""

    clave: str
    titulo: str
    se_muestran: int
    ocultas: Mapping[str, int]
    aparecen: int
    """Se muestran ahora y en el último lote no."""
    desaparecen: int
    """Se mostraban en el último lote y ahora no."""

    @property
    def total(self) -> int:
        return self.se_muestran + sum(self.ocultas.values())


@dataclass(frozen=True)
class Cambio:
    """De una tabla del archivo público, cuántos renglones había y cuántos se agregan, cambian o se van."""

    titulo: str
    habia: int
    agrega: int
    cambia: int
    quita: int


@dataclass(frozen=True)
class Falla:
    """Por qué no se pudo, en una frase, y qué hacer."""

    mensaje: str
    que_hacer: str


@dataclass(frozen=True)
class Ensayo:
    """Lo que se publicaría de un lote si se firmara ahora.

    ``huella``: SHA-256 de sus celdas, lo que se firma. ``sha256``: el del archivo que saldría hoy; nulo si no pasa.
    ``ultimo``: el lote anterior, con que se compara.
    """

    lote: str
    periodo: str
    desde: str
    hasta: str
    adelantado: bool
    huella: str
    sha256: str | None
    tablas: tuple[Tabla, ...]
    renglones: tuple[Renglon, ...]
    pasa: bool
    auditoria: str
    falla: Falla | None
    avisos: tuple[str, ...]
    ultimo: str | None
    cambios: tuple[Cambio, ...]
    hecho_en: datetime


@dataclass(frozen=True)
class Hecha:
    """Una publicación terminada: los lotes que salieron y el SHA-256 del archivo."""

    lotes: tuple[str, ...]
    sha256: str


@dataclass(frozen=True)
class Tarea:
    """Lo que se está haciendo o lo último que se hizo: ``que`` es ``ensayo`` o ``publicacion``."""

    que: str
    empezo: datetime
    pasos: tuple[str, ...] = ()
    terminada: bool = False
    falla: Falla | None = None
    hecha: Hecha | None = None


@dataclass(frozen=True)
class Lote:
    """Un lote asentado en el libro. ``en_archivo``: si ya está en el archivo que se sirve."""

    lote: str
    periodo: str
    asentado_el: str
    celdas: int
    visibles: int
    huella: str
    en_archivo: bool


@dataclass(frozen=True)
class Situacion:
    """Cómo va la publicación: lo asentado, lo que ya toca y lo que espera."""

    lotes: tuple[Lote, ...]
    sha256: str | None
    toca: Mapping[str, str] | None
    """El lote que ya se puede publicar: ``lote``, ``desde``, ``hasta``, ``periodo``."""
    despues: int
    """Cuántos más tocan después de ése."""
    adelantable: bool
    """El periodo que corre ya juntó lo suficiente para salir antes de terminar."""
    espera: Mapping[str, Mapping[str, Any]]
    """``mes`` y ``trimestre`` que corren, como los da ``consultas.publicar.lo_que_espera``."""
    hoy: date
    a_medias: bool = False
    """Hay lotes asentados que no están en el archivo que se sirve."""
    falla: Falla | None = None


class Publicador(Protocol):
    """Publica y ensaya, de una cosa a la vez, sin que la página espere."""

    @property
    def portal(self) -> str | None:
        """La dirección de los datos publicados en esta computadora."""
        ...

    @property
    def motivos(self) -> Mapping[str, str]:
        """Por qué se muestra o se esconde una celda: clave y frase."""
        ...

    def situacion(self) -> Situacion: ...

    def tarea(self) -> Tarea | None: ...

    def ensayo(self) -> Ensayo | None:
        """El último, si es de hace menos de una hora y nada se ha publicado desde entonces."""
        ...

    def ensayar(self, *, adelantar: bool) -> None:
        """Empieza a calcular lo que se publicaría. :raises ErrorJornada: ``publicacion_en_curso``."""
        ...

    def publicar(self, quien: str, ensayo: Ensayo) -> None:
        """Empieza a publicar lo que se firmó. :raises ErrorJornada: ``publicacion_en_curso``."""
        ...

    def terminar(self, quien: str) -> None:
        """Escribe otra vez el archivo desde el libro. :raises ErrorJornada: ``publicacion_en_curso``."""
        ...

    def esperar(self, segundos: float) -> None:
        """A que termine lo que se está haciendo, a lo más ese tiempo."""
        ...
