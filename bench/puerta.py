"""Una sala de 40 teléfonos detrás de una sola dirección, y un robot que manda 500 envíos por segundo al mismo evento.

Atiende ``jornada servir``, por HTTP, en los mismos dos núcleos. Cada persona abre el cartel, se registra y contesta una
encuesta; una de cada cuatro no tiene JavaScript. Si la página pide el número de la sala, lo pregunta y lo escribe. El
robot (``puerta_robot.py``), en otro proceso, mezcla lo que sabe: formularios buenos con ids inventados, con el sello de
otra página, repetidos, con la trampa llena, páginas pedidas por pedir y, diez cada segundo, la visita completa con su
cuenta hecha; el número no lo sabe. Primero sin robot, luego con él y luego con uno que sólo pide páginas, la mitad de
códigos inventados. Al final se busca en la base cada registro, de quién era y qué se le contestó.

Uso: ``python bench/puerta.py [personas] [por_segundo] [segundos] [callada]``; con ``callada`` nadie dice el número.
"""

import asyncio
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

RAIZ = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(RAIZ))

from bench.puerta_robot import ASISTENCIA, CLASES, RESPUESTAS, bits, campos, hacer_cuenta, pedir  # noqa: E402
from recoleccion.avalancha import ESPERA, Sellos  # noqa: E402
from recoleccion.consultas import conexion, eventos  # noqa: E402
from recoleccion.instalacion import Instalacion, ahora  # noqa: E402
from recoleccion.preparar import preparar  # noqa: E402
from tests.elenco import CONTRASENA, evento_de_prueba  # noqa: E402
from tests.navegador.procesos import Servidor  # noqa: E402

META_MS, META_SEGUNDOS = 1_000, 120
COMPLETAS = 10
"""Visitas completas que hace el robot cada segundo."""


@dataclass
class Sala:
    """Lo que pasó con las personas: milisegundos de cada petición, ids mandados y cuántas veces les tocó esperar.

    :ivar numero: el de la sala; ``None`` si nadie lo dice.
    """

    numero: str | None = None
    ms: list[float] = field(default_factory=list)
    asistencias: list[str] = field(default_factory=list)
    encuestas: list[str] = field(default_factory=list)
    esperas: int = 0
    pedidas: int = 0
    sin_respuesta: int = 0
    segundos: float = 0.0


class Persona:
    def __init__(self, puerto: int, clave: str, n: int, sala: Sala) -> None:
        self.puerto, self.clave, self.sala = puerto, clave, sala
        self.azar, self.con_guion = Random(n), n % 4 != 0

    async def venir(self, ritmo: float) -> None:
        """Llega en el primer minuto, lee, se registra y contesta."""
        await asyncio.sleep(self.azar.uniform(0, 60) * ritmo)
        await self._pedir("GET", f"/{self.clave}")
        await self._pensar(1, 3, ritmo)
        self.sala.asistencias.append(await self._llenar("r", ASISTENCIA, 4, 8, ritmo))
        await self._pedir("GET", f"/{self.clave}/listo")
        self.sala.encuestas.append(await self._llenar("e/1", RESPUESTAS, 8, 20, ritmo))

    async def _llenar(self, que: str, datos: dict[str, str], de: float, a: float, ritmo: float) -> str:
        camino = f"/{self.clave}/{que}"
        _, pagina = await self._pedir("GET", camino)
        ocultos = campos(pagina, que)
        await self._pensar(de, a, ritmo)
        estado, pagina = await self._pedir("POST", camino, {**ocultos, **datos})
        while estado == 429:
            self.sala.esperas += 1
            vuelta = campos(pagina, que)
            assert vuelta.items() >= {**datos, "id": ocultos["id"]}.items(), "la espera no trae lo contestado"
            pide = bits(pagina)
            if pide is None:
                self.sala.pedidas += 1
                vuelta["numero-de-sala"] = self.sala.numero or "0"
                await self._pensar(4, 12, ritmo)
            elif self.con_guion:
                vuelta["cuenta"] = hacer_cuenta(vuelta["pase"], pide)
            else:
                await asyncio.sleep(ESPERA)
            estado, pagina = await self._pedir("POST", camino, vuelta)
        assert estado == (200 if self.con_guion else 303), (estado, pagina[:300])
        return ocultos["id"]

    async def _pedir(self, metodo: str, camino: str, datos: dict[str, str] | None = None) -> tuple[int, str]:
        """Insiste con lo mismo si no hay respuesta, como lo hace la página; y recarga si le dicen que aguarde."""
        while True:
            desde = time.perf_counter()
            try:
                estado, pagina = await asyncio.wait_for(self._mandar(metodo, camino, datos), 30)
            except (OSError, TimeoutError):
                self.sala.sin_respuesta += 1
            else:
                self.sala.ms.append((time.perf_counter() - desde) * 1000)
                if metodo == "POST" or estado == 200:
                    return estado, pagina
            await asyncio.sleep(2)

    async def _mandar(self, metodo: str, camino: str, datos: dict[str, str] | None) -> tuple[int, str]:
        return await pedir(self.puerto, metodo, camino, datos, guion=self.con_guion and metodo == "POST")

    async def _pensar(self, de: float, a: float, ritmo: float) -> None:
        await asyncio.sleep(self.azar.uniform(de, a) * max(ritmo, 0.3))


async def sala_de(puerto: int, clave: str, personas: int, segundos: float, numero: str | None) -> Sala:
    sala, desde = Sala(numero), time.perf_counter()
    ritmo = segundos / META_SEGUNDOS
    await asyncio.gather(*(Persona(puerto, clave, n, sala).venir(ritmo) for n in range(personas)))
    sala.segundos = time.perf_counter() - desde
    return sala


# --- Medir ---------------------------------------------------------------------------------------------------------


def oficina(datos: Path) -> str:
    hoy, azar = ahora(), Random(3)
    preparar(datos, usuario="titular", contrasena=CONTRASENA, ahora=hoy)
    with closing(conexion.abrir(datos / "privada.db")) as base:
        evento = evento_de_prueba(
            fecha=hoy.date().isoformat(), hora_inicio="00:00", hora_fin="23:59", pide_nombre=False, pide_telefono=False,
            encuestas=["antes"],
        )  # fmt: skip
        id = eventos.crear(base, evento, hoy, azar)
        eventos.abrir(base, id, hoy)
        leido = eventos.leer(base, id)
        assert leido is not None
        return str(leido["clave"])


def procesador(pid: int) -> float:
    """Segundos de procesador de un proceso."""
    partes = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(partes[11]) + int(partes[12])) / os.sysconf("SC_CLK_TCK")


def medir(
    personas: int, por_segundo: int, segundos: float, que: str = "manda", callada: bool = False
) -> tuple[Sala, list[str]]:
    """Una sala; ``que``: lo que hace el robot, ``manda`` o ``pide``; ``callada``: nadie dice el número de la sala."""
    with tempfile.TemporaryDirectory() as carpeta:
        datos = Path(carpeta) / "datos"
        clave = oficina(datos)
        servidor = Servidor(datos)
        puerto, robot, visita = int(servidor.app.rsplit(":", 1)[1]), None, None
        try:
            if por_segundo:
                orden = [sys.executable, str(RAIZ / "bench/puerta_robot.py"), str(puerto), clave]
                robot = subprocess.Popen(
                    [*orden, str(por_segundo), que, f"{carpeta}/{que}.hechos"],
                    stdout=subprocess.PIPE, text=True, stderr=subprocess.DEVNULL,
                )  # fmt: skip
                if que == "manda":
                    suyo = [str(COMPLETAS), "visita", f"{carpeta}/visita.hechos"]
                    visita = subprocess.Popen([*orden, *suyo], stderr=subprocess.DEVNULL)
                time.sleep(3)  # la sala llega cuando ya empezó
            antes, carga = procesador(servidor.pid), os.getloadavg()[0]
            numero = None if callada else Sellos(Instalacion(datos, ahora).secreto_sesion).numero(clave)
            sala = asyncio.run(sala_de(puerto, clave, personas, segundos, numero))
            uso = (procesador(servidor.pid) - antes) / sala.segundos
        finally:
            mandadas = ""
            if visita is not None:
                visita.terminate()
                visita.wait()
            if robot is not None:
                robot.terminate()
                mandadas = robot.communicate()[0].rstrip().rpartition("\n")[2]
            servidor.cerrar()
        p95 = statistics.quantiles(sala.ms, n=20)[-1]
        quien = "sin robot"
        if mandadas:
            cuantas, en = mandadas.split()
            quien = f"con un robot que {que} ({int(cuantas) / float(en):.0f} por segundo, {cuantas} en total)"
        print(
            f"{quien}: {sala.segundos:.0f} s; {len(sala.ms)} peticiones, p50 {statistics.median(sala.ms):.0f} ms, "
            f"p95 {p95:.0f} ms, la peor {max(sala.ms):.0f} ms; {sala.esperas} esperas ({sala.pedidas} "
            f"con el número de la sala), {sala.sin_respuesta} sin respuesta; servidor {uso:.0%} de un núcleo; "
            f"carga de la máquina {carga:.1f} a {os.getloadavg()[0]:.1f}"
        )
        return sala, contar(datos, sala, personas, p95, leer_hechos(Path(carpeta)))


def leer_hechos(carpeta: Path) -> dict[str, dict[str, list[int]]]:
    """Lo que el robot mandó: de cada clase, sus ids y qué se le fue contestando (0: nada). La última línea se corta."""
    hechos: dict[str, dict[str, list[int]]] = {}
    for archivo in carpeta.glob("*.hechos"):
        for linea in archivo.read_text().rpartition("\n")[0].split("\n"):
            clase, _, resto = linea.partition(" ")
            if clase:
                id, _, estado = resto.partition(" ")
                hechos.setdefault(clase, {}).setdefault(id, []).append(int(estado))
    return hechos


def contar(
    datos: Path, sala: Sala, personas: int, p95: float, robot: dict[str, dict[str, list[int]]]
) -> list[str]:  # fmt: skip
    """Busca cada registro en la base, dice dónde quedó y devuelve lo que no cumple."""
    with closing(conexion.abrir(datos / "privada.db", solo_lectura=True)) as base:
        recibidas = {f["id"] for f in base.execute("SELECT id FROM recibido")}
        apartadas = {f["registro_id"] for f in base.execute("SELECT registro_id FROM cuarentena")}
        por_codigo = {f["codigo"]: f["n"] for f in base.execute(
            "SELECT codigo, count(*) AS n FROM cuarentena GROUP BY 1")}  # fmt: skip
        urna = int(base.execute("SELECT count(*) FROM urna").fetchone()[0])
        asistencias = int(base.execute("SELECT count(*) FROM asistencia").fetchone()[0])
    suyas = {id: [303] for id in (*sala.asistencias, *sala.encuestas)}
    print(f"  {'':46}  envíos  registros  contados  apartados  «no cupo»  sin respuesta  dicho que sí y no está")
    malas = [] if len(suyas) == 2 * personas else [f"{len(suyas)} registros de la sala"]
    for quien, ids in {"la sala": suyas, **{f"robot: {CLASES[c]}": robot[c] for c in CLASES if c in robot}}.items():
        ausentes = {id: estados for id, estados in ids.items() if id not in recibidas and id not in apartadas}
        perdidas = sum(303 in estados for estados in ausentes.values())
        sin_nada = sum(set(estados) == {0} for estados in ausentes.values())
        print(
            f"  {quien:46}  {sum(map(len, ids.values())):6}  {len(ids):9}  {len(ids.keys() & recibidas):8}"
            f"  {len(ids.keys() & apartadas - recibidas):9}  {len(ausentes) - perdidas - sin_nada:9}  {sin_nada:13}"
            f"  {perdidas:22}"
        )
        malas += [f"{quien}: {perdidas} perdidas"] if perdidas else []
    megas = sum(f.stat().st_size for f in datos.glob("privada.db*")) / 1e6
    de_nadie = (recibidas | apartadas) - {id for ids in (suyas, *robot.values()) for id in ids}
    dobles = suyas.keys() & recibidas & apartadas
    print(
        f"  en las cuentas: {asistencias} asistencias y {urna} encuestas; apartados {por_codigo}; "
        f"{len(de_nadie)} que nadie anotó haber mandado; la base mide {megas:.1f} MB"
    )
    aparte = len(suyas.keys() & apartadas - recibidas)
    malas += [f"{aparte} de la sala apartadas"] if aparte and sala.numero else []
    malas += [f"{len(dobles)} dobles"] if dobles else []
    malas += [f"p95 de {p95:.0f} ms"] if p95 > META_MS else []
    return malas + ([f"{sala.segundos:.0f} s"] if sala.segundos > META_SEGUNDOS else [])


def main() -> None:
    personas, por_segundo, segundos = (
        float(sys.argv[n]) if len(sys.argv) > n else omision for n, omision in ((1, 40), (2, 500), (3, META_SEGUNDOS))
    )
    print(f"Python {platform.python_version()}, {os.cpu_count()} núcleos, {ahora():%d/%m/%Y}; {personas:.0f} personas")
    salas, malas = {}, []
    for quien, cuantos, que in (("sin robot", 0, ""), ("manda", por_segundo, "manda"), ("pide", por_segundo, "pide")):
        salas[quien], suyas = medir(int(personas), int(cuantos), segundos, que, "callada" in sys.argv)
        malas += [f"{quien}: {mala}" for mala in suyas]
    p95 = {quien: statistics.quantiles(sala.ms, n=20)[-1] for quien, sala in salas.items()}
    for que in ("manda", "pide"):
        print(f"p95 con el robot que {que} / sin robot = {p95[que] / p95['sin robot']:.1f}")
    raise SystemExit("; ".join(["No cumple", *malas]) if malas else 0)


if __name__ == "__main__":
    main()
