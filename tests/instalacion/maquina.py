"""Una computadora con Debian recién instalado, dentro de ésta: su disco es una carpeta y systemd es de veras.

El disco lo hace ``debootstrap``. Prenderla es darle a systemd sus propios espacios de nombres (procesos, montajes, red
con sólo loopback): corre como PID 1 y no toca nada de afuera. Instalar paquetes pide red y se hace con ella apagada,
por ``chroot``, con los repositorios de esta computadora. Pide root.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DE_SIEMPRE = "systemd,systemd-sysv,sudo,curl,iproute2,ca-certificates"
"""Lo que trae cualquier Debian y la instalación mínima no."""

_PRENDER = r"""
set -e
mount --bind "$1" "$1"; cd "$1"
mount -t proc proc proc
mount --bind proc/sys proc/sys; mount -o remount,bind,ro proc/sys
mount -t sysfs -o ro sysfs sys; mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs dev
for n in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9 tty:5:0; do
  IFS=: read -r nombre a b <<<"$n"; mknod -m 666 "dev/$nombre" c "$a" "$b"
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts dev/pts; ln -s pts/ptmx dev/ptmx
mount -t tmpfs tmpfs dev/shm
ln -s /proc/self/fd dev/fd; ln -s fd/0 dev/stdin; ln -s fd/1 dev/stdout; ln -s fd/2 dev/stderr
mount -t tmpfs -o mode=755 tmpfs run; mount -t tmpfs tmpfs tmp; mkdir run/lock
hostname ensayo
mkdir -p .afuera; pivot_root . .afuera; umount -l /.afuera
exec env -i container=ensayo LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  /lib/systemd/systemd --system --log-target=journal
"""


class Maquina:
    """Nueva, apagada. ``apagada()`` corre algo con red y sin systemd; ``correr()``, con ella prendida."""

    def __init__(self, disco: Path) -> None:
        assert os.geteuid() == 0, "hace falta ser root"
        self.disco = disco
        self._pid = 0
        self._padre: subprocess.Popen[bytes] | None = None

    def formatear(self, molde: Path | None = None) -> None:
        """Debian recién puesto; con ``molde``, copiado de una carpeta donde ya lo esté."""
        self.disco.mkdir(parents=True)
        if molde is not None:
            subprocess.run(["cp", "-a", "--one-file-system", f"{molde}/.", str(self.disco)], check=True)
        else:
            _debian(self.disco)

    def apagada(self, orden: str, *, segundos: float = 900) -> str:
        """Con la red de afuera. :raises AssertionError: si no sale bien."""
        for cual in ("proc", "dev/pts"):
            (self.disco / cual).mkdir(exist_ok=True)
        montar = f"mount -t proc proc {self.disco}/proc; mount -t devtmpfs dev {self.disco}/dev 2>/dev/null; "
        return _correr(
            ["unshare", "--mount", "--propagation", "private", "bash", "-c",
             f"{montar}exec chroot {self.disco} /bin/bash -ec \"$1\"", "-", orden],
            segundos,
        )  # fmt: skip

    @contextmanager
    def prendida(self) -> Iterator["Maquina"]:
        self._padre = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--uts", "--ipc", "--cgroup", "--net", "--fork", "--propagation", "private",
             "bash", "-c", _PRENDER, "-", str(self.disco)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            self._pid = _hijo(self._padre.pid)
            self._esperar_a_systemd()
            yield self
        finally:
            if self._pid:
                os.kill(self._pid, signal.SIGKILL)  # el PID 1 de ahí: con él se van todos los suyos
            self._padre.wait(30)
            self._pid = 0

    def correr(self, orden: str, *, entrada: str = "", segundos: float = 300, falla: bool = False) -> str:
        """Dentro, como root. Con ``falla`` debe terminar mal. :raises AssertionError: si termina de otro modo."""
        dentro = ["nsenter", "-t", str(self._pid), "-m", "-p", "-u", "-i", "-C", "-n", "env", "-i", "HOME=/root",
                  "LANG=C.UTF-8", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]  # fmt: skip
        return _correr([*dentro, "/bin/bash", "-ec", orden], segundos, entrada=entrada, falla=falla)

    def _esperar_a_systemd(self) -> None:
        limite = time.monotonic() + 90
        while True:
            try:
                dicho = self.correr("systemctl is-system-running || true", segundos=20)
            except AssertionError:
                dicho = "todavía no"
            if dicho.strip() in ("running", "degraded"):
                return
            assert time.monotonic() < limite, f"systemd no arrancó: {dicho}"
            time.sleep(0.5)


def _debian(disco: Path) -> None:
    repositorio = _repositorio()
    _correr(["debootstrap", "--variant=minbase", f"--include={DE_SIEMPRE}", "bookworm", str(disco), repositorio], 1800)
    for de in ("etc/apt/sources.list", "etc/apt/sources.list.d", "etc/apt/apt.conf.d", "etc/resolv.conf", "etc/hosts",
               "etc/pip.conf", "root/.config/pip", "etc/ssl/certs", "usr/share/keyrings"):  # fmt: skip
        origen, destino = Path("/", de), disco / de
        if origen.is_dir():
            destino.mkdir(parents=True, exist_ok=True)
            # un enlace roto de aquí no hace falta allá
            copiar = ["cp", "-rL", "--remove-destination", f"{origen}/.", str(destino)]
            subprocess.run(copiar, check=False, stderr=subprocess.DEVNULL)
        elif origen.is_file():
            destino.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(origen, destino)
    if not Path("/etc/apt/sources.list").exists():
        (disco / "etc/apt/sources.list").unlink(missing_ok=True)


def _repositorio() -> str:
    """De dónde toma sus paquetes esta computadora."""
    for lista in [*sorted(Path("/etc/apt").glob("sources.list*/*")), Path("/etc/apt/sources.list")]:
        for renglon in lista.read_text().splitlines() if lista.is_file() else ():
            palabras = [p for p in renglon.split() if not p.startswith("[")]
            if len(palabras) > 1 and palabras[0] in ("URIs:", "deb"):
                return palabras[1]
    return "http://deb.debian.org/debian"


def _hijo(padre: int) -> int:
    limite = time.monotonic() + 20
    while time.monotonic() < limite:
        hijos = Path(f"/proc/{padre}/task/{padre}/children").read_text().split()
        if hijos:
            return int(hijos[0])
        time.sleep(0.05)
    raise AssertionError("no prendió")


def _correr(orden: list[str], segundos: float, *, entrada: str = "", falla: bool = False) -> str:
    hecho = subprocess.run(
        orden, input=entrada, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=segundos, check=False
    )
    assert (hecho.returncode != 0) == falla, f"{orden[-1]}\n(terminó con {hecho.returncode})\n{hecho.stdout[-4000:]}"
    return hecho.stdout
