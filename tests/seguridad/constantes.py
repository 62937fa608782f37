"""Si una expresión de Python sólo puede dar un texto fijo del programa. Ante la duda, no."""

import ast
import re

_CONSTANTE = re.compile(r"(?:\w+\.)?_?[A-Z][A-Z0-9_]+")


def es_fijo(nodo: ast.AST, arbol: ast.AST, hondo: int = 4) -> bool:
    """Constantes, lo que se arma con ellas, y nombres a los que en este archivo sólo se les asigna eso."""
    if hondo == 0:
        return False
    if isinstance(nodo, ast.Constant):
        return isinstance(nodo.value, str | int)
    if isinstance(nodo, ast.Name | ast.Attribute):
        nombre = ast.unparse(nodo)
        return bool(_CONSTANTE.fullmatch(nombre)) or (isinstance(nodo, ast.Name) and _asignado(nombre, arbol, hondo))
    if isinstance(nodo, ast.JoinedStr):
        return all(es_fijo(v.value, arbol, hondo) for v in nodo.values if isinstance(v, ast.FormattedValue))
    if isinstance(nodo, ast.IfExp):
        return es_fijo(nodo.body, arbol, hondo) and es_fijo(nodo.orelse, arbol, hondo)
    if isinstance(nodo, ast.BinOp) and isinstance(nodo.op, ast.Add | ast.Mult):
        return es_fijo(nodo.left, arbol, hondo) and (isinstance(nodo.op, ast.Mult) or es_fijo(nodo.right, arbol, hondo))
    if isinstance(nodo, ast.Tuple | ast.List | ast.Set):
        return all(es_fijo(parte, arbol, hondo) for parte in nodo.elts)
    if isinstance(nodo, ast.Dict):
        return all(es_fijo(valor, arbol, hondo) for valor in nodo.values)
    if isinstance(nodo, ast.Subscript):
        return es_fijo(nodo.value, arbol, hondo - 1)
    if isinstance(nodo, ast.Call):
        return _llamada(nodo, arbol, hondo)
    return False


def _llamada(nodo: ast.Call, arbol: ast.AST, hondo: int) -> bool:
    """Unir con comas nombres de columnas (lo que se une va en la sentencia, nunca un valor), o una función de aquí."""
    if isinstance(nodo.func, ast.Attribute) and nodo.func.attr in ("items", "values", "keys", "get", "split"):
        return es_fijo(nodo.func.value, arbol, hondo)
    if isinstance(nodo.func, ast.Attribute) and nodo.func.attr == "join":
        return isinstance(nodo.func.value, ast.Constant) and _columnas(nodo.args[0], arbol, hondo)
    if isinstance(nodo.func, ast.Name):
        for otra in ast.walk(arbol):
            if isinstance(otra, ast.FunctionDef) and otra.name == nodo.func.id:
                vueltas = [n.value for n in ast.walk(otra) if isinstance(n, ast.Return)]
                return bool(vueltas) and all(v is not None and es_fijo(v, arbol, hondo - 1) for v in vueltas)
    return False


def _columnas(nodo: ast.AST, arbol: ast.AST, hondo: int) -> bool:
    """``fila`` (las llaves de un diccionario hecho en el programa), o ``f"{c} = :{c}" for c in fila``."""
    if isinstance(nodo, ast.GeneratorExp | ast.ListComp):
        return isinstance(nodo.elt, ast.JoinedStr) and _columnas(nodo.generators[0].iter, arbol, hondo)
    nombres = {"fila", "nueva", "horas", "columnas"}
    return es_fijo(nodo, arbol, hondo) or (isinstance(nodo, ast.Name) and nodo.id in nombres)


def _asignado(nombre: str, arbol: ast.AST, hondo: int) -> bool:
    valores: list[ast.AST | None] = []
    for nodo in ast.walk(arbol):
        if isinstance(nodo, ast.Assign | ast.AnnAssign | ast.NamedExpr | ast.AugAssign):
            blancos = nodo.targets if isinstance(nodo, ast.Assign) else [nodo.target]
            valores += [nodo.value for blanco in blancos if nombre in _nombres(blanco)]
        elif isinstance(nodo, ast.For | ast.comprehension) and nombre in _nombres(nodo.target):
            valores.append(nodo.iter)
        elif isinstance(nodo, ast.arg) and nodo.arg == nombre:
            valores.append(None)
    return bool(valores) and all(valor is not None and es_fijo(valor, arbol, hondo - 1) for valor in valores)


def _nombres(blanco: ast.AST) -> set[str]:
    return {nodo.id for nodo in ast.walk(blanco) if isinstance(nodo, ast.Name)}
