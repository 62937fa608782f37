"""Nombres inventados: combinaciones al azar de nombres y apellidos comunes. No son de nadie."""

from random import Random

_MUJERES = (
    "María Guadalupe", "Ana Rosa", "Teresa", "Elvira", "Rosa Isela", "Juana", "Leticia", "Martha Alicia", "Socorro",
    "Verónica", "Fabiola", "Yolanda", "Esperanza", "Imelda", "Norma", "Silvia", "Catalina", "Brenda", "Karina",
    "Lizbeth", "Ofelia", "Delia", "Araceli", "Cecilia", "Irma", "Graciela", "Consuelo", "Beatriz", "Daniela",
    "Itzel", "Refugio", "Amparo", "Estela", "Maricela", "Xóchitl", "Paola", "Susana", "Dolores", "Celia", "Rocío",
)  # fmt: skip
_HOMBRES = (
    "José de Jesús", "Juan Manuel", "Salvador", "Ramón", "Miguel Ángel", "Arturo", "Gerardo", "Ignacio", "Rubén",
    "Alfredo", "Luis Fernando", "Martín", "Cristian", "Óscar", "Efraín", "Heriberto", "Sergio", "Tomás", "Adrián",
)  # fmt: skip
_APELLIDOS = (
    "Gutiérrez", "Casillas", "Jiménez", "González", "Hernández", "Barba", "de la Torre", "Franco", "Íñiguez",
    "Martín", "Muñoz", "Navarro", "Orozco", "Padilla", "Plascencia", "Ramírez", "Reynoso", "Romo", "Ruvalcaba",
    "Vázquez", "Villalobos", "Zermeño", "Aceves", "Alcalá", "Becerra", "Camarena", "Cornejo", "Esqueda", "Loza",
    "Mejía", "Nuño", "Oropeza", "Sáinz", "Tostado", "Valdivia", "Yáñez",
)  # fmt: skip


def nombre(azar: Random, sexo: str) -> str:
    """Nombre y dos apellidos distintos."""
    de_pila = azar.choice(_HOMBRES if sexo == "H" else _MUJERES)
    return " ".join([de_pila, *azar.sample(_APELLIDOS, 2)])


def telefono(azar: Random) -> str:
    """Diez dígitos con una central que no existe (000), para que no sea el de nadie."""
    return f"378000{azar.randrange(10**4):04d}"
