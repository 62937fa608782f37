"""El juez: mira el archivo con SQLite a secas y sabe lo que cada promotora vio guardado.

Mira dos veces: en cada respuesta (¿lo que dice el acuse es verdad en el disco?) y al final (¿está todo, una vez?).
"""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from recoleccion import reglas
from recoleccion.consultas import conexion, cuarentena, identidades
from recoleccion.sellado import INFO_REGISTRO, INFO_URNA, SobreIlegible, b64, firma_valida

from .protocolo import Destino
from .servidor import Respuesta, Servidor, leer_json
from .telefono import DIAS, LOCALES, EnCola, Pedido, Telefono

if TYPE_CHECKING:
    from .gente import Registro, Version
    from .mundo import Mundo

SIN_RASTRO = {"recibido", "cuarentena"}
"""Las únicas tablas donde puede aparecer el id de una contestación."""


class Violacion(Exception):
    """Una promesa del protocolo que no se cumplió."""


@dataclass
class Disco:
    """Lo confirmado en un instante."""

    recibido: dict[str, str]
    cuarentena: set[tuple[str, str]]
    resueltas: set[tuple[str, str]]


@dataclass
class Acuse:
    """Donde quien manda el pedido deja la respuesta, para que el juez la lea."""

    respuesta: Respuesta = field(default_factory=lambda: Respuesta(0))


class Juez:
    """Guarda lo que se ha prometido y lo compara con el disco."""

    def __init__(self, mundo: "Mundo", servidor: Servidor) -> None:
        self.mundo, self.servidor = mundo, servidor
        self.restaurado = False
        self.antes: Disco | None = None
        self.dicho: set[tuple[str, str, str]] = set()
        self.acusado_en: dict[tuple[str, str], tuple[int, datetime]] = {}
        """Cuántos respaldos se habían restaurado, y cuándo lo dijo el servidor por primera vez desde entonces."""
        self.respaldos = 0
        self.descartadas: set[tuple[str, str]] = set()

    # --- En cada respuesta -------------------------------------------------------------------------------------------

    def disco(self) -> Disco:
        return Disco(
            dict(self.servidor.mirar("SELECT id, huella FROM recibido")),
            set(self.servidor.mirar("SELECT registro_id, huella FROM cuarentena")),
            set(self.servidor.mirar("SELECT registro_id, huella FROM cuarentena WHERE resuelta_en IS NOT NULL")),
        )

    @contextmanager
    def mirando(self, pedido: Pedido | None) -> Iterator[Acuse]:
        """Alrededor de una petición. ``pedido`` nulo: llegó cortada, no hay qué acusar."""
        acuse, antes = Acuse(), self.antes or self.disco()
        yield acuse
        self.antes = despues = self.disco()
        self._nada_se_olvida(antes, despues)
        if pedido is not None and pedido.cuerpo:
            self._acuse_veraz(pedido, acuse.respuesta, antes, despues)

    @contextmanager
    def al_resolver(self, descarta: Collection[str]) -> Iterator[None]:
        """Alrededor de lo que hace la titular en la cuarentena; ``descarta``, los renglones que va a descartar."""
        antes = self.disco()
        for id, registro_id, huella in self.servidor.mirar("SELECT id, registro_id, huella FROM cuarentena"):
            if id in descarta:
                self.descartadas.add((registro_id, huella))
        yield
        self.antes = despues = self.disco()
        self._nada_se_olvida(antes, despues)

    def _nada_se_olvida(self, antes: Disco, despues: Disco) -> None:
        if not antes.recibido.items() <= despues.recibido.items() or not antes.cuarentena <= despues.cuarentena:
            raise Violacion("el servidor olvidó algo que ya tenía en el disco")

    def _acuse_veraz(self, pedido: Pedido, respuesta: Respuesta, antes: Disco, despues: Disco) -> None:
        if respuesta.estado >= 500 and respuesta.estado not in (503, 507):
            raise Violacion(f"el servidor contestó {respuesta.estado}: {respuesta.cuerpo[:200]}")
        datos = leer_json(respuesta) if respuesta.estado == 200 else None
        if datos is None:
            if respuesta.estado != 0 and antes != despues:
                raise Violacion(f"guardó algo y contestó {respuesta.estado}")
            return
        mandados = json.loads(pedido.cuerpo)["registros"]
        acuses = datos["acuses"]
        if [a["id"] for a in acuses] != [m["id"] for m in mandados]:
            raise Violacion("los acuses no son uno por registro y en su orden")
        tenia = dict(antes.recibido)
        for mandado, acuse in zip(mandados, acuses, strict=True):
            id, estado = mandado["id"], acuse["estado"]
            huella = reglas.huella(mandado["sobre"].encode())
            self.mundo.hubo[f"acuse {estado}"] += 1
            self.dicho.add((id, huella, "enviado" if estado in ("aceptado", "repetido") else "apartado"))
            nombre = self.mundo.n(id)
            resuelta = (id, huella) in antes.resueltas
            if estado in ("aceptado", "repetido"):
                if despues.recibido.get(id) != huella and not resuelta:
                    raise Violacion(f"{nombre}: acuse «{estado}» y en el disco no están esos bytes")
                if (id in tenia or resuelta) != (estado == "repetido"):
                    raise Violacion(f"{nombre}: acuse «{estado}» y antes {'sí' if id in tenia else 'no'} estaba")
                if estado == "aceptado":
                    tenia[id] = huella
            elif (id, huella) not in despues.cuarentena:
                raise Violacion(f"{nombre}: acuse «{estado}» y no está en la cuarentena")
            elif resuelta:
                raise Violacion(f"{nombre}: la titular ya lo resolvió y el acuse dice «{estado}»")
            elif estado == "conflicto" and id not in tenia and not any(id == r for r, _ in antes.resueltas):
                raise Violacion(f"{nombre}: «conflicto» sin otra versión guardada")
            self._se_sabe_quien(mandado, acuse)

    def _se_sabe_quien(self, mandado: Mapping[str, Any], acuse: Mapping[str, Any]) -> None:
        """Sin la firma del teléfono que lo hizo nada se cuenta solo; con ella, no se duda; y a él se le anota."""
        id, huella = mandado["id"], reglas.huella(mandado["sobre"].encode())
        registro = self.mundo.registros.get(id)
        version = next((v for v in registro.versiones if v.huella == huella), None) if registro else None
        if registro is None or version is None:
            return
        autor = self.mundo.todos[version.telefono]
        firmado = autor.llave is not None and firma_valida(
            autor.llave.public_key(), id, mandado["sobre"], mandado.get("firma")
        )
        if acuse["estado"] == "aceptado":
            if autor.llave is not None and not firmado:
                raise Violacion(f"{registro.nombre}: se contó sin la firma de {autor.nombre}")
            filas = self.servidor.mirar(
                "SELECT d.id, d.revocado_en FROM asistencia a JOIN dispositivo d ON d.id = a.dispositivo_id"
                f" WHERE a.id = '{id}'"
            )
            for dispositivo, revocado_en in filas:
                if dispositivo not in autor.dispositivos:
                    raise Violacion(f"{registro.nombre}: lo hizo {autor.nombre} y se le anotó a otro teléfono")
                if revocado_en is not None:
                    raise Violacion(f"{registro.nombre}: se contó solo, y {autor.nombre} está dado de baja")
        elif acuse["codigo"] == "firma_invalida" and firmado:
            hay = {d for (d,) in self.servidor.mirar("SELECT id FROM dispositivo WHERE llave_publica IS NOT NULL")}
            if mandado.get("dispositivo", "") in hay:
                raise Violacion(f"{registro.nombre}: se dudó de una firma buena de {autor.nombre}")

    def resumen(self, respuesta: Respuesta) -> str:
        """Los veredictos, para la traza."""
        datos = leer_json(respuesta) or {}
        if "error" in datos:
            return str(datos["error"]["codigo"])
        acuses = datos.get("acuses", [])
        return " ".join(
            f"{self.mundo.n(a['id'])}={a['estado']}{':' + a['codigo'] if a['codigo'] else ''}" for a in acuses
        )

    def al_asentar(self, telefono: Telefono, destinos: Mapping[str, Destino], hora_servidor: str | None) -> None:
        """El teléfono sólo cree lo que el servidor dijo alguna vez de esos bytes; lo demás lo aparta él, y lo sabe.

        Los treinta días son desde que el servidor lo dijo: el teléfono pudo dormirse con la respuesta en la mano.
        """
        for id, destino in destinos.items():
            en = telefono.almacen.cola.get(id)
            huella = reglas.huella(en.sobre.encode()) if en else ""
            if en and destino.codigo not in LOCALES and (id, huella, destino.estado) not in self.dicho:
                raise Violacion(f"{self.mundo.n(id)}: {telefono.nombre} lo da por {destino.estado} sin acuse")
            if destino.estado == "enviado":
                dicho_en = datetime.fromisoformat(hora_servidor) if hora_servidor else self.mundo.ahora()
                antes = self.acusado_en.get((telefono.nombre, id))
                if antes and antes[0] == self.respaldos:
                    dicho_en = min(antes[1], dicho_en)  # un acuse repetido no alarga los treinta días
                self.acusado_en[telefono.nombre, id] = self.respaldos, dicho_en

    def al_borrar(self, telefono: Telefono, viejos: Collection[EnCola]) -> None:
        """Sólo se borra lo acusado hace treinta días de verdad, diga lo que diga el reloj del teléfono."""
        for en in viejos:
            _, dicho_en = self.acusado_en[telefono.nombre, en.id]
            if (self.mundo.ahora().date() - dicho_en.date()).days < DIAS:
                raise Violacion(f"{self.mundo.n(en.id)}: el teléfono lo borró antes de {DIAS} días")
            self.mundo.registros[en.id].perdonado = True

    def al_restaurar(self) -> None:
        self.restaurado, self.antes = True, None
        self.respaldos += 1

    # --- Al final ----------------------------------------------------------------------------------------------------

    def al_final(self) -> None:
        """:raises Violacion: la primera promesa rota."""
        disco = self.disco()
        esperan = {
            id
            for (id,) in self.servidor.mirar(
                "SELECT id FROM cuarentena q WHERE resuelta_en IS NULL"
                " OR NOT EXISTS (SELECT 1 FROM recibido r WHERE r.id = q.registro_id AND r.huella = q.huella)"
            )
        }
        pendientes = {
            (fila["registro_id"], fila["huella"]): bytes(fila["bytes"])
            for fila in (self._guardadas() if esperan else [])
            if fila["id"] in esperan
        }
        vaciadas = self._vaciadas(disco, pendientes)
        pendientes = {cual: contenido for cual, contenido in pendientes.items() if cual not in vaciadas}
        solas = (disco.resueltas & pendientes.keys()) - self.descartadas
        if solas:
            raise Violacion(f"la cuarentena descartó sola {[self.mundo.n(id) for id, _ in solas]}")
        ajenos = (disco.recibido.keys() | {id for id, _ in disco.cuarentena}) - self.mundo.registros.keys()
        if ajenos:
            raise Violacion(f"hay registros que nadie capturó: {sorted(ajenos)}")
        for registro in self.mundo.registros.values():
            self._una_vez(registro, disco, pendientes, vaciadas)
        guardados = [r for r in self.mundo.registros.values() if r.id in disco.recibido]
        self._tablas(guardados, disco)
        self._urna([self._contenido(r, disco) for r in guardados if r.tipo == "contestacion"])
        self._sin_rastro()
        self._lo_resuelto_se_suelta(disco)

    def _guardadas(self) -> list[dict[str, Any]]:
        with closing(conexion.abrir(self.servidor.privada, solo_lectura=True)) as db:
            return cuarentena.guardadas(db)

    def _lo_resuelto_se_suelta(self, disco: Disco) -> None:
        """Después de otro día de enviar, ningún teléfono sigue apartando lo que la titular ya resolvió."""
        for telefono in self.mundo.telefonos:
            for en in telefono.almacen.los("apartado"):
                if (en.id, reglas.huella(en.sobre.encode())) in disco.resueltas:
                    raise Violacion(f"{self.mundo.n(en.id)}: ya se resolvió y {telefono.nombre} lo sigue apartando")

    def _vaciadas(self, disco: Disco, pendientes: Mapping[tuple[str, str], bytes]) -> set[tuple[str, str]]:
        """De una contestación ya contada, las otras versiones: el renglón se queda y lo que decía se borra."""
        vacias = {cual for cual, contenido in pendientes.items() if not contenido}
        for id, _ in vacias:
            if id not in disco.recibido or self.mundo.registros[id].tipo != "contestacion":
                raise Violacion(f"{self.mundo.n(id)}: la cuarentena borró lo que decía y no se ha contado")
        return vacias

    def _una_vez(
        self,
        registro: "Registro",
        disco: Disco,
        pendientes: Mapping[tuple[str, str], bytes],
        vaciadas: Collection[tuple[str, str]],
    ) -> None:
        """Cada versión, en la base o en la cuarentena; exactamente una versión en la base si el registro es bueno."""
        for version in registro.versiones:
            if (registro.id, version.huella) in vaciadas:
                continue
            if self.restaurado and registro.tipo == "contestacion" and registro.id in disco.recibido:
                continue  # se vació, el teléfono la soltó y el respaldo es de antes: la otra es la que cuenta
            lugares = (disco.recibido.get(registro.id) == version.huella) + (
                (registro.id, version.huella) in pendientes
            )
            if lugares == 0 and not (registro.perdonado and self.restaurado):
                raise Violacion(f"{registro.nombre}: se perdió lo que guardó {version.telefono}")
            if lugares == 2:
                raise Violacion(f"{registro.nombre}: está en la base y también espera en la cuarentena")
            sobre = pendientes.get((registro.id, version.huella))
            if sobre is not None and not self._mismo(sobre, version):
                raise Violacion(f"{registro.nombre}: la cuarentena guardó otros bytes")
        if registro.id in disco.recibido:
            if not registro.bueno:
                raise Violacion(f"{registro.nombre}: el servidor aceptó lo que no se entiende")
        elif registro.bueno and not registro.perdonado and not self._puede_esperar(registro):
            raise Violacion(f"{registro.nombre}: espera en la cuarentena sin razón")

    def _mismo(self, sobre: bytes, version: "Version") -> bool:
        """¿Los bytes de la cuarentena son los de esa versión, o el sobre con que el servidor los volvió a cerrar?"""
        if sobre == version.sobre.encode():
            return True
        try:
            return self.servidor.instalacion.sello.abrir(sobre, INFO_REGISTRO) == version.sobre.encode()
        except SobreIlegible:
            return False

    def _puede_esperar(self, registro: "Registro") -> bool:
        """Un registro bueno sólo espera si el respaldo no traía su evento, o si la titular descartó alguna versión."""
        if any((registro.id, v.huella) in self.descartadas for v in registro.versiones):
            return True
        hay = {id for (id,) in self.servidor.mirar("SELECT id FROM evento")}
        return any(v.contenido["evento"] not in hay for v in registro.versiones)

    def _contenido(self, registro: "Registro", disco: Disco) -> dict[str, Any]:
        """Lo que dice la versión que quedó en la base."""
        return next(v.contenido for v in registro.versiones if v.huella == disco.recibido[registro.id])

    def _tablas(self, guardados: list["Registro"], disco: Disco) -> None:
        esperadas, anulaciones = {}, {}
        for registro in guardados:
            contenido = self._contenido(registro, disco)
            if registro.tipo == "anulacion":
                anulaciones[registro.id] = (contenido["evento"], contenido["datos"]["registro"])
            elif registro.tipo != "contestacion":
                datos = contenido["datos"]
                sesgo = contenido.get("sesgo_ms")
                esperadas[registro.id] = (
                    contenido["evento"],
                    datos["sexo"],
                    datos["edad"],
                    1,
                    contenido["hora"],
                    sesgo,
                )
        self._iguales(
            "asistencia",
            esperadas,
            {id: tuple(r) for id, *r in self.servidor.mirar(
                "SELECT id, evento_id, sexo, edad, personas, hora_dispositivo, sesgo_ms FROM asistencia"
            )},
        )  # fmt: skip
        self._identidades([self._contenido(r, disco) for r in guardados])
        self._iguales(
            "anulacion",
            anulaciones,
            {id: tuple(r) for id, *r in self.servidor.mirar("SELECT id, evento_id, registro_id FROM anulacion")},
        )
        anulados = {registro for _, registro in anulaciones.values()}
        vigentes = {id for (id,) in self.servidor.mirar("SELECT id FROM asistencia_vigente")}
        if vigentes != esperadas.keys() - anulados:
            raise Violacion("una anulación no surtió efecto, o lo surtió de más")

    def _identidades(self, contenidos: list[dict[str, Any]]) -> None:
        """El segundo sobre llega como salió: nadie lo abre ni lo cambia en el camino."""
        mandados = {c["id"]: c["datos"]["identidad"] for c in contenidos if "identidad" in c["datos"]}
        if not mandados and not self.servidor.mirar("SELECT 1 FROM identidad LIMIT 1"):
            return
        with closing(conexion.abrir(self.servidor.privada, solo_lectura=True)) as db:
            guardados = {id: b64(sobre) for id, sobre in identidades.guardados(db)}
        self._iguales("identidad", mandados, guardados)

    def _iguales(self, tabla: str, esperadas: Mapping[str, Any], halladas: Mapping[str, Any]) -> None:
        if esperadas.keys() != halladas.keys():
            faltan = [self.mundo.n(id) for id in esperadas.keys() - halladas.keys()]
            sobran = [self.mundo.n(id) for id in halladas.keys() - esperadas.keys()]
            raise Violacion(f"{tabla}: faltan {faltan}, sobran {sobran}")
        for id, fila in esperadas.items():
            if halladas[id] != fila:
                raise Violacion(f"{tabla}: {self.mundo.n(id)} dice {halladas[id]} y se capturó {fila}")

    def _urna(self, contestaciones: list[dict[str, Any]]) -> None:
        """Cada contestación se cuenta una vez, esté en la urna o ya revuelta."""
        capturadas = Counter(
            json.dumps({c: v[0] for c, v in sorted(x["datos"]["respuestas"].items())}) for x in contestaciones
        )
        abrir = self.servidor.instalacion.sello.abrir
        dichas = [
            json.loads(abrir(sobre, INFO_URNA))["respuestas"]
            for (sobre,) in self.servidor.mirar("SELECT sobre FROM urna")
        ]
        dichas += [json.loads(texto) for (texto,) in self.servidor.mirar("SELECT respuestas FROM contestacion")]
        if capturadas != Counter(json.dumps(dict(sorted(r.items()))) for r in dichas):
            raise Violacion(
                f"se capturaron {len(contestaciones)} contestaciones y se cuentan {len(dichas)}, o dicen otra cosa"
            )

    def _sin_rastro(self) -> None:
        """Nada junta una contestación con un teléfono: ni su id en otra tabla, ni el teléfono en la cuarentena."""
        ids = {r.id for r in self.mundo.registros.values() if r.tipo == "contestacion"}
        for (tabla,) in self.servidor.mirar("SELECT name FROM sqlite_schema WHERE type = 'table'"):
            for fila in self.servidor.mirar(f'SELECT * FROM "{tabla}"'):
                hallados = ids.intersection(v for v in fila if isinstance(v, str))
                if hallados and tabla not in SIN_RASTRO:
                    raise Violacion(f"{self.mundo.n(hallados.pop())}: una contestación aparece en la tabla {tabla}")
        for id, dispositivo in self.servidor.mirar("SELECT registro_id, dispositivo_id FROM cuarentena"):
            if id in ids and dispositivo is not None:
                raise Violacion(f"{self.mundo.n(id)}: la cuarentena dice de qué teléfono vino una contestación")
