"""Un trimestre inventado que entra por donde entraría de verdad, y lo que sólo la prueba sabe: quién contestó qué.

Cada hoja contestada es distinta de las demás de su encuesta. Así la prueba reconoce después cada renglón; a la
atacante nadie le dice cuál es cuál.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

from formularios import contestar
from formularios.instrumento import Instrumento, incluidos
from formularios.renglones import Crudo
from formularios.renglones import Hoja as Rejilla
from formularios.renglones import leer as leer_renglones
from recoleccion import reglas
from recoleccion.consultas import (
    bitacora,
    conexion,
    credenciales,
    dispositivos,
    eventos,
    hojas_a_medias,
    papel,
    recepcion,
    urna,
)
from recoleccion.demo import gente
from recoleccion.instalacion import Instalacion
from recoleccion.sellado import INFO_REGISTRO, b64
from tests.elenco import HORA, evento_de_prueba

ENCUESTAS = ("antes", "despues", "satisfaccion")
LIBRES = {"despues": "I2", "satisfaccion": "S7"}
"""Su pregunta de texto; aquí, cada texto es distinto."""
_CONTESTA = {"antes": 0.86, "despues": 0.80, "satisfaccion": 0.74}
# (cuántas personas fueron, programa, zona, tema, público), en orden de fecha: las chicas y las raras también.
AGENDA = (
    (38, "prevencion", "cabecera", "tipos", "vecinas"), (7, "prevencion", "zona_1", "tipos", "vecinas"),
    (26, "igualdad", "cabecera", "igualdad", "vecinas"), (31, "prevencion", "cabecera", "noviazgo", "escuela"),
    (19, "igualdad", "zona_1", "igualdad", "hombres"), (4, "igualdad", "zona_1", "igualdad", "vecinas"),
    (44, "prevencion", "zona_1", "derechos", "vecinas"), (14, "comunidad", "cabecera", "salud_emocional", "vecinas"),
    (23, "prevencion", "cabecera", "digital", "vecinas"), (9, "comunidad", "zona_1", "otro", "curso"),
    (35, "igualdad", "cabecera", "masculinidades", "hombres"), (12, "prevencion", "zona_1", "tipos", "vecinas"),
    (28, "comunidad", "cabecera", "cuidados", "curso"), (40, "prevencion", "cabecera", "tipos", "vecinas"),
    (6, "comunidad", "zona_1", "otro", "vecinas"), (17, "igualdad", "cabecera", "igualdad", "personal"),
)  # fmt: skip


@dataclass
class Quien:
    """Una asistente: lo que está en la lista y, por encuesta, lo que contestó y con qué número llegó."""

    evento_id: str
    asistencia_id: str
    sexo: str
    edad: str
    nombre: str | None
    ficha: str
    hojas: dict[str, str] = field(default_factory=dict)
    registros: dict[str, dict[str, Any]] = field(default_factory=dict)
    textos: list[str] = field(default_factory=list)
    tarde: bool = False
    en_papel: bool = False


@dataclass
class Periodo:
    """La carpeta de datos de la oficina y, aparte, la verdad."""

    datos: Path
    gente: list[Quien]
    sobres: dict[str, bytes] = field(default_factory=dict)
    """Cada sobre que hubo en la urna, con el id que ahí tuvo."""

    def por_hoja(self) -> dict[tuple[str, str], Quien]:
        return {(encuesta, hoja): q for q in self.gente for encuesta, hoja in q.hojas.items()}


class Oficina:
    """Recibe, cierra y abre; recuerda de quién es cada cosa."""

    def __init__(self, datos: Path, elenco: SimpleNamespace, semilla: int) -> None:
        self.azar, self.revuelve, self.sello = Random(semilla), Random(semilla + 1), Instalacion(datos).sello
        self.catalogos = Instalacion(datos).catalogos
        self.base = conexion.abrir(datos / "privada.db")
        self.periodo = Periodo(datos, [])
        self.telefono = dispositivos.alta(self.base, "De la oficina", elenco.promotora.id, HORA, self.azar)[0]
        self.perdido = dispositivos.alta(self.base, "Perdido", elenco.promotora.id, HORA, self.azar)[0]
        dispositivos.revocar(self.base, self.perdido, HORA)
        self.tarjetas = [token for _, token in credenciales.imprimir(self.base, 12, HORA, self.azar)]
        self._instrumentos = incluidos()
        self._usadas: set[tuple[str, str]] = set()
        eventos.cancelar(self.base, elenco.evento_id, HORA)

    def un_evento(self, n: int, cuantas: int, programa: str, zona: str, tema: str, publico: str) -> str:
        """Lo crea, lo llena por la página y por el teléfono, y lo cierra. Unas pocas hojas llegan después."""
        inicio = HORA + timedelta(days=5 * n)
        datos = evento_de_prueba(
            titulo=f"Plática {n}", fecha=f"{inicio:%Y-%m-%d}", programa=programa, zona=zona, tema=tema,
            autorizacion_escolar=publico == "escuela", encuestas=list(ENCUESTAS),
        )  # fmt: skip
        id = eventos.crear(self.base, datos, inicio, self.azar)
        eventos.abrir(self.base, id, inicio)
        fichas = self.azar.sample(
            [f"{p}-{k}" for p in ("LUNA", "NUBE", "TREN", "OLLA") for k in range(10, 99)], cuantas
        )
        llegan = [self._persona(id, ficha, publico, zona, tema) for ficha in fichas]
        for minuto, quien in enumerate(llegan):
            quien.tarde = n % 4 == 1 and minuto % 9 == 4
            quien.en_papel = n % 3 == 0 and minuto >= cuantas // 2 and not quien.tarde
            if not quien.en_papel:
                self._registrar(quien, inicio + timedelta(minutes=minuto))
        for encuesta in ENCUESTAS:
            for quien in llegan:
                if not (quien.tarde or quien.en_papel):
                    self._contestar(quien, encuesta, inicio + timedelta(hours=2))
        en_papel = [quien for quien in llegan if quien.en_papel]
        if n % 2 == 0:
            self._pasar_papel(id, en_papel, inicio + timedelta(hours=2, minutes=30))
        self._recordar_sobres()
        eventos.cerrar(self.base, id, inicio + timedelta(hours=3), self.sello, self.revuelve)
        if n % 2:
            self._pasar_papel(id, en_papel, inicio + timedelta(hours=22))
        for quien in llegan:
            for encuesta in ENCUESTAS if quien.tarde else ():
                self._contestar(quien, encuesta, inicio + timedelta(hours=20))
        self._recordar_sobres()
        self.periodo.gente += llegan
        return id

    def terminar(self) -> Periodo:
        """El teléfono dado de baja, las que se mandaron dos veces con otra respuesta, y la última apertura."""
        tarde = HORA + timedelta(days=100)
        ids = [fila["id"] for fila in self.base.execute("SELECT id FROM cuarentena WHERE resuelta_en IS NULL")]
        recepcion.reintentar(self.base, ids, sello=self.sello, ahora=tarde)
        self._recordar_sobres()
        urna.abrir_todas(self.base, self.sello, self.revuelve, tarde)
        conexion.vaciar_bitacora(self.base)
        self.base.close()
        return self.periodo

    def _persona(self, evento_id: str, ficha: str, publico: str, zona: str, tema: str) -> Quien:
        una = gente.persona(self.azar, publico, zona)
        quien = Quien(evento_id, reglas.nuevo_id(self.azar), una.sexo, una.edad, una.nombre, ficha)
        for encuesta in ENCUESTAS:
            modelo = self._instrumentos[encuesta].para_tema(tema)
            puede = reglas.puede_contestar(modelo.edad_minima, una.edad, publico == "escuela")
            if puede and self.azar.random() < _CONTESTA[encuesta]:
                self._llenar(quien, una, modelo)
        return quien

    def _llenar(self, quien: Quien, una: gente.Persona, modelo: Instrumento) -> None:
        ficha = quien.ficha if modelo.lleva_ficha and quien.ficha[-1] != "7" else None
        while True:  # hasta que ninguna otra haya contestado igual
            crudas = gente.contestar(self.azar, modelo, una, ficha)
            if modelo.clave in LIBRES and self.azar.random() < 0.15:
                crudas[LIBRES[modelo.clave]] = [f"Texto de veras {len(self._usadas)}"]
            valido = contestar.validar(
                modelo, crudas | ({"ficha": [ficha]} if ficha else {}), ahora=HORA, personal=None
            )
            demograficas = {p.clave for p in modelo.preguntas if p.demografica}
            hoja = {p: r for p, r in valido.respuestas.items() if p not in demograficas}
            texto = reglas.json_canonico(hoja).decode()
            if hoja and (modelo.clave, texto) not in self._usadas:
                break
        self._usadas.add((modelo.clave, texto))
        quien.hojas[modelo.clave] = texto
        quien.textos += valido.textos.values()
        datos = {"instrumento": modelo.clave, "version": modelo.version, "ficha": ficha, "respuestas": crudas}
        quien.registros[modelo.clave] = self._registro("contestacion", quien.evento_id, datos)

    def _registro(self, tipo: str, evento_id: str, datos: dict[str, Any], id: str | None = None) -> dict[str, Any]:
        sin_hora = {"hora": None, "sesgo_ms": None}
        return {"v": 1, "id": id or reglas.nuevo_id(self.azar), "tipo": tipo, "evento": evento_id, **sin_hora} | {
            "datos": datos
        }

    def _registrar(self, quien: Quien, hora: datetime) -> None:
        mayor = quien.edad not in ("0-11", "12-17")
        en_pagina = self.azar.random() < 0.5
        datos = {
            "modo": "telefono" if en_pagina else "promotora", "sexo": quien.sexo, "edad": quien.edad, "aviso": 1,
            "procedencia": "cabecera", "nombre": quien.nombre if mayor else None, "telefono": None, "credencial": None,
        }  # fmt: skip
        if mayor and self.tarjetas and self.azar.random() < 0.05:
            datos |= {"modo": "credencial", "credencial": self.tarjetas.pop(), "nombre": None}
        registro = self._registro("asistencia", quien.evento_id, datos, quien.asistencia_id)
        registro |= {"hora": hora.isoformat(), "sesgo_ms": self.azar.randrange(-4000, 4000)}
        self._mandar(registro, hora, self.telefono if not en_pagina else None)

    def _pasar_papel(self, evento_id: str, quienes: list[Quien], hora: datetime) -> None:
        """La lista, con su borrador, y una pila por encuesta en el mismo orden; de cada cosa, su línea de bitácora."""
        if not quienes:
            return
        hoja = {"hoja_id": reglas.nuevo_id(self.azar), "evento_id": evento_id, "origen": "papel", "quien": "titular"}
        nombres = [q.nombre if q.nombre and reglas.puede_dar_nombre(q.edad) else None for q in quienes]
        crudos = [
            Crudo(q.asistencia_id, nombre or "", q.sexo, q.edad, "cabecera")
            for q, nombre in zip(quienes, nombres, strict=True)
        ]
        leidos = leer_renglones(Rejilla(self.catalogos, reglas.folio_valido), crudos)
        hojas_a_medias.guardar(self.base, leidos, pagina=reglas.nuevo_id(self.azar), ahora=hora, **hoja)
        listos = [
            papel.PorGuardar(q.asistencia_id, q.sexo, q.edad, "cabecera", nombre)
            for q, nombre in zip(quienes, nombres, strict=True)
        ]
        papel.guardar(self.base, listos, sello=self.sello, ahora=hora, **hoja)
        bitacora.anotar(self.base, hora, "titular", "pasar lista de papel", f"evento {evento_id}", f"{len(listos)}")
        for encuesta in ENCUESTAS:
            pila = [q.registros[encuesta] for q in quienes if encuesta in q.registros]
            for registro in pila:
                hora += timedelta(seconds=40)
                recepcion.registrar_en_linea(self.base, registro, sello=self.sello, ahora=hora)
            cuantas = f"{len(pila)} hojas"
            bitacora.anotar(self.base, hora, "titular", "pasar encuestas de papel", f"evento {evento_id}", cuantas)

    def _contestar(self, quien: Quien, encuesta: str, hora: datetime) -> None:
        registro = quien.registros.get(encuesta)
        if registro is None:
            return
        suerte = self.azar.random()
        de_quien = None if suerte < 0.55 else self.perdido if suerte > 0.99 else self.telefono
        self._mandar(registro, hora, de_quien)
        if de_quien is None and suerte < 0.02:  # se arrepintió de una respuesta y volvió a mandar la página
            otra = {p: r for p, r in registro["datos"]["respuestas"].items() if p != "K1"}
            self._mandar(registro | {"datos": registro["datos"] | {"respuestas": otra}}, hora, None)

    def _mandar(self, registro: dict[str, Any], hora: datetime, telefono: str | None) -> None:
        if telefono is None:
            recepcion.registrar_en_linea(self.base, registro, sello=self.sello, ahora=hora)
            return
        sobre = b64(self.sello.sellar(json.dumps(registro).encode(), INFO_REGISTRO))
        lote = json.dumps({"version": 1, "registros": [{"id": registro["id"], "sobre": sobre}]}).encode()
        recepcion.recibir_lote(self.base, lote, dispositivo_id=telefono, sello=self.sello, ahora=hora)

    def _recordar_sobres(self) -> None:
        self.periodo.sobres |= {f["id"]: bytes(f["sobre"]) for f in self.base.execute("SELECT id, sobre FROM urna")}


def hacer(datos: Path, elenco: SimpleNamespace, semilla: int = 14) -> Periodo:
    """El trimestre entero, con su última apertura."""
    oficina = Oficina(datos, elenco, semilla)
    for n, evento in enumerate(AGENDA):
        oficina.un_evento(n, *evento)
    return oficina.terminar()


def hojas_abiertas(periodo: Periodo) -> Iterator[tuple[str, str, Quien]]:
    """Cada renglón de ``contestacion``: su id, su encuesta y de quién es de veras."""
    de_quien = periodo.por_hoja()
    base = conexion.abrir(periodo.datos / "privada.db", solo_lectura=True)
    try:
        for fila in base.execute("SELECT id, instrumento, respuestas FROM contestacion"):
            yield fila["id"], fila["instrumento"], de_quien[fila["instrumento"], fila["respuestas"]]
    finally:
        base.close()
