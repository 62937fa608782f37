"""La tabla de ``recoleccion/vistas/README.md``: quién puede abrir cada ruta. Y cómo se le pregunta a la aplicación."""

import re
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from flask import Flask

from tests.recoleccion.vistas.mundo import Mundo

LEEME = Path(__file__).parents[2] / "recoleccion" / "vistas" / "README.md"
ACTORES = ("nadie", "promotora", "titular", "analista", "administra", "teléfono")
ROLES = ACTORES[1:5]
_RENGLON = re.compile(r"^\| `(/[^`]*)` \|" + r"([^|]*)\|" * len(ACTORES) + r"$", re.M)
_CONFIRMAN = re.compile(r"\*\*Lo delicado se confirma\*\*.*?\n\n(.*?)\n\n", re.S)


def tabla() -> dict[str, frozenset[str]]:
    """Por dirección (con «…» si sigue), quién la abre."""
    renglones = _RENGLON.findall(LEEME.read_text("utf-8"))
    return {
        de: frozenset(a for a, dice in zip(ACTORES, celdas, strict=True) if dice.strip()) for de, *celdas in renglones
    }


def confirman() -> set[str]:
    """Las direcciones cuyo envío pide confirmar, según el LEEME."""
    hallado = _CONFIRMAN.search(LEEME.read_text("utf-8"))
    assert hallado
    return set(re.findall(r"`([^`]+)`", hallado[1]))


def renglon_de(regla: str, renglones: dict[str, frozenset[str]]) -> str:
    """El más preciso: la dirección exacta, o el «…» más largo."""
    regla = regla.replace("/campo/api/", "/api/v1/")
    if regla in renglones:
        return regla
    return max((r for r in renglones if r.endswith("…") and regla.startswith(r[:-1])), key=len)


def rutas(app: Flask) -> list[tuple[str, str, str]]:
    """``(regla, método, vista)`` de toda la aplicación."""
    return [
        (regla.rule, metodo, regla.endpoint)
        for regla in app.url_map.iter_rules()
        for metodo in sorted((regla.methods or set()) & {"GET", "POST"})
        if "filename" not in regla.arguments
    ]


def declaradas_mal(app: Flask) -> list[str]:
    """Las de /panel cuya vista no dice quién la abre, o dice otra cosa que la tabla."""
    renglones, malas = tabla(), []
    for regla, metodo, vista in rutas(app):
        if regla.startswith("/panel"):
            dice = set(getattr(app.view_functions[vista], "requiere", ()))
            toca = renglones[renglon_de(regla, renglones)]
            if dice != ({"publica"} if "nadie" in toca else toca):
                malas.append(f"{metodo} {regla}")
    return malas


class Actores:
    """Una sesión de cada papel, la de nadie y la de un teléfono, en un mundo que no cambia."""

    def __init__(self, mundo: Mundo) -> None:
        self.mundo = mundo
        self.sesiones = {rol: mundo.entrar(rol) for rol in ROLES} | {"nadie": mundo.entrar(None)}
        mundo.guardar()

    def pedir(self, actor: str, metodo: str, regla: str) -> Any:
        galleta, ficha = self.sesiones["nadie" if actor == "teléfono" else actor]
        cabeceras = {"Sec-Fetch-Site": "same-origin", "X-CSRFToken": ficha}
        if actor == "teléfono":
            cabeceras["Authorization"] = f"Bearer {self.mundo.llave}"
        datos: dict[str, Any] = {"data": {"csrf_token": ficha}} if metodo == "POST" else {}
        if "/api/" in regla and metodo == "POST":
            datos = {"json": {}}
        como = {"environ_overrides": {"HTTP_COOKIE": galleta}, "headers": cabeceras}
        return self.mundo.pedir(metodo, self.mundo.llenar(regla), actor, **datos, **como)

    def entra(self, actor: str, metodo: str, regla: str, *, publica: bool) -> bool:
        """Si a ``actor`` se le contestó algo que no es «no puede» ni «entre». En las públicas, «entre» no es un no."""
        respuesta = self.pedir(actor, metodo, regla)
        if respuesta.status_code == 303 and not publica:
            return not respuesta.headers["Location"].startswith(("/panel/entrar", "/campo/entrar"))
        return respuesta.status_code not in (401, 403)


def distintas(actores: Actores, app: Flask, solo: tuple[str, ...] = ()) -> list[str]:
    """Lo que cada quien pudo o no pudo abrir, contra lo que dice la tabla; de todas, o sólo de esas reglas."""
    renglones, malas = tabla(), []
    for regla, metodo, _ in rutas(app):
        if solo and regla not in solo:
            continue
        toca = renglones[renglon_de(regla, renglones)]
        publica, ajenos = toca == set(ACTORES), [actor for actor in ACTORES if actor not in toca]
        with actores.mundo.conservando() if metodo == "POST" else nullcontext():  # a ellos nada se les hace
            malas += [f"{a} abrió {metodo} {regla}" for a in ajenos if actores.entra(a, metodo, regla, publica=publica)]
        suyos = [actor for actor in ACTORES if actor in toca]
        malas += [
            f"{a} no pudo abrir {metodo} {regla}" for a in suyos if not actores.entra(a, metodo, regla, publica=publica)
        ]
    return malas
