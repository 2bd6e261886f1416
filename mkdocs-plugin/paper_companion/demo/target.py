"""The target: what a version of Pyodide is for a package that asks, and which wheels it can load."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """One version of Pyodide. `info` is its own description: its ABI, platform and Python."""

    version: str
    info: Mapping[str, str]

    @property
    def python(self) -> str:
        """Its Python, as 3.12."""
        return ".".join(self.info["python"].split(".")[:2])

    @property
    def platforms(self) -> tuple[str, ...]:
        """The platform tags of wheels with compiled code that it can load, the newest name first."""
        abi = self.info["abi_version"]
        return (f"pyemscripten_{abi}_wasm32", f"pyodide_{abi}_wasm32", f"{self.info['platform']}_wasm32")

    @property
    def environment(self) -> Mapping[str, str]:
        """What the markers of a requirement mean in it."""
        return {
            "implementation_name": "cpython",
            "implementation_version": self.info["python"],
            "os_name": "posix",
            "platform_machine": "wasm32",
            "platform_python_implementation": "CPython",
            "platform_release": self.info["platform"].removeprefix("emscripten_").replace("_", "."),
            "platform_system": "Emscripten",
            "platform_version": "1",
            "python_full_version": self.info["python"],
            "python_version": self.python,
            "sys_platform": "emscripten",
        }

    def loads(self, tags: tuple[str, ...]) -> bool:
        """Whether it can load a wheel with one of these tags."""
        from packaging.tags import compatible_tags, cpython_tags

        version = tuple(map(int, self.python.split(".")))
        known = {
            *map(str, cpython_tags(version, platforms=self.platforms)),
            *map(str, compatible_tags(version, f"cp{self.python.replace('.', '')}", self.platforms)),
        }
        return any(tag in known for tag in tags)

    def __str__(self) -> str:
        return f"Pyodide {self.version}"
