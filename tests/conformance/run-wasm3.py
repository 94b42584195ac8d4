"""Runs cases in wasm3, an interpreter that has nothing of V8: one case a line in, its results a line out.

What the JavaScript glue does for the binary is done here once more, in Python. Which import is which is read from the glue's own text: the
names have hashes that change with each version.
"""

import json
import math
import re
import struct
import sys
from pathlib import Path

import wasm3

DIST = Path(__file__).parent / "../../pkg/dist/phone"
UNDEFINED = object()
STACK_BYTES = 4 << 20


class Refused(Exception):
    """An `Error` of JavaScript."""

    def __init__(self, message):
        super().__init__(message)
        self.properties = {}


class Engine:
    def __init__(self):
        environment = wasm3.Environment()
        self.runtime = environment.new_runtime(STACK_BYTES)
        module = environment.parse_module((DIST / "phone_bg.wasm").read_bytes())
        self.runtime.load(module)
        # As the glue's heap begins: places for borrowed values, then four constants.
        self.heap = [None] * 1024 + [UNDEFINED, None, True, False]
        self.free = []
        self.ready = {}
        glue = (DIST / "phone_bg.js").read_text()
        for name, body in re.findall(r"^export function (__wb\w+)\([^)]*\) \{(.*?)^\}", glue, re.M | re.S):
            if name == "__wbg_set_wasm":
                continue
            signature, work = self.hand(body)
            module.link_function("./phone_bg.js", name, signature, work)

    def hand(self, body):
        """The import whose text this is."""
        get, put, text = self.get, self.put, self.text
        known = [
            ("throw new Error", "v(ii)", self.throw),
            ("typeof(v) === 'boolean'", "i(i)", lambda a: int(get(a)) if isinstance(get(a), bool) else 0xFFFFFF),
            ("=== 'function'", "i(i)", lambda a: 0),
            ("=== null;", "i(i)", lambda a: int(get(a) is None)),
            ("=== undefined;", "i(i)", lambda a: int(get(a) is UNDEFINED)),
            ("typeof(val) === 'object'", "i(i)", lambda a: int(isinstance(get(a), (list, dict, Refused)))),
            ("typeof(getObject(arg0)) === 'string'", "i(i)", lambda a: int(isinstance(get(a), str))),
            ("typeof(obj) === 'number'", "v(ii)", self.number_get),
            ("typeof(obj) === 'string'", "v(ii)", self.string_get),
            ("Object.entries", "i(i)", lambda a: put(self.entries(get(a)))),
            # Tables here have no prototype, which is plain too.
            ("Object.getPrototypeOf", "i(i)", lambda a: put(None)),
            ("Object.assign", "i(ii)", lambda a, b: put(get(a).properties.update(get(b)) or get(a))),
            ("JSON.parse", "i(ii)", lambda a, b: put(json.loads(text(a, b)))),
            ("takeObject(arg1)] = takeObject", "v(iii)", lambda a, b, c: get(a).__setitem__(self.take(b), self.take(c))),
            ("[arg1 >>> 0]", "i(ii)", lambda a, b: put(get(a)[b & 0xFFFFFFFF])),
            ("Array.isArray", "i(i)", lambda a: int(isinstance(get(a), list))),
            (").length", "i(i)", lambda a: self.length(get(a))),
            ("new Object()", "i()", lambda: put({})),
            ("Error(getStringFromWasm0", "i(ii)", lambda a, b: put(Refused(text(a, b)))),
            (".toString()", "i(i)", lambda a: put(self.written(get(a)))),
            ("`Ref(String) -> Externref`", "i(ii)", lambda a, b: put(text(a, b))),
            ("const ret = getObject(arg0);", "i(i)", lambda a: put(get(a))),
            ("takeObject(arg0);", "v(i)", lambda a: self.take(a) and None),
        ]
        for mark, signature, work in known:
            if mark in body:
                return signature, work
        raise LookupError(body)

    def get(self, at):
        return self.heap[at & 0xFFFFFFFF]

    def put(self, value):
        if self.free:
            at = self.free.pop()
            self.heap[at] = value
            return at
        self.heap.append(value)
        return len(self.heap) - 1

    def take(self, at):
        value = self.heap[at]
        if at >= 1028:
            self.heap[at] = None
            self.free.append(at)
        return value

    def throw(self, at, length):
        raise AssertionError(self.text(at, length))

    @property
    def memory(self):
        return self.runtime.get_memory(0)

    def text(self, at, length):
        at, length = at & 0xFFFFFFFF, length & 0xFFFFFFFF
        return bytes(self.memory[at : at + length]).decode()

    def number_get(self, at, value):
        number = self.get(value)
        is_number = isinstance(number, (int, float)) and not isinstance(number, bool)
        struct.pack_into("<d", self.memory, at + 8, float(number) if is_number else 0.0)
        struct.pack_into("<i", self.memory, at, int(is_number))

    def string_get(self, at, value):
        """wasm3 takes no call while one is under way, so the room for every text was asked for before."""
        text = self.get(value)
        if not isinstance(text, str):
            struct.pack_into("<ii", self.memory, at, 0, 0)
            return
        data = text.encode()
        room = self.ready[len(data)].pop()
        self.memory[room : room + len(data)] = data
        struct.pack_into("<ii", self.memory, at, room, len(data))

    @staticmethod
    def entries(value):
        pairs = enumerate(value) if isinstance(value, list) else value.items()
        return [[str(key), item] for key, item in pairs]

    @staticmethod
    def length(value):
        return len(value.encode("utf-16-le")) // 2 if isinstance(value, str) else len(value)

    @staticmethod
    def written(number):
        return str(int(number)) if not math.isfinite(number) or number == int(number) else repr(number)

    def make_ready(self, value):
        malloc = self.runtime.find_function("__wbindgen_malloc")

        def visit(value):
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                value = self.written(value)
            if isinstance(value, str):
                data = len(value.encode())
                self.ready.setdefault(data, []).append(malloc(data, 1) & 0xFFFFFFFF)
            elif isinstance(value, list):
                for at, item in enumerate(value):
                    visit(str(at))
                    visit(item)
            elif isinstance(value, dict):
                for key, item in value.items():
                    visit(key)
                    visit(item)

        visit(value)

    def give_back(self):
        free = self.runtime.find_function("__wbindgen_free")
        for size, rooms in self.ready.items():
            for room in rooms:
                free(room, size, 1)
        self.ready = {}

    def call(self, name, *given, answers=True):
        """Calls an export that answers through a place on its stack: value, error, whether it is one."""
        for value in given:
            if not isinstance(value, int):
                self.make_ready(value)
        move = self.runtime.find_function("__wbindgen_add_to_stack_pointer")
        place = move(-16) & 0xFFFFFFFF
        borrowed, arguments = 1024, []
        for value in given:
            if isinstance(value, int):
                arguments.append(value)
            else:
                borrowed -= 1
                self.heap[borrowed] = value
                arguments.append(borrowed)
        self.runtime.find_function(name)(place, *arguments)
        value, error, failed = struct.unpack_from("<iii", self.memory, place)
        move(16)
        self.give_back()
        if failed:
            raise self.take(error)
        return self.take(value) if answers else value & 0xFFFFFFFF


def results(engine, case):
    rules, events = case["rules"], case["events"]
    book = engine.call("openBook", rules, answers=False)
    receipts = []
    for event in events:
        try:
            receipts.append(engine.call("book_apply", book, event))
        except Refused as refused:
            # `replay` lists the refusals; anything else is a bug.
            assert refused.properties["name"] == "GongxiangError", refused
    replayed = engine.call("replay", rules, events)
    stepwise = engine.call("book_state", book)
    engine.runtime.find_function("__wbg_book_free")(book, 0)
    return {
        "receipts": [receipt for receipt in receipts if "rewards" in receipt],
        "refused": replayed["refused"], "days": replayed["days"], "state": replayed["state"], "stepwise": stepwise,
    }


def main():
    for line in sys.stdin:
        # A memory of its own for each case.
        print(json.dumps(results(Engine(), json.loads(line))), flush=True)


main()
