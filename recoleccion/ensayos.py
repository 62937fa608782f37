"""El ensayo de una publicación: todo lo que saldría, celda por celda, sin escribir nada en la carpeta de datos.

Se hace sobre una copia de la base en memoria y con las mismas funciones que publican: se abren las urnas, se asigna el
lote, se protege, se audita, se escribe el archivo en una carpeta de paso y se ataca. Lo que se ve es lo que saldría.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from random import SystemRandom
from tempfile import TemporaryDirectory
from typing import Any

from sqlite_utils import Database

from publicacion import escritura, orquestar
from publicacion.diferencia import comparar
from publicacion.errores import ErrorPublicacion
from publicacion.esquema_publico import TABLAS
from publicacion.etiquetas import periodo
from publicacion.modelo import Celda, Motivo

from .consultas import publicar as lotes
from .consultas import urna
from .consultas.ensayo import copia, textos_privados
from .fechas import plural
from .instalacion import Instalacion
from .vistas.publicador import Cambio, Ensayo, Falla, Renglon, Tabla

Paso = Callable[[str], None]
"""Recibe, en una frase, lo que se está haciendo."""

SIN_SALIDA = "No se publicó nada y lo de antes sigue igual."


def ensayar(lugar: Instalacion, *, adelantar: bool = False, cuantos: int | None = None, paso: Paso) -> list[Ensayo]:
    """Los lotes que tocan hoy, en orden, hasta el primero que no pase. ``cuantos``: sólo los primeros.

    :raises ErrorPublicacion: si hay datos o catálogos que no pueden ser.
    :raises ErrorJornada: ``reloj_atrasado`` y los de abrir la base.
    """
    ahora, hechos = lugar.reloj(), list[Ensayo]()
    with copia(lugar.privada) as db, TemporaryDirectory(prefix="jornada-ensayo-") as carpeta:
        paso("Se cuentan las contestaciones que llegaron tarde")
        urna.abrir_todas(db, lugar.sello, SystemRandom(), ahora)
        pendientes = lotes.lotes_por_cerrar(db, ahora.date(), adelantar)[:cuantos]
        de_hoy = {lote["lote"] for lote in lotes.lotes_por_cerrar(db, ahora.date())}
        en_curso = _Ensayando(lugar, db, Path(carpeta), textos_privados(db), paso)
        for lote in pendientes:
            hechos.append(en_curso.uno(**lote, adelantado=lote["lote"] not in de_hoy))
            if hechos[-1].falla:
                break
    return hechos


@dataclass
class _Ensayando:
    """Un ensayo a la mitad: cada lote se asienta en la copia para que el siguiente se compare con él."""

    lugar: Instalacion
    db: Database
    carpeta: Path
    textos: set[str]
    paso: Paso

    def __post_init__(self) -> None:
        self.anterior: Path | None = self.lugar.publica if self.lugar.publica.is_file() else None

    def uno(self, lote: str, desde: str, hasta: str, adelantado: bool) -> Ensayo:
        ultimo = next((fila["lote"] for fila in lotes.listar(self.db) if fila["estado"] == "asentado"), None)
        lotes.asignar(self.db, lote, desde, hasta)
        self.paso("Se protege y se audita")
        hoy = self.lugar.reloj()
        simulada = orquestar.simular(
            self.db.conn, lote, desde, hasta, self.lugar.carpeta_catalogos, self.lugar.secreto_publicacion
        )
        sha, falla, cambios = None, None, list[Cambio]()
        if not simulada.dictamen.pasa:
            falla = Falla(simulada.dictamen.razon, SIN_SALIDA)
        else:
            self.paso("Se escribe y se ataca el archivo")
            ruta = self.carpeta / f"{lote}.db"
            ademas = escritura.PorAsentar(lote, desde, hasta, hoy.date().isoformat(), simulada.reglas, simulada.celdas)
            try:
                sha = escritura.ensayar(self.db.conn, ruta, anterior=self.anterior, ademas=ademas, textos=self.textos)
                cambios = [
                    Cambio(d.titulo, d.habia, d.agrega, d.cambia, d.quita) for d in comparar(self.anterior, ruta)
                ]
                self.anterior = ruta
            except ErrorPublicacion as error:
                falla = Falla(error.mensaje, error.que_hacer)
        renglones = _renglones(simulada.motivos, simulada.celdas, lotes.asentadas(self.db, ultimo) if ultimo else {})
        lotes.asentar(self.db, lote, simulada.celdas, simulada.reglas, hoy.date())
        return Ensayo(
            lote=lote,
            periodo=periodo(desde, hasta),
            desde=desde,
            hasta=hasta,
            adelantado=adelantado,
            huella=huella_de(simulada.reglas),
            sha256=sha,
            tablas=tuple(_tablas(renglones)),
            renglones=tuple(renglones),
            pasa=simulada.dictamen.pasa,
            auditoria=simulada.dictamen.razon,
            falla=falla,
            avisos=tuple(simulada.avisos),
            ultimo=ultimo,
            cambios=tuple(cambios),
            hecho_en=hoy,
        )


def huella_de(reglas: str) -> str:
    """La huella de las celdas de un lote: lo que firma la titular."""
    return str(json.loads(reglas)["huella"])


# --- celda por celda ----------------------------------------------------------------------------------------------


def _renglones(motivos: Iterable[Motivo], celdas: Iterable[Celda], antes: dict[tuple[str, str], str]) -> list[Renglon]:
    nombres = _Nombres(celdas)
    return [
        Renglon(
            tabla=m.tabla,
            **nombres.de(m.tabla, json.loads(m.celda)),
            real=m.real,
            publicada=m.publicada,
            antes=_numero(antes.get((m.tabla, m.celda))),
            motivo=m.motivo,
        )
        for m in motivos
    ]


def _numero(valor: str | None) -> int | None:
    if valor is None:
        return None
    celda = json.loads(valor)
    numero: int | None = celda.get("n", celda.get("asistencias"))
    return numero


def _tablas(renglones: list[Renglon]) -> Iterable[Tabla]:
    for clave in dict.fromkeys(r.tabla for r in renglones):
        suyos = [r for r in renglones if r.tabla == clave]
        yield Tabla(
            clave,
            TABLAS[clave].titulo,
            sum(r.se_muestra for r in suyos),
            Counter(r.motivo for r in suyos if not r.se_muestra),
            aparecen=sum(r.se_muestra and r.antes is None for r in suyos),
            desaparecen=sum(not r.se_muestra and r.antes is not None for r in suyos),
        )


class _Nombres:
    """Cómo se lee la llave de una celda, con las etiquetas que se publicarían con ella."""

    def __init__(self, celdas: Iterable[Celda]) -> None:
        self._valores: dict[tuple[Any, ...], dict[str, Any]] = {
            (c.tabla, *json.loads(c.celda)): json.loads(c.valor)
            for c in celdas
            if c.tabla in {*escritura.ETIQUETAS, "poa", "evento_resumen"}
        }

    def _uno(self, *llave: Any, campo: str = "etiqueta") -> str:
        return str(self._valores.get(llave, {}).get(campo) or llave[-1])

    def _eventos(self, *llave: Any) -> str:
        """Los eventos hechos salen exactos: la oficina los anuncia."""
        return plural(self._valores.get(llave, {}).get("eventos") or 0, "evento", "eventos")

    def de(self, tabla: str, llave: list[Any]) -> dict[str, str]:
        """``que`` se cuenta y de ``quienes``."""
        match tabla, llave:
            case "asistencia_cubo", [eje, grupo]:
                return {"que": self._uno("eje", eje), "quienes": self._uno("grupo", eje, grupo)}
            case "respuesta_cubo", [eje, grupo, instrumento, pregunta, respuesta]:
                texto = self._uno("pregunta", instrumento, pregunta, campo="texto")
                dicha = self._uno("respuesta", instrumento, pregunta, respuesta)
                return {"que": f"{texto} → {dicha}", "quienes": self._uno("grupo", eje, grupo)}
            case "cambio_cubo", [eje, grupo, pregunta, cambio]:
                texto = self._uno("pregunta", "antes", pregunta, campo="texto")
                return {
                    "que": f"{texto} → {self._uno('categoria', 'cambio', cambio)}",
                    "quienes": self._uno("grupo", eje, grupo),
                }
            case "evento_resumen", [mes, programa, zona]:
                donde = (self._uno("categoria", "programa", programa), self._uno("categoria", "zona", zona))
                cual = self._uno("categoria", "mes", mes).capitalize()
                return {"que": f"{cual} ({self._eventos(tabla, *llave)})", "quienes": ", ".join(donde)}
            case "poa", [ejercicio, linea]:
                texto = self._uno("poa", ejercicio, linea, campo="texto")
                return {"que": f"{linea}. {texto} ({self._eventos(tabla, *llave)})", "quienes": "Todas"}
        return {"que": " ".join(map(str, llave)), "quienes": ""}
