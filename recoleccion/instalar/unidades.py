"""Lo que systemd necesita saber, en texto: quién corre qué, qué puede tocar y cuándo. Puro: no escribe nada.

Dos usuarios. ``jornada`` registra y es dueño de la carpeta privada, cerrada para todos (0700). ``jornada-datos`` corre
Datasette y sólo puede leer la carpeta de lo publicado, que ``jornada`` escribe y abre a su grupo (0750). Además de los
permisos, su unidad ni siquiera ve la privada (``InaccessiblePaths``).
"""

from dataclasses import dataclass
from pathlib import PurePosixPath as Ruta

MARCA = "# Escrito por «jornada instalar»: se vuelve a escribir si lo repite."
CASA = Ruta("/var/lib/jornada")
DATOS = CASA / "datos"
PUBLICA = Ruta("/var/lib/jornada-publica")
ESTADO = Ruta("/var/lib/jornada-datos")
RESPALDOS = Ruta("/var/backups/jornada")
UNIDADES = Ruta("/etc/systemd/system")
OBJETIVO = "jornada.target"


@dataclass(frozen=True)
class Plan:
    """Qué programa corre y en qué puertos de la propia computadora."""

    programa: Ruta
    puerto: int = 8000
    puerto_datos: int = 8001


_CERRADA = """\
UMask=0077
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ProtectHome=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProcSubset=pid
PrivateDevices=yes
PrivateMounts=yes
PrivateTmp=yes
PrivateUsers=yes
RemoveIPC=yes
KeyringMode=private
LockPersonality=yes
MemoryDenyWriteExecute=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
SystemCallErrorNumber=EPERM
IPAddressDeny=any
IPAddressAllow=localhost
"""
"""Lo que no hace falta y por eso se quita, en todas: salir a la red, otros archivos, el núcleo, más privilegios.

``@resources`` se queda: con eso se le ponen topes al proceso que abre fotos y al de cada consulta libre.
"""


def unidades(plan: Plan) -> dict[str, str]:
    """Nombre del archivo -> su texto."""
    return {
        OBJETIVO: _OBJETIVO,
        "jornada.service": _servicio(
            "jornada: registro de asistencia y encuestas",
            "After=network.target\n" + _hay(DATOS / "privada.db"),
            "Type=notify\n"
            f"ExecStartPre=/bin/ln -sfnT {PUBLICA} {DATOS}/publicos\n"
            f"ExecStart={plan.programa} servir --sin-datos --datos {DATOS} --puerto {plan.puerto}\n"
            "Restart=always\nRestartSec=2\nTimeoutStopSec=30\nOOMScoreAdjust=-300\n"
            "OOMPolicy=continue\nMemoryMax=80%\n",
            f"{CASA} {PUBLICA} {RESPALDOS}",
        ),
        "jornada-datos.service": _servicio(
            "jornada: los datos publicados (Datasette)",
            "After=network.target jornada.service\n" + _hay(PUBLICA / "publica.db"),
            f"ExecStart={plan.programa} datos --publicos {PUBLICA} --puerto {plan.puerto_datos}\n"
            "StateDirectory=jornada-datos\nStateDirectoryMode=0700\n"
            f"InaccessiblePaths={CASA} {RESPALDOS}\n"
            "Restart=always\nRestartSec=5\nOOMScoreAdjust=500\nMemoryMax=400M\nTasksMax=64\n",
            usuario="jornada-datos",
        ),
        "jornada-replicar.service": _replica(
            _servicio(
                "jornada: réplica con Litestream",
                "After=network-online.target jornada.service\n" + _hay(DATOS / "litestream.yml"),
                f"ExecStart={plan.programa} replicar --datos {DATOS} --puerto {plan.puerto}\n"
                "Restart=always\nRestartSec=30\n",
            )
        ),
        "jornada-respaldar.service": _tarea(
            plan, "jornada: respaldo del día", f"respaldar --datos {DATOS} --a {RESPALDOS}"
        ),
        "jornada-respaldar.timer": _reloj("respaldo del día", "*-*-* 02:30"),
        # Mira el certificado desde afuera, como un teléfono: necesita el nombre y la red.
        "jornada-verificar.service": _con_red(_tarea(plan, "jornada: revisión del día", f"verificar --datos {DATOS}")),
        "jornada-verificar.timer": _reloj("revisión del día", "*-*-* 05:30"),
        "jornada-retencion.service": _tarea(plan, "jornada: nombres que ya vencieron", f"retencion --datos {DATOS}"),
        "jornada-retencion.timer": _reloj("nombres que ya vencieron", "*-*-02 06:00"),
    }


USUARIOS = f"""\
{MARCA}
u jornada       - "jornada, registro" {CASA}
u jornada-datos - "jornada, datos publicados" {ESTADO}
"""
"""Para systemd-sysusers: cuentas del sistema, sin contraseña ni consola."""

CARPETAS = f"""\
{MARCA}
d {CASA} 0700 jornada jornada
d {PUBLICA} 0750 jornada jornada-datos
d {RESPALDOS} 0700 jornada jornada
"""
"""Para systemd-tmpfiles: las hace si faltan y, en cada arranque, les devuelve dueño y permisos."""


def envoltura(plan: Plan) -> str:
    """``/usr/local/bin/jornada``: cualquier orden, con el usuario y la carpeta que son."""
    return f"""\
#!/bin/sh
{MARCA}
# Corre jornada con su usuario y su carpeta: así ningún archivo queda de otro dueño.
[ "$1" = instalar ] && exec {plan.programa} "$@"
export JORNADA_DATOS={DATOS} JORNADA_RESPALDOS={RESPALDOS}
[ "$(id -un)" = jornada ] && exec {plan.programa} "$@"
[ "$(id -u)" = 0 ] || {{ echo "Córrala con sudo: sudo jornada $*" >&2; exit 1; }}
exec runuser -u jornada -- {plan.programa} "$@"
"""


_OBJETIVO = f"""\
{MARCA}
[Unit]
Description=jornada entera
Wants=jornada.service jornada-datos.service jornada-replicar.service
Wants=jornada-respaldar.timer jornada-verificar.timer jornada-retencion.timer

[Install]
WantedBy=multi-user.target
"""


def _servicio(que: str, unidad: str, servicio: str, escribe: str = "", usuario: str = "jornada") -> str:
    escritura = f"ReadWritePaths={escribe}\n" if escribe else ""
    return (
        f"{MARCA}\n[Unit]\nDescription={que}\nPartOf={OBJETIVO}\n{unidad}\n"
        f"[Service]\nUser={usuario}\nGroup={usuario}\n{servicio}{escritura}{_CERRADA}"
    )


def _con_red(texto: str) -> str:
    return texto.replace("IPAddressDeny=any\nIPAddressAllow=localhost\n", "")


def _replica(texto: str) -> str:
    """La réplica va a otro disco o a un almacén: sale a la red y escribe fuera. Sólo corre si se configura."""
    return (
        _con_red(texto)
        .replace("ProtectSystem=strict", "ProtectSystem=full")
        .replace("ProtectProc=invisible\nProcSubset=pid\n", "ProtectProc=invisible\n")
    )


def _tarea(plan: Plan, que: str, orden: str) -> str:
    """Una vez, sin prisa. Si falla queda a la vista: ``systemctl --failed``."""
    return _servicio(
        que,
        _hay(DATOS / "privada.db"),
        f"Type=oneshot\nExecStart={plan.programa} {orden}\nNice=10\nIOSchedulingClass=idle\n",
        f"{CASA} {RESPALDOS}",
    )


def _reloj(que: str, cuando: str) -> str:
    """A esa hora; si la computadora estaba apagada, en cuanto prenda."""
    return (
        f"{MARCA}\n[Unit]\nDescription=jornada: {que}\nPartOf={OBJETIVO}\n\n"
        f"[Timer]\nOnCalendar={cuando} America/Mexico_City\nRandomizedDelaySec=10m\nPersistent=yes\n"
    )


def _hay(ruta: Ruta) -> str:
    return f"ConditionPathExists={ruta}\n"
