"""Holds a generated program to the real package: python_check.py PROGRAM.py SITE

The program must parse; every name it imports must exist; every call of a class, and of a method of an object made by one, must
fit the signature; keyword arguments of clients must be among their settings.
"""
import ast
import importlib
import inspect
import sys

program, site = sys.argv[1:]
sys.path.insert(0, site)
tree = ast.parse(open(program, encoding="utf-8").read())
compile(tree, program, "exec")
faults, known, made, checked = [], {}, {}, 0

for node in ast.walk(tree):
    if isinstance(node, ast.Import):
        for alias in node.names:
            known[alias.asname or alias.name] = importlib.import_module(alias.name)
    elif isinstance(node, ast.ImportFrom):
        module = importlib.import_module(node.module)
        for alias in node.names:
            if not hasattr(module, alias.name):
                faults.append(f"line {node.lineno}: {node.module} has no {alias.name}")
            known[alias.asname or alias.name] = getattr(module, alias.name, None)

for node in ast.walk(tree):
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name):
        cls = known.get(node.value.func.id)
        if inspect.isclass(cls):
            made[node.targets[0].id] = cls


def target(call):
    """What is called, and whether it comes with a self."""
    func = call.func
    if isinstance(func, ast.Name) and inspect.isclass(known.get(func.id)):
        return known[func.id], known[func.id], True
    if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name):
        owner = made.get(func.value.id)
        if owner is None:
            owner = known.get(func.value.id)
            return None, getattr(owner, func.attr, "missing") if owner is not None else None, False
        return owner, getattr(owner, func.attr, "missing"), True
    return None, None, False


for node in ast.walk(tree):
    if not isinstance(node, ast.Call):
        continue
    owner, function, method = target(node)
    where = f"line {node.lineno}: {ast.unparse(node)[:70]}"
    if function == "missing":
        faults.append(f"{where}: does not exist")
        continue
    package = getattr(function, "__module__", "") or ""
    if function is None or not package.startswith("kafka"):
        continue
    checked += 1
    settings = getattr(function, "DEFAULT_CONFIG", None)
    names = {k.arg for k in node.keywords}
    if settings is not None:
        unknown = names - set(settings)
        if unknown:
            faults.append(f"{where}: no setting {', '.join(sorted(unknown))}")
        continue
    signature = inspect.signature(function)
    try:
        own = [None] if method and not inspect.isclass(function) else []
        signature.bind(*own, *[None] * len(node.args), **dict.fromkeys(names))
    except TypeError as error:
        faults.append(f"{where}: {error}")

for fault in faults:
    print(fault)
print(f"{checked} calls checked")
sys.exit(1 if faults or checked < 5 else 0)
